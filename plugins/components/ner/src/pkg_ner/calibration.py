"""Scores of entities that mean what they say: of those with 0.8, eight in ten are right.

Source: Guo et al. 2017, On Calibration of Modern Neural Networks, sections 2 (expected calibration error) and 4.2
(temperature).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from kernel.training import Example
from pkg_ner.board import Board
from pkg_ner.confidence import ScoredEntities
from pkg_ner.gold import gather

#: Between which temperatures the best is sought, and by how many trials in each of two rounds.
_LOWEST, _HIGHEST, _TRIALS = 0.1, 20.0, 41
#: No score counts as more certain than this, so that one surprise does not outweigh everything else.
_SURE = 1e-6


def fit_temperature(scores_at: Callable[[float], Any], is_right_E: Any) -> float | None:
    """Find the temperature at which the scores fit best what was right: the most probable, by grid search.

    Args:
        scores_at: Gives the scores of entities, 0 to 1, at a temperature.
        is_right_E: Whether each is right.

    Returns:
        The temperature; None where all are right, or none is, which no temperature can learn from.
    """
    if is_right_E.all() or not is_right_E.any():
        return None

    def surprise(temperature: float) -> float:
        p_E = np.clip(scores_at(temperature), _SURE, 1.0 - _SURE)
        return float(-np.log(np.where(is_right_E, p_E, 1.0 - p_E)).sum())

    step = (_HIGHEST / _LOWEST) ** (1 / (_TRIALS - 1))
    best = min(_between(_LOWEST, _HIGHEST), key=surprise)
    finest = min(_between(best / step, best * step), key=surprise)
    # What a file of settings keeps.
    return round(finest, 6)


def _between(low: float, high: float) -> list[float]:
    return [float(trial) for trial in np.geomspace(low, high, _TRIALS)]


def judge(examples: Sequence[Example], entities: ScoredEntities, keys_L: Sequence[int]) -> tuple[Any, Any]:
    """Compare predicted entities with the gold annotation.

    Args:
        examples: The batch, whose predicted tokens the entities are made of.
        entities: Tokens counted over the batch.
        keys_L: Keys of the labels.

    Returns:
        Whether each is right, and whether that is known: something must be known of all its tokens.
    """
    board = Board.of([eg.predicted for eg in examples])
    gold = gather(examples, board)
    right = set(zip(gold.first.tolist(), gold.last.tolist(), gold.keys.tolist(), strict=True))
    keys_E = np.asarray([*keys_L, 0], dtype=np.uint64)[entities.label_E]
    found = zip(entities.first_E.tolist(), entities.last_E.tolist(), keys_E.tolist(), strict=True)
    is_right_E = np.fromiter((key in right for key in found), dtype=bool, count=len(keys_E))
    unknown_N = np.concatenate([[0], np.cumsum(~gold.known_N)])
    is_known_E = unknown_N[entities.last_E + 1] == unknown_N[entities.first_E]
    return is_right_E, is_known_E


def calibration_error(examples: Iterable[Example], n_bins: int = 10) -> float | None:
    """Measure how far scores are from shares of right entities, 0 to 1: the expected calibration error.

    ScoredEntities are put into bins by their scores; the differences between mean score and share of right ones are
    averaged, each weighing as much as its bin.

    Args:
        examples: Their predicted documents have entities with scores. Passed over are entities without one, and those
            with a token of which the gold annotation says nothing.
        n_bins: How many bins of equal width there are.

    Returns:
        The error; None where no entity has a score.
    """
    scores: list[float] = []
    is_right: list[bool] = []
    for eg in examples:
        spans, tags = eg.get_aligned_ents_and_ner()
        gold = {(span.start, span.end, span.label) for span in spans}
        for ent in eg.predicted.ents:
            if ent.score is not None and None not in tags[ent.start : ent.end]:
                scores.append(ent.score)
                is_right.append((ent.start, ent.end, ent.label) in gold)
    if not scores:
        return None
    bins = np.minimum((np.array(scores) * n_bins).astype(int), n_bins - 1)
    sums = np.bincount(bins, np.array(scores) - np.array(is_right, dtype=float), n_bins)
    return float(np.abs(sums).sum() / len(scores))
