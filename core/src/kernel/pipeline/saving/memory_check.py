"""Check for free memory before calling safetensors, which aborts the process if an allocation fails."""

from __future__ import annotations

import numpy as np

#: Copies of the data that the library makes while reading or writing, and further bytes that it allocates.
_COPIES, _OVERHEAD = 3, 1 << 22


def check_room(n_bytes: int) -> None:
    """Check that a process with a memory limit has enough left to read or write weights.

    Args:
        n_bytes: Size of all arrays together.

    Raises:
        MemoryError: There is not enough memory.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        # Allocated and freed at once; the memory is never touched, so this takes no time.
        np.empty(_COPIES * n_bytes + _OVERHEAD, dtype=np.uint8)
