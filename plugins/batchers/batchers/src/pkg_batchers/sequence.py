"""Batches of a fixed number of items, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from kernel.limits import Positive
from pkg_batchers.sizes import checked, sizes

Item = TypeVar("Item")


def batch_by_sequence(
    size: Positive | Iterable[float], get_length: Callable[[Any], int] | None = None
) -> Callable[[Iterable[Any]], Iterator[list[Any]]]:
    """Create a batcher that yields batches of `size` items.

    Args:
        size: Items per batch; a number, or a schedule that is advanced once per batch.
        get_length: Not used, since every item counts as one; accepted so that batchers can be exchanged in a config.

    Raises:
        ConfigError: `size` is below 1.
    """
    checked(size)

    def batch(items: Iterable[Any]) -> Iterator[list[Any]]:
        return by_sequence(items, size)

    return batch


def by_sequence(items: Iterable[Item], size: int | Iterable[float]) -> Iterator[list[Item]]:
    """Split a stream into lists of `size` items; the last one may be shorter."""
    stream = iter(items)
    for n_items in sizes(size):
        batch = list(islice(stream, int(n_items)))
        if not batch:
            return
        yield batch
