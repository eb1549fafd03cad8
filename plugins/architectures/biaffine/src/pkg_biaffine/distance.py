"""Arc scores from the signed distance between dependent and head.

Axes as in `buckets`, and
    C   distance classes
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: The longest distance of each class, on either side; longer distances are one more class.
_REACH = np.array([1, 2, 3, 4, 6, 8, 12, 20, 36])
#: Class 0 is the root, followed by the classes to the left, nearest first, and those to the right.
N_DISTANCES = 1 + 2 * (len(_REACH) + 1)


def classes(offsets: Any) -> Any:
    """Return the classes of distances, counted in words from dependent to head; int64, on the CPU."""
    far = _REACH.searchsorted(np.abs(offsets), side="left")
    return np.where(offsets < 0, 1 + far, 2 + len(_REACH) + far)


def distances(T: int) -> Any:
    """Return the class of the distance from each word to each head, int64 (T, S)."""
    classes_TS = np.zeros((T, T + 1), dtype=np.int64)
    classes_TS[:, 1:] = classes(np.arange(T)[None, :] - np.arange(T)[:, None])
    return classes_TS


def score_distances(ops: Any, C_BTC: Any) -> Any:
    """Score each arc by its dependent's score for the distance class, (B, T, S)."""
    return (C_BTC.transpose(1, 0, 2) @ _one_hot(ops, C_BTC.shape[1])).transpose(1, 0, 2)


def backprop_distances(ops: Any, d_BTS: Any) -> Any:
    """Return the gradient of the scores by distance class, (B, T, C)."""
    return (d_BTS.transpose(1, 0, 2) @ _one_hot(ops, d_BTS.shape[1]).transpose(0, 2, 1)).transpose(1, 0, 2)


def _one_hot(ops: Any, T: int) -> Any:
    """Return the classes one-hot encoded, float32 (T, C, S): a product with it gathers or, transposed, scatters."""
    return ops.asarray(distances(T)[:, None, :] == np.arange(N_DISTANCES)[:, None], dtype="float32")
