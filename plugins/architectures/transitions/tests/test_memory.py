"""Memory that one prediction leaves to the next."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from kernel.pipeline.run.ops import KernelNumpyOps
from pkg_transitions.memory import Spare, TableMemory

OPS = KernelNumpyOps()


def test_arrays_of_up_to_the_largest_size_share_their_memory() -> None:
    memory = TableMemory()
    first = memory.array(OPS, (4, 5))

    for shape in ((2, 3), (20,), (1, 4, 5)):
        array = memory.array(OPS, shape)
        assert array.shape == shape
        assert array.dtype == np.float32
        assert np.shares_memory(array, first)
    assert memory.array(OPS, (100, 5)).shape == (100, 5)


def test_what_is_given_back_is_lent_again() -> None:
    spare = Spare()
    with spare.memory() as memory:
        pass
    with spare.memory() as again:
        assert again is memory


def test_memory_is_given_back_after_an_error() -> None:
    spare = Spare()
    with pytest.raises(KeyError), spare.memory() as memory:
        raise KeyError
    with spare.memory() as again:
        assert again is memory


def test_two_at_a_time_have_their_own_and_one_is_kept() -> None:
    spare = Spare()
    with spare.memory() as first, spare.memory() as second:
        assert first is not second
    with spare.memory() as third, spare.memory() as fourth:
        assert third is first
        assert fourth is not second


def test_a_copy_has_its_own() -> None:
    spare = Spare()
    with spare.memory() as memory:
        pass
    with deepcopy(spare).memory() as other:
        assert other is not memory
