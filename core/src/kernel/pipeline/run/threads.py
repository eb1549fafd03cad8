"""Limit NumPy's BLAS to one thread while a pipeline computes, unless an environment variable sets the number.

The matrix products of a pipeline are small. A second thread gains nothing on an idle machine, is several times slower
if another program needs the core, and changes the last bits of a result: one thread gives the same bytes for a seed.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

import numpy as np  # noqa: F401 - its BLAS must be loaded before it can be found
from threadpoolctl import OpenBLASController, ThreadpoolController  # type: ignore[import-untyped]

from kernel.system.concurrency import ForkSafeLock, Occupants

#: Variables by which the user sets the number of threads.
_CHOICES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def one_blas_thread() -> AbstractContextManager[object]:
    """Return a context manager that keeps matrix products on the calling thread."""
    if any(os.environ.get(name) for name in _CHOICES):
        return nullcontext()
    return _LIMIT


def blas_threads() -> int:
    """Return the number of threads that compute a pipeline's matrix products."""
    with one_blas_thread():
        pools = [pool for pool in _controller().info() if pool["user_api"] == "blas"]
    return max((int(pool["num_threads"]) for pool in pools), default=1)


class _Limit:
    """A limit of one BLAS thread while any thread is inside; the setting applies to the whole process."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._inside = Occupants()
        self._limited: Any = None

    def __enter__(self) -> None:
        with self._lock:
            # In the child of a fork, a thread that no longer exists may have set the limit.
            if self._limited is None:
                self._limited = _controller().limit(limits=1, user_api="blas")
            self._inside.enter()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside.leave()
            if not self._inside:
                # Since threadpoolctl 3.8 only the thread that set a limit may change it, but it may have left earlier.
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
