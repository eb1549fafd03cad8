"""Batch sizes: a number, a list of numbers, or a schedule that never ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from kernel.errors import ConfigError

Size = TypeVar("Size", bound="float | Iterable[float]")


def checked(size: Size) -> Size:
    """Check a batch size and return it.

    Raises:
        ConfigError: It is a number below 1.
    """
    if isinstance(size, (int, float)) and size < 1:
        raise ConfigError(f"size: expected numbers of at least 1, got {size!r}")
    return size


def sizes(size: float | Iterable[float]) -> Iterator[float]:
    """Yield one size per batch, without end.

    A schedule continues where the last call left off, so that sizes grow over epochs; a list starts again. After the
    last number, that number is repeated.

    Args:
        size: A number, or an iterable of numbers, of at least 1.

    Raises:
        ConfigError: A number is below 1, or there are no numbers.
    """
    last = None
    for last in (size,) if isinstance(size, (int, float)) else size:
        yield checked(last)
    if last is None:
        raise ConfigError("size: expected at least one number, got none")
    while True:
        yield last
