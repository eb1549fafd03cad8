"""Check that the arrays of a checkpoint fit each other and the pipeline, before anything is restored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NoReturn

import numpy as np

from kernel.errors import CheckpointError
from kernel.pipeline.optim.lazy_rows import MAX_STEPS

Tensors = Mapping[str, Any]

#: Kinds of arrays that their readers check.
_OTHERS = ("bytes", "shims")
_SUMS = ("mom1", "mom2", "averages")


def check_arrays(tensors: Tensors, types: Mapping[str, str], shims: Collection[str]) -> None:
    """Check that a run can restore every array.

    Args:
        tensors: The arrays, named as by `collect`.
        types: The type of each parameter of the pipeline.
        shims: Names of the shims, which check their own parameters.

    Raises:
        CheckpointError: An array is unknown or missing, or has another type or shape.
    """
    for full, array in tensors.items():
        kind, _, name = full.partition("/")
        of_shim = any(name.startswith(f"{shim}/") for shim in shims)
        if kind in _OTHERS or (kind in _SUMS and of_shim):
            continue
        name = name.rpartition("/")[0] if kind == "rows" else name
        weights = tensors.get(f"weights/{name}")
        if weights is None:
            _refuse(full, "an array of a parameter", array)
        if kind in ("weights", "gradients", *_SUMS):
            _check_like(full, array, weights, types.get(name, str(weights.dtype)), flat=kind in _SUMS)
        elif kind == "noted":
            _check_numbers(full, array, len(weights) if weights.ndim else 0)
        elif kind != "rows":
            _refuse(full, "an array of a checkpoint", array)
    for name in {full.partition("/")[2] for full in tensors if full.startswith(("mom1/", "mom2/"))}:
        for kind in ("mom1", "mom2"):
            if f"{kind}/{name}" not in tensors:
                _refuse(f"{kind}/{name}", "an array", None)
    for name in {full[5:].rpartition("/")[0] for full in tensors if full.startswith("rows/")}:
        _check_rows(name, tensors)


def _check_like(full: str, array: Any, weights: Any, dtype: str, *, flat: bool) -> None:
    fits = array.size == weights.size if flat else array.shape == weights.shape
    if str(array.dtype) != dtype or not fits:
        _refuse(full, f"{dtype} of shape {weights.shape}", array)


def _check_rows(name: str, tensors: Tensors) -> None:
    """Check that the pending updates of lazy rows are complete and within their limits."""
    if f"mom1/{name}" not in tensors:
        _refuse(f"mom1/{name}", "an array", None)
    for part in ("last", "moved", "shrunk"):
        array = tensors.get(f"rows/{name}/{part}")
        if array is None or array.ndim != 1:
            _refuse(f"rows/{name}/{part}", "one number per row or step", array)
    last, moved, shrunk = (tensors[f"rows/{name}/{part}"] for part in ("last", "moved", "shrunk"))
    if not 1 <= len(moved) <= MAX_STEPS + 1 or moved.shape != shrunk.shape:
        _refuse(f"rows/{name}/moved", f"1 to {MAX_STEPS + 1} numbers, as many as in shrunk", moved)
    n_rows = len(tensors[f"weights/{name}"])
    if len(last) != n_rows:
        _refuse(f"rows/{name}/last", f"{n_rows} numbers", last)
    _check_numbers(f"rows/{name}/last", last, len(moved))


def _check_numbers(full: str, array: Any, n: int) -> None:
    if array.ndim != 1 or array.dtype.kind not in "iu" or np.any((array < 0) | (array >= n)):
        _refuse(full, f"whole numbers from 0 to {n - 1}", array)


def _refuse(full: str, expected: str, array: Any) -> NoReturn:
    got = "nothing" if array is None else f"{array.dtype} of shape {array.shape}"
    raise CheckpointError(
        f"--resume: the checkpoint is damaged or belongs to another pipeline, {full[:80]}: expected {expected}, "
        f"got {got}; start again with --overwrite"
    )
