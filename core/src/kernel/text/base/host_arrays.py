"""Arrays that may lie on a GPU, fetched for writing them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def on_cpu(array: Any) -> npt.NDArray[np.float32]:
    """Give an array of NumPy: the one given, or a copy of CuPy's."""
    fetched: npt.NDArray[np.float32] = array.get() if hasattr(array, "get") else array
    return fetched
