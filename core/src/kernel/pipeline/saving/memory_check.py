"""Memory for the library that reads and writes weights, which ends the process where it gets none."""

from __future__ import annotations

import numpy as np

#: Copies of all bytes that the library makes of what it reads or writes, and what it takes besides.
_COPIES, _BESIDES = 3, 1 << 22


def check_room(n_bytes: int) -> None:
    """See that there is memory to read or write weights, where the process has a limit of it.

    Args:
        n_bytes: Of all arrays together.

    Raises:
        MemoryError: There is not enough.
    """
    try:
        import resource
    except ImportError:  # Windows limits nothing so
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        # Taken and given back: none of it is touched, so this takes no time.
        np.empty(_COPIES * n_bytes + _BESIDES, dtype=np.uint8)
