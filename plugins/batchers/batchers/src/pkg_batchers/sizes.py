"""Batch sizes: a number, a list of numbers, or a schedule that never ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from kernel.errors import ConfigError

Size = TypeVar("Size", bound="float | Iterable[float]")


def checked(size: Size) -> Size:
    """Give a size back, if it is not a number that no batch can have.

    Raises:
        ConfigError: It is a number below 1.
    """
    if isinstance(size, (int, float)) and size < 1:
        raise ConfigError(f"size: expected numbers from 1 on, got {size!r}")
    return size


def sizes(size: float | Iterable[float]) -> Iterator[float]:
    """Yield one size for every batch.

    A schedule goes on where the last call left it, so sizes grow over epochs; a list starts afresh. Where the
    numbers run out, the last one is repeated.

    Args:
        size: Numbers from 1 on.

    Raises:
        ConfigError: A number is below 1, or there is none.
    """
    last = None
    for last in (size,) if isinstance(size, (int, float)) else size:
        yield checked(last)
    if last is None:
        raise ConfigError("size: expected at least one number, got none")
    while True:
        yield last
