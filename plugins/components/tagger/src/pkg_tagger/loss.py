"""Cross-entropy of one label per token, in arrays.

Axes
    N   tokens of the batch
    L   labels
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from thinc.api import Ops

from kernel.pipeline.optim.losses import LabelLoss
from pkg_tok2vec.numerics import Cut, flatten

#: A token without a gold label.
MISSING = -1


def label_loss(
    ops: Ops, scores: Sequence[Any], gold_N: Any, negated_N: Any | None = None, *, smoothing: float = 0.0
) -> tuple[float, list[Any]]:
    """Compute the cross-entropy gradient of each token's label probabilities.

    Args:
        ops: The model's ops.
        scores: One array (length, L) of probabilities per document.
        gold_N: Index of each token's gold label, or MISSING; int64, on the CPU.
        negated_N: True where the token must not get the gold label; None for nowhere.
        smoothing: Share of the target probability to spread over the other labels, 0 to 1.

    Returns:
        The sum of squares of the gradient (not nats; this is what Thinc's loss objects report), and the gradient per
        document.

    Source:
        Szegedy et al. 2016, Rethinking the Inception Architecture, section 7, for the smoothing.
    """
    d_scores_NL = ops.xp.concatenate(scores) if scores else ops.alloc2f(0, 0)
    n_labels = d_scores_NL.shape[1]
    has_gold_N = gold_N != MISSING
    rows, missing_N = np.flatnonzero(has_gold_N), np.flatnonzero(~has_gold_N)
    of_gold = ops.asarray(rows), ops.asarray(gold_N[rows])
    rest = smoothing / (n_labels - 1) if n_labels > 1 else 0.0
    if rest:
        d_scores_NL -= rest
        d_scores_NL[of_gold] -= 1.0 - smoothing - rest
    else:
        d_scores_NL[of_gold] -= 1.0
    if len(missing_N):
        d_scores_NL[ops.asarray(missing_N)] = 0.0
    if negated_N is not None and negated_N.any():
        _only_negated(d_scores_NL, scores, gold_N, np.flatnonzero(negated_N & (gold_N != MISSING)))
    flat = d_scores_NL.reshape(-1)
    loss = float(flat @ flat)
    return loss, Cut(d_scores_NL, [len(X) for X in scores])


def chosen_loss(
    ops: Ops,
    compare: LabelLoss,
    scores: Sequence[Any],
    gold_N: Any,
    negated_N: Any | None,
    labels: Sequence[str],
) -> tuple[float, list[Any]]:
    """Compute the loss and gradient by a loss from the config; otherwise like `label_loss`.

    Args:
        ops: The model's ops.
        compare: The loss.
        scores: One array (length, L) of probabilities per document.
        gold_N: Index of each token's gold label, or MISSING.
        negated_N: True where the token must not get the gold label; None for nowhere.
        labels: The labels, in the order of the scores.

    Returns:
        The loss, and the gradient per document.
    """
    guesses_NL = ops.xp.concatenate(scores)
    has_gold_N = gold_N != MISSING
    if negated_N is not None:
        has_gold_N = has_gold_N & ~negated_N
    rows = np.flatnonzero(has_gold_N)
    truths_NL = np.zeros(guesses_NL.shape, dtype=np.float32)
    truths_NL[rows, gold_N[rows]] = 1.0
    loss, d_scores_NL = compare(
        guesses_NL, ops.asarray2f(truths_NL), labels, ops.asarray2f(has_gold_N[:, None])
    )
    if negated_N is not None and negated_N.any():
        _only_negated(d_scores_NL, scores, gold_N, np.flatnonzero(negated_N & (gold_N != MISSING)))
    return loss, Cut(d_scores_NL, [len(X) for X in scores])


def _only_negated(d_scores_NL: Any, scores: Sequence[Any], gold_N: Any, rows: Any) -> None:
    """Set the gradient of negated rows: push the negated label's probability towards 0, leave the others alone."""
    starts = np.cumsum([0, *[len(X) for X in scores]])
    for row in rows.tolist():
        doc = int(np.searchsorted(starts, row, side="right")) - 1
        probability = scores[doc][row - starts[doc], gold_N[row]]
        d_scores_NL[row] = 0.0
        d_scores_NL[row, gold_N[row]] = probability


def best_labels(ops: Ops, scores: Sequence[Any]) -> list[Any]:
    """Return the index of each token's best-scored label, one int64 array per document, on the CPU."""
    lengths = [len(X) for X in scores]
    if not sum(lengths):
        return [np.zeros(0, dtype=np.int64) for _ in lengths]
    return Cut(ops.to_numpy(flatten(ops, scores, scores[0].shape[1]).argmax(axis=1)), lengths)


class LabelIndex:
    """A map from the keys of labels to their indices.

    Args:
        keys: Keys of the labels, uint64, in the order of the model's output.
    """

    def __init__(self, keys: Sequence[int]) -> None:
        self.keys = np.asarray(keys, dtype=np.uint64)
        self._order = np.argsort(self.keys)
        self._sorted = self.keys[self._order]

    def __call__(self, keys_N: Any) -> Any:
        """Return the label index of each key, int64 (N); MISSING for keys that are not labels."""
        if not len(self._sorted):
            return np.full(len(keys_N), MISSING, dtype=np.int64)
        index_N = np.minimum(np.searchsorted(self._sorted, keys_N), len(self._sorted) - 1)
        return np.where(self._sorted[index_N] == keys_N, self._order[index_N], MISSING)
