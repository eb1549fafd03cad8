"""The tree of random generators that training draws from: one seed is its root.

    seed
    ├─ the global generators of Python, NumPy and PyTorch: first weights, dropout, beams, whatever else draws
    ├─ "data": readers, augmenters and batchers, in generators that stand apart
    ├─ "0", "1", ...: the order of the examples in each epoch
    └─ "step 0", "step 1", ...: a GPU in each step, since CuPy does not tell the state of its generator

How many numbers one branch draws changes nothing on another. A checkpoint holds the states of the first two; the others
are made of seed and number again. Those of frameworks that nobody has imported are left alone.
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
#: The largest seed that every framework takes.
_BITS = 32
#: Numbers that a Mersenne twister holds.
_MERSENNE = 624


def fix_random_seed(seed: int = 0) -> None:
    """Set the global generators of Python and NumPy, of PyTorch where it is imported, and of a GPU that is in use."""
    random.seed(seed)
    np.random.seed(seed)
    if (torch := _torch()) is not None:
        torch.manual_seed(seed)
    _seed_gpu(seed)


def branch(seed: int | str, name: str) -> random.Random:
    """Make the generator at the root of a branch of the tree."""
    # A string seeds by its digest, the same in every process and version of Python.
    return random.Random(f"{seed} {name}")


def begin_step(seed: int | str | None, number: int) -> None:
    """Let a GPU draw in a step what seed and step say, however the run came there; nothing where none is in use."""
    if get_current_ops().xp is not np:
        _seed_gpu(branch("" if seed is None else seed, f"step {number}").getrandbits(_BITS))


def drawn_seed() -> int:
    """Draw a seed for a run that was given none, so that it can be written down."""
    return random.SystemRandom().getrandbits(_BITS)


def random_states() -> dict[str, Any]:
    """Give the states of the global generators as plain data; PyTorch's where it is imported."""
    name, keys, *rest = _NUMPY.get_state()
    states = {"python": _plain(random.getstate()), "numpy": [name, keys.tolist(), *rest]}
    if (torch := _torch()) is not None:
        states["torch"] = torch.get_rng_state().tolist()
        if torch.cuda.is_available():
            states["torch_cuda"] = [state.tolist() for state in torch.cuda.get_rng_state_all()]
    return states


def check_random_states(states: dict[str, Any]) -> None:
    """See that states are what `random_states` gave, before anything is set.

    Raises:
        ValueError: They are not.
    """
    try:
        version, python, gauss = states["python"]
        random.Random().setstate((version, tuple(python), gauss))
        name, keys, place, has_gauss, cached = states["numpy"]
        # NumPy does not look at the place, and reads there.
        if not isinstance(place, int) or not 0 <= place <= _MERSENNE or len(keys) != _MERSENNE:
            raise ValueError(f"place {place!r:.20} of {len(keys)} keys")
        own: Any = np.random.RandomState(0)
        own.set_state((name, np.array(keys, dtype=np.uint32), place, has_gauss, cached))
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise ValueError(f"the states of the random generators cannot be set, {error}") from None


def set_random_states(states: dict[str, Any]) -> None:
    """Set the global generators to what `random_states` gave."""
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
    """Items whose making uses the global generators of Python and NumPy, without moving them for anybody else.

    NumPy's generator is exchanged whole, since reading and setting its state takes a hundred times as long; the half
    of a pair of normal numbers that it may hold back is lost with every item, in every run alike.

    Args:
        items: Drawn one by one.
        seed: The seed, and
        name: the branch of the random numbers that `items` sees; they go on from item to item.
    """

    def __init__(self, items: Iterable[Item], seed: int | str, name: str = "data") -> None:
        own = branch(seed, name)
        self._items = iter(items)
        self._python, self._numpy = own.getstate(), np.random.MT19937(own.getrandbits(_BITS))

    def __next__(self) -> Item:
        """Draw the next item."""
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
        """Give the states of the generators that stand apart, as plain data."""
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
    """PyTorch, if somebody has imported it."""
    return sys.modules.get("torch")
