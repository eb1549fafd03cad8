"""How many threads NumPy's BLAS uses while a pipeline computes: one, unless the environment says otherwise.

A pipeline's products are small. A second thread gains nothing on an idle machine, costs a multiple where another
program wants the core, and changes the last bits of a result: the same seed gives the same bytes on one thread.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache

import numpy as np  # noqa: F401 - its BLAS must be loaded before it can be found
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

#: Whoever sets one of these has chosen.
_CHOICES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def one_blas_thread() -> AbstractContextManager[object]:
    """Keep matrix products inside a `with` block on the calling thread."""
    if any(os.environ.get(name) for name in _CHOICES):
        return nullcontext()
    limited: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limited


def blas_threads() -> int:
    """Say on how many threads matrix products of a pipeline are made."""
    with one_blas_thread():
        pools = [pool for pool in _controller().info() if pool["user_api"] == "blas"]
    return max((int(pool["num_threads"]) for pool in pools), default=1)


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
