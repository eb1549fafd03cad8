"""Array operations of models on the CPU: Thinc's, with matrix products by NumPy's BLAS.

Thinc's own `NumpyOps.gemm` calls BLIS, which on current CPUs reaches about half the speed of NumPy's OpenBLAS on one
thread, and matrix products take most of a pipeline's time. On a GPU, Thinc's `CupyOps` are used unchanged.
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
        """Draw a dropout mask with 16 random bits per value.

        Like Thinc's, it is drawn from NumPy's global generator, but not through 64-bit floats, which took a
        twentieth of the training time.

        Args:
            shape: The shape of the mask.
            drop: Share of values to drop, in steps of 1/65536; None or 0 drops nothing.

        Returns:
            A float32 array of 0 and 1 / (1 - drop).
        """
        if drop is None or drop <= 0.0 or drop >= 1.0:
            return super().get_dropout_mask(shape, drop)
        size = int(np.prod(shape))
        bits = np.frombuffer(np.random.bytes(2 * size), dtype=np.uint16).reshape(shape)
        mask = (bits >= round(drop * 65536)).astype(np.float32)
        mask *= 1.0 / (1.0 - drop)
        return mask


def ensure_ops() -> Ops:
    """Set `KernelNumpyOps` as the current ops of this context, unless a GPU is in use."""
    current = get_current_ops()
    if type(current) is NumpyOps:
        set_current_ops(KernelNumpyOps())
    return get_current_ops()


@contextmanager
def kernel_ops() -> Iterator[Ops]:
    """Set `KernelNumpyOps` as the current ops inside a `with` block, unless a GPU is in use."""
    before = get_current_ops()
    try:
        yield ensure_ops()
    finally:
        set_current_ops(before)
