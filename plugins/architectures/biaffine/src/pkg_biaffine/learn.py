"""What the scores of a batch lose, and their gradients: cross-entropy, in nats.

Axes as in `buckets`, and
    L   labels
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pkg_biaffine.buckets import Bucket

#: A word of which something is not known.
MISSING = -1
#: Log of a share of the largest that is as good as none.
_LEAST = -25.0


def arc_loss(
    ops: Any, scores: Sequence[Any], buckets: Sequence[Bucket], head_K: Any
) -> tuple[float, list[Any]]:
    """Compare the probabilities of heads with the gold ones.

    Args:
        ops: Of the model.
        scores: One array (B, T, S) a bucket; overwritten with their gradient.
        buckets: Of the segments.
        head_K: Each word's head as its place in the segment, 0 for the root; MISSING teaches nothing.

    Returns:
        The loss, and the gradients.
    """
    loss = 0.0
    for scores_BTS, bucket in zip(scores, buckets, strict=True):
        gold_BT = np.where(bucket.is_word_BT, head_K[bucket.rows_BT], MISSING)
        known_BT = gold_BT != MISSING
        scores_BTS += ops.asarray(np.where(bucket.is_arc_BTS, 0.0, -np.inf), dtype="float32")
        scores_BTS[~ops.asarray(known_BT)] = 0.0
        loss += cross_entropy(ops, scores_BTS.reshape(-1, scores_BTS.shape[2]), gold_BT.reshape(-1))
    return loss, list(scores)


def cross_entropy(ops: Any, scores_ML: Any, gold_M: Any) -> float:
    """Turn scores into their gradient, in place, and give the loss; rows whose gold is MISSING get zeros."""
    xp = ops.xp
    known = ops.asarray(np.flatnonzero(gold_M != MISSING))
    gold = ops.asarray(gold_M[gold_M != MISSING])
    scores_ML -= scores_ML.max(axis=1, keepdims=True)
    gold_scores = scores_ML[known, gold]
    exponentials(xp, scores_ML)
    sums_M1 = scores_ML.sum(axis=1, keepdims=True)
    loss = float((xp.log(sums_M1[known, 0]) - gold_scores).sum())
    scores_ML /= sums_M1
    scores_ML[known, gold] -= 1.0
    scores_ML[ops.asarray(gold_M == MISSING)] = 0.0
    return loss


def exponentials(xp: Any, scores: Any) -> None:
    """Raise e to scores, in place, of which the largest is 0; what is less than about 1e-11 becomes 0.

    That is lost in sums of float32 anyway, and processors are many times as slow with numbers of less than 1e-38, which
    products of such would be.
    """
    scores[scores < _LEAST] = -xp.inf
    xp.exp(scores, out=scores)


def start_loss(ops: Any, odds_K: Any, start_K: Any) -> tuple[float, Any]:
    """Compare the probability that a sentence starts with where one does.

    Args:
        ops: Of the model.
        odds_K: Log of the odds.
        start_K: 1 where a sentence starts, -1 where none does, 0 where it is not known.
    """
    xp = ops.xp
    gold_K = ops.asarray(start_K, dtype="float32")
    # log(1 + e^-x), without ever raising e to a large number.
    margin_K = gold_K * odds_K
    loss_K = xp.maximum(-margin_K, 0.0) + xp.log1p(xp.exp(-xp.abs(margin_K)))
    d_odds_K = -gold_K / (1.0 + xp.exp(xp.clip(margin_K, -50.0, 50.0)))
    return float(loss_K[gold_K != 0].sum()), d_odds_K.astype("float32")
