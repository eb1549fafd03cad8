"""The check of array operations."""
# ruff: noqa: N806  (names of arrays end in their axes)

from __future__ import annotations

from typing import Any


def check_ops(ops_class: Any, *, tolerance: float = 1e-4) -> Any:
    """Check that operations give the same results as Thinc's NumpyOps.

    Args:
        ops_class: The registered subclass of `thinc.api.Ops`.
        tolerance: Maximum error of a result.

    Returns:
        An instance, for further assertions.
    """
    import numpy as np
    from thinc.api import NumpyOps, Ops

    assert isinstance(ops_class, type), f"it is not a class: {ops_class!r}"
    assert issubclass(ops_class, Ops), f"it is not a subclass of Ops: {ops_class!r}"
    assert getattr(ops_class, "name", "") not in ("", "base"), "its attribute `name` is not set"
    ops, expected = ops_class(), NumpyOps()
    rng = np.random.default_rng(0)
    X, W, b = (rng.normal(size=shape).astype("f") for shape in ((5, 4), (3, 4), (3,)))
    ids = np.arange(5, dtype="uint64")
    arrays = [ops.asarray(array) for array in (X, W, b)]
    assert np.array_equal(ops.to_numpy(arrays[0]), X), "asarray and to_numpy change the array"
    pairs = {
        "gemm": (ops.gemm(arrays[0], arrays[1], trans2=True), expected.gemm(X, W, trans2=True)),
        "affine": (ops.affine(*arrays), expected.affine(X, W, b)),
        "softmax": (ops.softmax(arrays[0]), expected.softmax(X)),
        "alloc": (ops.alloc((2, 3)), expected.alloc((2, 3))),
        "hash": (ops.hash(ops.asarray(ids), 1), expected.hash(ids, 1)),
        "reduce_sum": (
            ops.reduce_sum(arrays[0], ops.asarray1i([2, 3])),
            expected.reduce_sum(X, expected.asarray1i([2, 3])),
        ),
    }
    for name, (result, right) in pairs.items():
        array = ops.to_numpy(result)
        assert array.shape == right.shape, f"{name}: the shape is {array.shape}, not {right.shape}"
        assert np.allclose(array, right, rtol=tolerance, atol=tolerance), f"{name}: the result differs"
    return ops
