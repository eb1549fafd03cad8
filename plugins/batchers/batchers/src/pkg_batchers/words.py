"""Batches of about a fixed number of words, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from kernel.limits import Amount, Positive
from pkg_batchers.sizes import checked, sizes

Item = TypeVar("Item")


def batch_by_words(
    size: Positive | Iterable[float],
    tolerance: Amount = 0.2,
    discard_oversize: bool = False,
    get_length: Callable[[Any], int] | None = None,
) -> Callable[[Iterable[Any]], Iterator[list[Any]]]:
    """Create a batcher that yields batches of about `size` words.

    Args:
        size: Words per batch; a number, or a schedule that is advanced once per batch.
        tolerance: Share of the size by which a batch may be larger. If this margin overflows, its items start the
            next batch.
        discard_oversize: Whether to drop items that are longer than size and tolerance; otherwise each is a batch of
            its own.
        get_length: Returns the number of words of an item; None uses `len`.

    Raises:
        ConfigError: `size` is below 1.
    """
    checked(size)

    def batch(items: Iterable[Any]) -> Iterator[list[Any]]:
        return by_words(items, size, tolerance, discard_oversize, get_length or len)

    return batch


class Filling(Generic[Item]):
    """A batch being filled, and its margin."""

    def __init__(self, target: float, tolerance: float, items: list[Item], n_words: int) -> None:
        self.target = target
        self.limit = target + target * tolerance
        self.items = items
        self.n_words = n_words
        self.margin: list[Item] = []
        self.n_margin = 0

    def add(self, item: Item, n_words: int) -> bool:
        """Add an item to the batch or its margin; return False if it fits neither."""
        if not self.n_margin and self.n_words + n_words <= self.target:
            self.items.append(item)
            self.n_words += n_words
        elif self.n_words + self.n_margin + n_words <= self.limit:
            self.margin.append(item)
            self.n_margin += n_words
        else:
            return False
        return True


def by_words(
    items: Iterable[Item],
    size: int | Iterable[float],
    tolerance: float,
    drops_oversize: bool,
    length: Callable[[Item], int],
) -> Iterator[list[Item]]:
    """Split a stream into lists of about `size` words.

    Source:
        The behaviour of `minibatch_by_words` in spaCy 3.8, batch for batch.
    """
    targets = sizes(size)
    filling: Filling[Item] = Filling(next(targets), tolerance, [], 0)
    for item in items:
        n_words = length(item)
        if n_words > filling.limit:
            if not drops_oversize:
                yield [item]
            continue
        if filling.add(item, n_words):
            continue
        if filling.items:
            yield filling.items
        filling = Filling(next(targets), tolerance, filling.margin, filling.n_margin)
        if not filling.add(item, n_words):
            if filling.items:
                yield filling.items
            filling = Filling(next(targets), tolerance, [item], n_words)
    last = filling.items + filling.margin
    if last:
        yield last
