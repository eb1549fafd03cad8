"""Precision, recall, F-score and ROC AUC; all between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_TINY = 1e-100


@dataclass
class PRFScore:
    """Counts for precision, recall and their harmonic mean.

    Attributes:
        tp: True positives: predicted, and in the gold standard.
        fp: False positives: predicted, but not in the gold standard.
        fn: False negatives: in the gold standard, but not predicted.
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __len__(self) -> int:
        return self.tp + self.fp + self.fn

    def __add__(self, other: PRFScore) -> PRFScore:
        return PRFScore(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    def add(self, n_right: int, n_predicted: int, n_gold: int) -> None:
        """Add counts: correct predictions, all predictions, and all gold items."""
        self.tp += n_right
        self.fp += n_predicted - n_right
        self.fn += n_gold - n_right

    def score_set(self, predicted: set[Any], gold: set[Any]) -> None:
        """Compare a set of predictions with the gold set, and add the counts."""
        self.add(len(predicted & gold), len(predicted), len(gold))

    @property
    def precision(self) -> float:
        """The proportion of predictions that are correct."""
        return self.tp / (self.tp + self.fp + _TINY)

    @property
    def recall(self) -> float:
        """The proportion of gold items that were predicted."""
        return self.tp / (self.tp + self.fn + _TINY)

    @property
    def fscore(self) -> float:
        """The harmonic mean of precision and recall."""
        p, r = self.precision, self.recall
        return 2 * (p * r) / (p + r + _TINY)

    def to_dict(self) -> dict[str, float]:
        """Return precision, recall and F-score as `p`, `r` and `f`."""
        return {"p": self.precision, "r": self.recall, "f": self.fscore}


@dataclass
class ROCAUCScore:
    """The area under the ROC curve: true against false positives over all thresholds."""

    scores: list[float] = field(default_factory=list)
    golds: list[int] = field(default_factory=list)

    def score_set(self, score: float, gold: float) -> None:
        """Add one item: its score, and whether it is positive (1) or negative (0)."""
        self.scores.append(score)
        self.golds.append(int(gold > 0))

    def is_binary(self) -> bool:
        """Return whether there are both positive and negative items; otherwise the area is undefined."""
        return len(set(self.golds)) == 2

    @property
    def score(self) -> float:
        """The probability that a positive item scores above a negative one; ties count half.

        Source:
            Hanley and McNeil 1982, "The meaning and use of the area under a ROC curve": the area is the
            Mann-Whitney statistic divided by the number of pairs.
        """
        is_gold = np.array(self.golds, dtype=bool)
        n_gold = int(is_gold.sum())
        _, inverse, counts = np.unique(np.array(self.scores), return_inverse=True, return_counts=True)
        ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
        n_pairs = n_gold * (len(is_gold) - n_gold)
        return float((ranks[is_gold].sum() - n_gold * (n_gold + 1) / 2) / n_pairs)


def micro_average(scores: Iterable[PRFScore]) -> PRFScore:
    """Add up the counts of several scores."""
    return sum(scores, PRFScore())


def by_name(scores: Mapping[str, PRFScore]) -> dict[str, dict[str, float]]:
    """Return precision, recall and F-score for every name."""
    return {name: score.to_dict() for name, score in scores.items()}


def prf_scores(prefix: str, score: PRFScore) -> dict[str, Any]:
    """Return the three numbers as `prefix_p`, `prefix_r`, `prefix_f`; None when nothing was counted."""
    numbers = score.to_dict() if len(score) else {"p": None, "r": None, "f": None}
    return {f"{prefix}_{letter}": number for letter, number in numbers.items()}
