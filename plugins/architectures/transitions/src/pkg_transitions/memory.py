"""Memory that one prediction leaves to the next.

The system hands out large arrays page by page and takes them back whole. Where that is dear, as in a virtual machine
that returns free pages to its host, touching new pages takes longer than computing what is written there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from thinc.api import Ops


class TableMemory:
    """Room for one array at a time."""

    def __init__(self) -> None:
        self._values: Any = None

    def array(self, ops: Ops, shape: tuple[int, ...]) -> Any:
        """Give an array of float32 whose values are anything; the one given before is overwritten."""
        size = math.prod(shape)
        if not isinstance(self._values, ops.xp.ndarray) or self._values.size < size:
            # A little more than asked for: parts of a batch are nearly alike. What is not touched takes no room.
            self._values = None
            self._values = ops.xp.empty(size + size // 8, dtype="float32")
        return self._values[:size].reshape(shape)


class Spare:
    """Keeps the memory of a prediction that is over, for the next one."""

    def __init__(self) -> None:
        self._kept: list[TableMemory] = []

    @contextmanager
    def memory(self) -> Iterator[TableMemory]:
        """Lend memory; another thread that asks meanwhile gets its own, which is not kept."""
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
