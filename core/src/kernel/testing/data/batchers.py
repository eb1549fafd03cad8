"""The check of batchers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

from kernel.contracts import Batcher

#: Items of different lengths, including an empty and a long one.
ITEMS: tuple[str, ...] = tuple("x" * n for n in (3, 1, 4, 1, 5, 9, 2, 6, 0, 5, 3, 40, 8, 9, 7, 9, 3, 2, 3, 8))


def check_batcher(
    batcher: Batcher,
    items: Sequence[Any] = ITEMS,
    *,
    keeps_order: bool = True,
    keeps_all: bool = True,
) -> list[list[Any]]:
    """Check that batches contain the items, and that a stream is read lazily.

    Args:
        batcher: The factory's product.
        items: The items to group; the batcher's `get_length` must accept them.
        keeps_order: Whether the batches must contain the items in their order. A batcher by words may put items that
            overflow a batch after shorter ones that still fit.
        keeps_all: Whether no items may be dropped.

    Returns:
        The batches, for further assertions.
    """
    batches = [_as_list(batch) for batch in batcher(iter(items))]
    flat = [item for batch in batches for item in batch]

    assert all(batches), f"a batch is empty: {batches}"
    assert not keeps_all or _counts(flat) == _counts(items), "items are lost or invented"
    assert not keeps_order or _is_subsequence(flat, items), "the order of items changes"
    assert list(batcher(iter(()))) == [], "an empty stream gives batches"
    again = [item for batch in batcher(iter(items)) for item in batch]
    assert not keeps_all or _counts(again) == _counts(items), "a second stream loses items"
    assert next(iter(batcher(cycle(items)))), "an infinite stream gives no first batch"
    return batches


def _as_list(batch: object) -> list[Any]:
    assert isinstance(batch, list), f"a batch is not a list: {batch!r}"
    return batch


def _counts(items: Sequence[Any]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for item in items:
        counts[id(item)] = counts.get(id(item), 0) + 1
    return counts


def _is_subsequence(part: Sequence[Any], whole: Sequence[Any]) -> bool:
    stream = iter(whole)
    return all(any(item is other for other in stream) for item in part)
