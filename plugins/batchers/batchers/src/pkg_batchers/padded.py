"""Batches with little padding, of items of similar length."""

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
    """Create a batcher that bounds the padded size of a batch: its number of items times its longest item.

    Args:
        size: Maximum padded size in words; a number, or a schedule that is advanced once per buffer.
        buffer: Number of items to sort by length at a time. Larger buffers give less padding and less randomness.
        discard_oversize: Whether to drop batches whose padded size reaches `size`.
        get_length: Returns the number of words of an item; None uses `len`.

    Raises:
        ConfigError: `size` is below 1.
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
    """Split a stream into lists with a padded size of at most `size`, the longest items of a buffer first.

    Source:
        The behaviour of `minibatch_by_padded_size` in spaCy 3.8, batch for batch.
    """
    targets = sizes(size)
    for buffered in by_sequence(items, buffer):
        target = next(targets)
        lengths = [length(item) for item in buffered]
        for group in reversed(groups(lengths, target)):
            padded = max(lengths[i] for i in group) * len(group)
            if not (drops_oversize and padded >= target):
                yield [buffered[i] for i in group]


def groups(lengths: Sequence[int], target: float) -> list[list[int]]:
    """Group indices by length, shortest first, up to a padded size of `target`; groups keep the original order."""
    result: list[list[int]] = []
    group: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group and lengths[i] * (len(group) + 1) > target:
            result.append(sorted(group))
            group = []
        group.append(i)
    if group:
        result.append(sorted(group))
    return result
