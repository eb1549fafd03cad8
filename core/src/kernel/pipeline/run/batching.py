"""Small cuts of a stream, where no config says how to batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, repeat
from typing import TypeVar

from kernel.errors import ConfigError

T = TypeVar("T")


def minibatch(items: Iterable[T], size: int | Iterable[int]) -> Iterator[list[T]]:
    """Cut a stream into lists.

    Args:
        items: The stream.
        size: Items per list; or a series of sizes, such as a schedule. The last list may be shorter.
    """
    sizes = repeat(size) if isinstance(size, int) else iter(size)
    stream = iter(items)
    for wanted in sizes:
        if wanted < 1:
            raise ConfigError(f"minibatch: expected a positive size, got {wanted!r}")
        batch = list(islice(stream, int(wanted)))
        if not batch:
            return
        yield batch
