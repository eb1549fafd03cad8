"""What every batcher must do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

from kernel.contracts import Batcher

#: Items of many lengths, an empty one and a long one among them.
ITEMS: tuple[str, ...] = tuple("x" * n for n in (3, 1, 4, 1, 5, 9, 2, 6, 0, 5, 3, 40, 8, 9, 7, 9, 3, 2, 3, 8))


def check_batcher(
    batcher: Batcher,
    items: Sequence[Any] = ITEMS,
    *,
    keeps_order: bool = True,
    keeps_all: bool = True,
) -> list[list[Any]]:
    """Check that batches hold the items, and that a stream is read as it comes.

    Args:
        batcher: What the factory made.
        items: What to group; each must suit the batcher's `get_length`.
        keeps_order: Whether the batches, one after the other, are the items in their order; by words, what
            overflows a batch comes behind shorter items that still fit.
        keeps_all: Whether it documents that nothing is dropped.

    Returns:
        The batches, for the test to look at.
    """
    batches = [_as_list(batch) for batch in batcher(iter(items))]
    flat = [item for batch in batches for item in batch]

    assert all(batches), f"a batch is empty: {batches}"
    assert not keeps_all or _counts(flat) == _counts(items), "items are lost or made up"
    assert not keeps_order or _is_subsequence(flat, items), "items change their order"
    assert list(batcher(iter(()))) == [], "there are batches of nothing"
    again = [item for batch in batcher(iter(items)) for item in batch]
    assert not keeps_all or _counts(again) == _counts(items), "a second stream loses items"
    assert next(iter(batcher(cycle(items)))), "an endless stream does not give a first batch"
    return batches


def _as_list(batch: object) -> list[Any]:
    assert isinstance(batch, list), f"a batch is no list: {batch!r}"
    return batch


def _counts(items: Sequence[Any]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for item in items:
        counts[id(item)] = counts.get(id(item), 0) + 1
    return counts


def _is_subsequence(part: Sequence[Any], whole: Sequence[Any]) -> bool:
    stream = iter(whole)
    return all(any(item is other for other in stream) for item in part)
