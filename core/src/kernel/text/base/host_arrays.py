"""Copy arrays from the GPU to the host before they are written."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def on_cpu(array: Any) -> npt.NDArray[np.float32]:
    """Return a NumPy array as it is, and a CuPy array as a NumPy copy."""
    host_array: npt.NDArray[np.float32] = array.get() if hasattr(array, "get") else array
    return host_array
