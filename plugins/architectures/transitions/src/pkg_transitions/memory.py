"""Reuse the memory of one prediction for the next.

The operating system maps large arrays page by page and unmaps them as a whole. Where that is expensive, as in a
virtual machine that returns free pages to its host, touching new pages takes longer than computing their contents.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from thinc.api import Ops


class TableMemory:
    """Memory for one array at a time."""

    def __init__(self) -> None:
        self._values: Any = None

    def array(self, ops: Ops, shape: tuple[int, ...]) -> Any:
        """Return an uninitialized float32 array; it shares memory with the array returned before."""
        size = math.prod(shape)
        if not isinstance(self._values, ops.xp.ndarray) or self._values.size < size:
            # A little more than needed: parts of a batch differ little in size. Untouched pages take no memory.
            self._values = None
            self._values = ops.xp.empty(size + size // 8, dtype="float32")
        return self._values[:size].reshape(shape)


class Spare:
    """A pool of one: keeps the memory of a finished prediction for the next one."""

    def __init__(self) -> None:
        self._kept: list[TableMemory] = []

    @contextmanager
    def memory(self) -> Iterator[TableMemory]:
        """Lend memory for the `with` block; a second thread gets memory of its own, and the last one back is kept."""
        try:
            memory = self._kept.pop()
        except IndexError:
            memory = TableMemory()
        try:
            yield memory
        finally:
            self._kept[:] = [memory]

    def __deepcopy__(self, memo: Any) -> Spare:
        return Spare()
