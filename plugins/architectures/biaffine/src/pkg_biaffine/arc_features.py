"""Arc scores from the words between a dependent and its head.

Each word has M features, and each dependent has a weight for every feature of the words between it and its head, on
either side. The sum of features between two words is the difference of two running sums, so no loop over pairs is
needed.

Axes as in `buckets`, and
    M   features of a word
    E   2 · M: weights of these features to the left, and to the right
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class _Sums:
    """Running sums of features, each (B, T or S, M): before and up to each word, up to and before each head."""

    before_BTM: Any
    with_BTM: Any
    with_BSM: Any
    before_BSM: Any


def _sums(xp: Any, things_BTM: Any) -> _Sums:
    B, T, M = things_BTM.shape
    # The root comes before the first word.
    sums_BSM = xp.zeros((B, T + 1, M), dtype="float32")
    xp.cumsum(things_BTM, axis=1, out=sums_BSM[:, 1:])
    before_BSM = xp.concatenate([sums_BSM[:, :1], sums_BSM[:, :-1]], axis=1)
    return _Sums(sums_BSM[:, :-1], sums_BSM[:, 1:], sums_BSM, before_BSM)


def _sides(xp: Any, T: int) -> tuple[Any, Any]:
    """Return which heads are to the left of each word, including the root, and which to the right; float32 (T, S)."""
    return xp.tri(T, T + 1, dtype="float32"), 1.0 - xp.tri(T, T + 1, 1, dtype="float32")


def score_between(xp: Any, things_BTM: Any, meaning_BTE: Any) -> Any:
    """Score each arc by the weighted features of the words in between, (B, T, S).

    Args:
        xp: The array module.
        things_BTM: Features of the words.
        meaning_BTE: Weights of the features, by dependent.
    """
    T, M = things_BTM.shape[1:]
    sums, (left_TS, right_TS) = _sums(xp, things_BTM), _sides(xp, T)
    left_BTM, right_BTM = meaning_BTE[:, :, :M], meaning_BTE[:, :, M:]
    scores_BTS = (left_BTM * sums.before_BTM).sum(axis=2)[:, :, None] - left_BTM @ sums.with_BSM.transpose(
        0, 2, 1
    )
    scores_BTS *= left_TS
    rights_BTS = (
        right_BTM @ sums.before_BSM.transpose(0, 2, 1) - (right_BTM * sums.with_BTM).sum(axis=2)[:, :, None]
    )
    scores_BTS += rights_BTS * right_TS
    return scores_BTS


def backprop_between(xp: Any, things_BTM: Any, meaning_BTE: Any, d_BTS: Any) -> tuple[Any, Any]:
    """Return the gradients of the features, (B, T, M), and of their weights, (B, T, E)."""
    T, M = things_BTM.shape[1:]
    sums, (left_TS, right_TS) = _sums(xp, things_BTM), _sides(xp, T)
    left_BTM, right_BTM = meaning_BTE[:, :, :M], meaning_BTE[:, :, M:]
    d_left_BTS, d_right_BTS = d_BTS * left_TS, d_BTS * right_TS
    left_BT1, right_BT1 = d_left_BTS.sum(axis=2, keepdims=True), d_right_BTS.sum(axis=2, keepdims=True)
    d_meaning_BTE = xp.concatenate(
        [
            left_BT1 * sums.before_BTM - d_left_BTS @ sums.with_BSM,
            d_right_BTS @ sums.before_BSM - right_BT1 * sums.with_BTM,
        ],
        axis=2,
    )
    d_sums_BSM = -(d_left_BTS.transpose(0, 2, 1) @ left_BTM)
    d_sums_BSM[:, :-1] += left_BT1 * left_BTM
    d_sums_BSM[:, 1:] -= right_BT1 * right_BTM
    d_sums_BSM[:, :-1] += (d_right_BTS.transpose(0, 2, 1) @ right_BTM)[:, 1:]
    # Each word is part of its own sum and of all later ones; the sum before the first word is always 0.
    d_things_BTM = xp.flip(xp.cumsum(xp.flip(d_sums_BSM[:, 1:], 1), axis=1), 1)
    return d_things_BTM, d_meaning_BTE
