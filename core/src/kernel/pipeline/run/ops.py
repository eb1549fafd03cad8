"""The array operations of models on a CPU: Thinc's, multiplying through NumPy's BLAS.

Thinc's own `NumpyOps.gemm` calls BLIS, which on current CPUs does about half of what the OpenBLAS inside NumPy does
on one thread, and matrix products are most of a pipeline's time. On a GPU Thinc's `CupyOps` stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from thinc.api import NumpyOps, Ops, get_current_ops, set_current_ops


class KernelNumpyOps(NumpyOps):  # type: ignore[misc, unused-ignore]
    """Thinc's CPU operations with matrix products and dropout masks by NumPy."""

    name = "kernel-numpy"

    def __init__(self, device_type: str = "cpu", device_id: int = -1) -> None:
        super().__init__(device_type, device_id, use_blis=False)

    def get_dropout_mask(self, shape: tuple[int, ...], drop: float | None) -> Any:
        """Draw a dropout mask with 16 random bits a value.

        Drawn from NumPy's global generator like Thinc's, but without going through 64-bit floats, which made masks
        a twentieth of the training time.

        Args:
            shape: Of the mask.
            drop: Share of values to drop, in steps of 1/65536; None or 0 drops nothing.

        Returns:
            float32 array of 0 and 1 / (1 - drop).
        """
        if drop is None or drop <= 0.0 or drop >= 1.0:
            return super().get_dropout_mask(shape, drop)
        size = int(np.prod(shape))
        bits = np.frombuffer(np.random.bytes(2 * size), dtype=np.uint16).reshape(shape)
        mask = (bits >= round(drop * 65536)).astype(np.float32)
        mask *= 1.0 / (1.0 - drop)
        return mask


def ensure_ops() -> Ops:
    """Use `KernelNumpyOps` from here on in this context, unless a GPU was chosen."""
    current = get_current_ops()
    if type(current) is NumpyOps:
        set_current_ops(KernelNumpyOps())
    return get_current_ops()


@contextmanager
def kernel_ops() -> Iterator[Ops]:
    """Build models inside this block on `KernelNumpyOps`, unless a GPU was chosen."""
    before = get_current_ops()
    try:
        yield ensure_ops()
    finally:
        set_current_ops(before)
