"""The tree of random generators used in training, with one seed at its root.

    seed
    ├─ the global generators of Python, NumPy and PyTorch: initial weights, dropout, beams and everything else
    ├─ "data": readers, augmenters and batchers, with separate generators
    ├─ "0", "1", ...: the order of the examples in each epoch
    └─ "step 0", "step 1", ...: a GPU in each step, because CuPy does not expose the state of its generator

Branches are independent of how many numbers the others draw. A checkpoint holds the states of the first two; the others
are derived again from seed and number. Generators of frameworks that have not been imported are left alone.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
from thinc.api import get_current_ops

Item = TypeVar("Item")

#: NumPy's type stubs lack some of its documented functions.
_NUMPY: Any = np.random
#: Bits of the largest seed that every framework accepts.
_BITS = 32
#: Numbers in the state of a Mersenne Twister.
_MERSENNE = 624


def fix_random_seed(seed: int = 0) -> None:
    """Seed the global generators of Python and NumPy, of PyTorch if imported, and of a GPU if in use."""
    random.seed(seed)
    np.random.seed(seed)
    if (torch := _torch()) is not None:
        torch.manual_seed(seed)
    _seed_gpu(seed)


def branch(seed: int | str, name: str) -> random.Random:
    """Create the generator at the root of a branch of the tree."""
    # A string seeds by its digest, which is the same in every process and Python version.
    return random.Random(f"{seed} {name}")


def begin_step(seed: int | str | None, number: int) -> None:
    """Seed the GPU in use, if any, for one step, so that a resumed run draws the same numbers."""
    if get_current_ops().xp is not np:
        _seed_gpu(branch("" if seed is None else seed, f"step {number}").getrandbits(_BITS))


def drawn_seed() -> int:
    """Draw a seed for a run without one, so that it can be recorded."""
    return random.SystemRandom().getrandbits(_BITS)


def random_states() -> dict[str, Any]:
    """Return the states of the global generators as plain data, including PyTorch's if imported."""
    name, keys, *rest = _NUMPY.get_state()
    states = {"python": _plain(random.getstate()), "numpy": [name, keys.tolist(), *rest]}
    if (torch := _torch()) is not None:
        states["torch"] = torch.get_rng_state().tolist()
        if torch.cuda.is_available():
            states["torch_cuda"] = [state.tolist() for state in torch.cuda.get_rng_state_all()]
    return states


def check_random_states(states: dict[str, Any]) -> None:
    """Check that states have the form that `random_states` returns, before any is set.

    Raises:
        ValueError: They do not.
    """
    try:
        version, python, gauss = states["python"]
        random.Random().setstate((version, tuple(python), gauss))
        name, keys, position, has_gauss, cached = states["numpy"]
        # NumPy does not check the position, and would read out of bounds.
        if not isinstance(position, int) or not 0 <= position <= _MERSENNE or len(keys) != _MERSENNE:
            raise ValueError(f"position {position!r:.20} of {len(keys)} keys")
        own: Any = np.random.RandomState(0)
        own.set_state((name, np.array(keys, dtype=np.uint32), position, has_gauss, cached))
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise ValueError(f"the states of the random generators cannot be set, {error}") from None


def set_random_states(states: dict[str, Any]) -> None:
    """Restore the states of the global generators that `random_states` returned."""
    version, python, gauss = states["python"]
    name, keys, *rest = states["numpy"]
    random.setstate((version, tuple(python), gauss))
    np.random.set_state((name, np.array(keys, dtype=np.uint32), *rest))
    if (torch := _torch()) is not None and "torch" in states:
        torch.set_rng_state(torch.tensor(states["torch"], dtype=torch.uint8))
        if torch.cuda.is_available() and "torch_cuda" in states:
            torch.cuda.set_rng_state_all(
                [torch.tensor(state, dtype=torch.uint8) for state in states["torch_cuda"]]
            )


class Apart(Iterator[Item]):
    """An iterator whose items draw from separate global generators of Python and NumPy.

    NumPy's generator is replaced as a whole, because reading and setting its state takes a hundred times as long. The
    second of a pair of normal numbers, which it may have cached, is therefore lost with every item, in every run alike.

    Args:
        items: The items, drawn one by one.
        seed: The seed of the generators.
        name: The branch of the tree that seeds them; their states carry over from item to item.
    """

    def __init__(self, items: Iterable[Item], seed: int | str, name: str = "data") -> None:
        own = branch(seed, name)
        self._items = iter(items)
        self._python, self._numpy = own.getstate(), np.random.MT19937(own.getrandbits(_BITS))

    def __next__(self) -> Item:
        """Return the next item."""
        others = random.getstate(), _NUMPY.get_bit_generator()
        random.setstate(self._python)
        _NUMPY.set_bit_generator(self._numpy)
        try:
            return next(self._items)
        finally:
            self._python = random.getstate()
            random.setstate(others[0])
            _NUMPY.set_bit_generator(others[1])

    def state(self) -> dict[str, Any]:
        """Return the states of the separate generators as plain data."""
        numpy: Any = self._numpy.state
        inner = numpy["state"]
        return {
            "python": _plain(self._python),
            "numpy": [numpy["bit_generator"], inner["key"].tolist(), inner["pos"]],
        }


def _plain(state: tuple[Any, ...]) -> list[Any]:
    return [state[0], list(state[1]), state[2]]


def _seed_gpu(seed: int) -> None:
    xp = get_current_ops().xp
    if xp is not np:
        xp.random.seed(seed)


def _torch() -> Any:
    """Return PyTorch if it has been imported, otherwise None."""
    return sys.modules.get("torch")
