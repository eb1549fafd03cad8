"""How many threads NumPy's BLAS uses while a pipeline computes: one, unless the environment says otherwise.

A pipeline's products are small. A second thread gains nothing on an idle machine, costs a multiple where another
program wants the core, and changes the last bits of a result: the same seed gives the same bytes on one thread.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

import numpy as np  # noqa: F401 - its BLAS must be loaded before it can be found
from threadpoolctl import OpenBLASController, ThreadpoolController  # type: ignore[import-untyped]

from kernel.system.concurrency import ForkSafeLock, Occupants

#: Whoever sets one of these has chosen.
_CHOICES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def one_blas_thread() -> AbstractContextManager[object]:
    """Keep matrix products inside a `with` block on the calling thread."""
    if any(os.environ.get(name) for name in _CHOICES):
        return nullcontext()
    return _LIMIT


def blas_threads() -> int:
    """Say on how many threads matrix products of a pipeline are made."""
    with one_blas_thread():
        pools = [pool for pool in _controller().info() if pool["user_api"] == "blas"]
    return max((int(pool["num_threads"]) for pool in pools), default=1)


class _Limit:
    """One thread for BLAS while any thread of the process is inside: the setting is one for all of them."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._inside = Occupants()
        self._limited: Any = None

    def __enter__(self) -> None:
        with self._lock:
            # In the child of a fork the limit may be that of a thread that is gone.
            if self._limited is None:
                self._limited = _controller().limit(limits=1, user_api="blas")
            self._inside.enter()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside.leave()
            if not self._inside:
                # From threadpoolctl 3.8 on only the thread that set a limit may change it, and that one left earlier.
                clear = getattr(OpenBLASController, "clear_controlling_thread", None)
                if clear is not None:
                    clear(force=True)
                self._limited.restore_original_limits()
                self._limited = None
                if clear is not None:
                    clear()


_LIMIT = _Limit()


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
