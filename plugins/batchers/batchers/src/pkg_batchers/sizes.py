"""Batch sizes: a number, a list of numbers, or a schedule that never ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def sizes(size: float | Iterable[float]) -> Iterator[float]:
    """Yield one size for every batch.

    A schedule goes on where the last call left it, so sizes grow over epochs; a list starts afresh. Where the
    numbers run out, the last one is repeated.

    Args:
        size: Positive numbers.
    """
    if isinstance(size, (int, float)):
        size = (size,)
    last = None
    for last in size:
        if last <= 0:
            raise ValueError(f"size: expected numbers above 0, got {last!r}")
        yield last
    if last is None:
        raise ValueError("size: expected at least one number, got none")
    while True:
        yield last
