"""Batches that waste little on padding: items of like length together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from kernel.limits import Positive
from pkg_batchers.sequence import by_sequence
from pkg_batchers.sizes import checked, sizes

Item = TypeVar("Item")


def batch_by_padded(
    size: Positive | Iterable[float],
    buffer: Positive = 256,
    discard_oversize: bool = False,
    get_length: Callable[[Any], int] | None = None,
) -> Callable[[Iterable[Any]], Iterator[list[Any]]]:
    """Create a batcher that bounds a batch's padded size: its items times its longest item.

    Args:
        size: Largest padded size in words; a number, or a schedule that is advanced once a buffer.
        buffer: Items that are sorted by length at a time. Larger is more even and less random.
        discard_oversize: Whether to drop batches whose padded size reaches the size.
        get_length: Words of an item; its `len` when None.
    """
    checked(size)

    def batch(items: Iterable[Any]) -> Iterator[list[Any]]:
        return by_padded(items, size, buffer, discard_oversize, get_length or len)

    return batch


def by_padded(
    items: Iterable[Item],
    size: int | Iterable[float],
    buffer: int,
    drops_oversize: bool,
    length: Callable[[Item], int],
) -> Iterator[list[Item]]:
    """Cut a stream into lists whose padded size is at most `size`, the longest items of a buffer first.

    Source:
        The behaviour of `minibatch_by_padded_size` in spaCy 3.8, batch for batch.
    """
    targets = sizes(size)
    for held in by_sequence(items, buffer):
        target = next(targets)
        lengths = [length(item) for item in held]
        for group in reversed(groups(lengths, target)):
            padded = max(lengths[i] for i in group) * len(group)
            if not (drops_oversize and padded >= target):
                yield [held[i] for i in group]


def groups(lengths: Sequence[int], target: float) -> list[list[int]]:
    """Group positions by length, shortest first; inside a group they keep their order."""
    found: list[list[int]] = []
    group: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group and lengths[i] * (len(group) + 1) > target:
            found.append(sorted(group))
            group = []
        group.append(i)
    if group:
        found.append(sorted(group))
    return found
