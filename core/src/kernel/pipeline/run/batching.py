"""Split a stream into batches, without a batcher from a config."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, repeat
from typing import TypeVar

from kernel.errors import ConfigError

T = TypeVar("T")


def minibatch(items: Iterable[T], size: int | Iterable[int]) -> Iterator[list[T]]:
    """Split a stream into lists.

    Args:
        items: The stream.
        size: Items per list, or a series of sizes such as a schedule. The last list may be shorter.
    """
    sizes = repeat(size) if isinstance(size, int) else iter(size)
    stream = iter(items)
    for batch_size in sizes:
        if batch_size < 1:
            raise ConfigError(f"minibatch: expected a positive size, got {batch_size!r}")
        batch = list(islice(stream, int(batch_size)))
        if not batch:
            return
        yield batch
