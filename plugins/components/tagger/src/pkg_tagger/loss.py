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
    """Compare each token's label probabilities with its gold label.

    Args:
        ops: Of the model.
        scores: One array (length, L) of probabilities per document.
        gold_N: Index of each token's gold label, or MISSING; int64, on the CPU.
        negated_N: True where the gold label is one that the token must not get; None for nowhere.
        smoothing: Share of the probability that goes to the other labels, 0 to 1.

    Returns:
        The sum of squares of the gradient (not nats: it is what Thinc's loss objects report), and the gradient per
        document.

    Source:
        Szegedy et al. 2016, Rethinking the Inception Architecture, section 7, for the smoothing.
    """
    d_scores_NL = ops.xp.concatenate(scores) if scores else ops.alloc2f(0, 0)
    n_labels = d_scores_NL.shape[1]
    is_known_N = gold_N != MISSING
    known_N, missing_N = np.flatnonzero(is_known_N), np.flatnonzero(~is_known_N)
    of_gold = ops.asarray(known_N), ops.asarray(gold_N[known_N])
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
    """Compare as `label_loss` does, by the loss of the config.

    Args:
        ops: Of the model.
        compare: That loss.
        scores: One array (length, L) of probabilities per document.
        gold_N: Index of each token's gold label, or MISSING.
        negated_N: True where the gold label is one that the token must not get; None for nowhere.
        labels: In the order of the scores.
    """
    guesses_NL = ops.xp.concatenate(scores)
    is_known_N = gold_N != MISSING
    if negated_N is not None:
        is_known_N = is_known_N & ~negated_N
    rows = np.flatnonzero(is_known_N)
    truths_NL = np.zeros(guesses_NL.shape, dtype=np.float32)
    truths_NL[rows, gold_N[rows]] = 1.0
    loss, d_scores_NL = compare(
        guesses_NL, ops.asarray2f(truths_NL), labels, ops.asarray2f(is_known_N[:, None])
    )
    if negated_N is not None and negated_N.any():
        _only_negated(d_scores_NL, scores, gold_N, np.flatnonzero(negated_N & (gold_N != MISSING)))
    return loss, Cut(d_scores_NL, [len(X) for X in scores])


def _only_negated(d_scores_NL: Any, scores: Sequence[Any], gold_N: Any, rows: Any) -> None:
    """Push a negated label's probability towards 0 and say nothing about the others."""
    starts = np.cumsum([0, *[len(X) for X in scores]])
    for row in rows.tolist():
        doc = int(np.searchsorted(starts, row, side="right")) - 1
        probability = scores[doc][row - starts[doc], gold_N[row]]
        d_scores_NL[row] = 0.0
        d_scores_NL[row, gold_N[row]] = probability


def best_labels(ops: Ops, scores: Sequence[Any]) -> list[Any]:
    """Find the best-scored label of each token; one int64 array per document, on the CPU."""
    lengths = [len(X) for X in scores]
    if not sum(lengths):
        return [np.zeros(0, dtype=np.int64) for _ in lengths]
    return Cut(ops.to_numpy(flatten(ops, scores, scores[0].shape[1]).argmax(axis=1)), lengths)


class LabelIndex:
    """Finds the indices of labels given by their keys.

    Args:
        keys: 64-bit keys of the labels, in the order of the model's output.
    """

    def __init__(self, keys: Sequence[int]) -> None:
        self.keys = np.asarray(keys, dtype=np.uint64)
        self._order = np.argsort(self.keys)
        self._sorted = self.keys[self._order]

    def __call__(self, keys_N: Any) -> Any:
        """Give each key's label index, int64; MISSING for one that is no label."""
        if not len(self._sorted):
            return np.full(len(keys_N), MISSING, dtype=np.int64)
        place_N = np.minimum(np.searchsorted(self._sorted, keys_N), len(self._sorted) - 1)
        return np.where(self._sorted[place_N] == keys_N, self._order[place_N], MISSING)
