"""The random states that training draws from: one seed, and a generator of its own for each purpose.

Layers, initializers and user code draw from the global generators of Python, NumPy and CuPy, which `fix_random_seed`
sets. What reads data stands apart from them (`apart`): how many numbers it draws changes nothing elsewhere, so that
reading from the beginning again leads to the same examples, whatever was drawn between them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
from thinc.api import get_current_ops

Item = TypeVar("Item")

#: Python's and NumPy's global generators, as they give their states.
States = tuple[Any, Any]


def fix_random_seed(seed: int = 0) -> None:
    """Set the random states of Python, NumPy and, on a GPU, CuPy."""
    random.seed(seed)
    np.random.seed(seed)
    xp = get_current_ops().xp
    if xp is not np:
        xp.random.seed(seed)


def drawn_seed() -> int:
    """Draw a seed for a run that was given none, so that it can be written down."""
    return random.SystemRandom().getrandbits(32)


def random_states() -> dict[str, Any]:
    """Give the states of the global generators of Python and NumPy as plain data."""
    python, numpy = _states()
    name, keys, position, has_gauss, gauss = numpy
    return {
        "python": [python[0], list(python[1]), python[2]],
        "numpy": [name, keys.tolist(), position, has_gauss, gauss],
    }


def set_random_states(states: dict[str, Any]) -> None:
    """Set the global generators to what `random_states` gave."""
    version, python, gauss = states["python"]
    name, keys, *rest = states["numpy"]
    _set_states(((version, tuple(python), gauss), (name, np.array(keys, dtype=np.uint32), *rest)))


def apart(items: Iterable[Item], seed: int | str) -> Iterator[Item]:
    """Draw items whose making uses the global generators, without moving them for anybody else.

    Args:
        items: Drawn one by one.
        seed: Of the random numbers that `items` sees; they go on from item to item.
    """
    digest = random.Random(str(seed)).getrandbits(32)
    own: States = (random.Random(digest).getstate(), np.random.RandomState(digest).get_state())
    stream, end = iter(items), object()
    while True:
        others = _states()
        _set_states(own)
        try:
            item: Any = next(stream, end)
        finally:
            own = _states()
            _set_states(others)
        if item is end:
            return
        yield item


def _states() -> States:
    return random.getstate(), np.random.get_state()


def _set_states(states: States) -> None:
    random.setstate(states[0])
    np.random.set_state(states[1])
