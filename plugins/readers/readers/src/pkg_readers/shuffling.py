"""Shuffle streams approximately, with a buffer."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def shuffled(items: Iterable[T], size: int) -> Iterator[T]:
    """Yield items in random order, each drawn from a buffer of `size` items.

    Draws from Python's global random generator, which training seeds for reading. An item moves forward by less than
    `size` positions; how far it moves back is not bounded.

    Args:
        items: The stream.
        size: Size of the buffer; 1 or less keeps the order.
    """
    if size <= 1:
        yield from items
        return
    buffer: list[T] = []
    for item in items:
        if len(buffer) < size:
            buffer.append(item)
            continue
        index = random.randrange(size)
        yield buffer[index]
        buffer[index] = item
    random.shuffle(buffer)
    yield from buffer
