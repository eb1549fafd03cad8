"""The random states that training draws from."""

from __future__ import annotations

import random

import numpy as np
from thinc.api import get_current_ops


def fix_random_seed(seed: int = 0) -> None:
    """Set the random states of Python, NumPy and, on a GPU, CuPy."""
    random.seed(seed)
    np.random.seed(seed)
    xp = get_current_ops().xp
    if xp is not np:
        xp.random.seed(seed)
