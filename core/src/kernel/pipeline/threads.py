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
CHOICES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def one_blas_thread() -> AbstractContextManager[object]:
    """Keep matrix products inside a `with` block on the calling thread."""
    if any(os.environ.get(name) for name in CHOICES):
        return nullcontext()
    limited: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limited


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
