"""What every library of array operations must do."""
# ruff: noqa: N806  (arrays wear their axes)

from __future__ import annotations

from typing import Any


def check_ops(ops_class: Any, *, tolerance: float = 1e-4) -> Any:
    """Check that operations compute what Thinc's on NumPy do.

    Args:
        ops_class: The subclass of `thinc.api.Ops` that the name stands for.
        tolerance: How far a result may be off.

    Returns:
        An instance, for the test to look at.
    """
    import numpy as np
    from thinc.api import NumpyOps, Ops

    assert isinstance(ops_class, type), f"it is no class: {ops_class!r}"
    assert issubclass(ops_class, Ops), f"it is no Ops: {ops_class!r}"
    assert getattr(ops_class, "name", "") not in ("", "base"), "it has no name of its own in `name`"
    ops, expected = ops_class(), NumpyOps()
    rng = np.random.default_rng(0)
    X, W, b = (rng.normal(size=shape).astype("f") for shape in ((5, 4), (3, 4), (3,)))
    ids = np.arange(5, dtype="uint64")
    here = [ops.asarray(array) for array in (X, W, b)]
    assert np.array_equal(ops.to_numpy(here[0]), X), "asarray and to_numpy lose something"
    pairs = {
        "gemm": (ops.gemm(here[0], here[1], trans2=True), expected.gemm(X, W, trans2=True)),
        "affine": (ops.affine(*here), expected.affine(X, W, b)),
        "softmax": (ops.softmax(here[0]), expected.softmax(X)),
        "alloc": (ops.alloc((2, 3)), expected.alloc((2, 3))),
        "hash": (ops.hash(ops.asarray(ids), 1), expected.hash(ids, 1)),
        "reduce_sum": (
            ops.reduce_sum(here[0], ops.asarray1i([2, 3])),
            expected.reduce_sum(X, expected.asarray1i([2, 3])),
        ),
    }
    for name, (found, right) in pairs.items():
        array = ops.to_numpy(found)
        assert array.shape == right.shape, f"{name}: the shape is {array.shape}, not {right.shape}"
        assert np.allclose(array, right, rtol=tolerance, atol=tolerance), f"{name} computes something else"
    return ops
