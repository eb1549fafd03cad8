"""The random states that training draws from: one seed, and a generator of its own for each purpose.

Layers, initializers and user code draw from the global generators of Python, NumPy, CuPy and, where it is installed,
Torch, which `fix_random_seed` sets. What reads data stands apart from them (`apart`): how many numbers it draws changes
nothing elsewhere, so that reading from the beginning again leads to the same examples, whatever was drawn between them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
from thinc.api import get_current_ops
from thinc.compat import torch  # None where it is not installed; Thinc imports it anyway

Item = TypeVar("Item")

#: NumPy's type stubs lack two of its documented functions.
_NUMPY: Any = np.random


def fix_random_seed(seed: int = 0) -> None:
    """Set the random states of Python, NumPy, Torch where there is one, and, on a GPU, CuPy."""
    random.seed(seed)
    np.random.seed(seed)
    xp = get_current_ops().xp
    if xp is not np:
        xp.random.seed(seed)
    if torch is not None:
        torch.manual_seed(seed)


def drawn_seed() -> int:
    """Draw a seed for a run that was given none, so that it can be written down."""
    return random.SystemRandom().getrandbits(32)


def random_states() -> dict[str, Any]:
    """Give the states of the global generators of Python, NumPy and Torch on the CPU as plain data."""
    python, numpy = random.getstate(), _NUMPY.get_state()
    name, keys, *rest = numpy
    return {
        "python": [python[0], list(python[1]), python[2]],
        "numpy": [name, keys.tolist(), *rest],
        **({} if torch is None else {"torch": torch.get_rng_state().tolist()}),
    }


def set_random_states(states: dict[str, Any]) -> None:
    """Set the global generators to what `random_states` gave."""
    version, python, gauss = states["python"]
    name, keys, *rest = states["numpy"]
    random.setstate((version, tuple(python), gauss))
    np.random.set_state((name, np.array(keys, dtype=np.uint32), *rest))
    if torch is not None and "torch" in states:
        torch.set_rng_state(torch.tensor(states["torch"], dtype=torch.uint8))


def apart(items: Iterable[Item], seed: int | str) -> Iterator[Item]:
    """Draw items whose making uses the global generators, without moving them for anybody else.

    NumPy's generator is exchanged whole, since reading and setting its state takes a hundred times as long; the half
    of a pair of normal numbers that it may hold back is lost with every item, in every run alike.

    Args:
        items: Drawn one by one.
        seed: Of the random numbers that `items` sees; they go on from item to item.
    """
    own = random.Random(str(seed))
    python, numpy = own.getstate(), np.random.MT19937(own.getrandbits(32))
    stream, end = iter(items), object()
    while True:
        others = random.getstate(), _NUMPY.get_bit_generator()
        random.setstate(python)
        _NUMPY.set_bit_generator(numpy)
        try:
            item: Any = next(stream, end)
        finally:
            python = random.getstate()
            random.setstate(others[0])
            _NUMPY.set_bit_generator(others[1])
        if item is end:
            return
        yield item
