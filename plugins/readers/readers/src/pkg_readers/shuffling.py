"""Streams in an order near to random, without holding them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def shuffled(items: Iterable[T], size: int) -> Iterator[T]:
    """Give items in another order: each is drawn from so many that have been read and not given.

    Draws from Python's global generator, which training seeds for reading. An item comes less than `size` places too
    early, and late as chance has it.

    Args:
        items: The stream.
        size: How many are held; 1 and less change nothing.
    """
    if size <= 1:
        yield from items
        return
    held: list[T] = []
    for item in items:
        if len(held) < size:
            held.append(item)
            continue
        place = random.randrange(size)
        yield held[place]
        held[place] = item
    random.shuffle(held)
    yield from held
