"""Losses of the scores of a batch and their gradients: cross-entropy, in nats.

Axes as in `buckets`, and
    L   labels
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pkg_biaffine.buckets import Bucket

#: The value of a missing annotation.
MISSING = -1
#: Log of the smallest share of the largest value that is not negligible.
_LEAST = -25.0


def arc_loss(
    ops: Any, scores: Sequence[Any], buckets: Sequence[Bucket], head_K: Any
) -> tuple[float, list[Any]]:
    """Compute the cross-entropy of heads and its gradient.

    Args:
        ops: The model's ops.
        scores: One array (B, T, S) per bucket; overwritten with its gradient.
        buckets: The buckets of the segments.
        head_K: Position of each word's head in the segment, 0 for the root; MISSING contributes nothing.

    Returns:
        The loss, and the gradients.
    """
    loss = 0.0
    for scores_BTS, bucket in zip(scores, buckets, strict=True):
        gold_BT = np.where(bucket.is_word_BT, head_K[bucket.rows_BT], MISSING)
        is_annotated_BT = gold_BT != MISSING
        scores_BTS += ops.asarray(np.where(bucket.is_arc_BTS, 0.0, -np.inf), dtype="float32")
        scores_BTS[~ops.asarray(is_annotated_BT)] = 0.0
        loss += cross_entropy(ops, scores_BTS.reshape(-1, scores_BTS.shape[2]), gold_BT.reshape(-1))
    return loss, list(scores)


def cross_entropy(ops: Any, scores_ML: Any, gold_M: Any) -> float:
    """Overwrite scores with their gradient and return the loss; rows whose gold is MISSING get zeros."""
    xp = ops.xp
    rows = ops.asarray(np.flatnonzero(gold_M != MISSING))
    gold = ops.asarray(gold_M[gold_M != MISSING])
    scores_ML -= scores_ML.max(axis=1, keepdims=True)
    gold_scores = scores_ML[rows, gold]
    exponentials(xp, scores_ML)
    sums_M1 = scores_ML.sum(axis=1, keepdims=True)
    loss = float((xp.log(sums_M1[rows, 0]) - gold_scores).sum())
    scores_ML /= sums_M1
    scores_ML[rows, gold] -= 1.0
    scores_ML[ops.asarray(gold_M == MISSING)] = 0.0
    return loss


def exponentials(xp: Any, scores: Any) -> None:
    """Exponentiate scores, whose maximum is 0, in place; results below about 1e-11 become 0.

    Such values are lost in float32 sums anyway, and their products could be denormal (below 1e-38), with which
    processors are many times slower.
    """
    scores[scores < _LEAST] = -xp.inf
    xp.exp(scores, out=scores)


def start_loss(ops: Any, odds_K: Any, start_K: Any) -> tuple[float, Any]:
    """Compute the binary cross-entropy of sentence starts and its gradient, float32 (K).

    Args:
        ops: The model's ops.
        odds_K: Log odds of a sentence start at each word.
        start_K: 1 where a sentence starts, -1 where none does, 0 if not annotated.
    """
    xp = ops.xp
    gold_K = ops.asarray(start_K, dtype="float32")
    # log(1 + e^-x) without overflow.
    margin_K = gold_K * odds_K
    loss_K = xp.maximum(-margin_K, 0.0) + xp.log1p(xp.exp(-xp.abs(margin_K)))
    d_odds_K = -gold_K / (1.0 + xp.exp(xp.clip(margin_K, -50.0, 50.0)))
    return float(loss_K[gold_K != 0].sum()), d_odds_K.astype("float32")
