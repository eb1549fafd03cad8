"""Calibration of entity scores, so that of the entities with a score of 0.8 eight in ten are correct.

Source: Guo et al. 2017, On Calibration of Modern Neural Networks, sections 2 (expected calibration error) and 4.2
(temperature).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from kernel.training import Example
from pkg_ner.confidence import ScoredEntities
from pkg_ner.entity_limits import EntityLimits
from pkg_ner.gold import gather

#: Range of temperatures to search, and the number of trials in each of two rounds.
_LOWEST, _HIGHEST, _TRIALS = 0.1, 20.0, 41
#: Scores are clipped to this distance from 0 and 1, so that a single surprise does not outweigh everything else.
_SURE = 1e-6


def fit_temperature(scores_at: Callable[[float], Any], is_right_E: Any) -> float | None:
    """Find the temperature with the maximum likelihood of the scores, by grid search.

    Args:
        scores_at: Returns the scores of entities, 0 to 1, at a temperature.
        is_right_E: Whether each entity is correct.

    Returns:
        The temperature; None if all entities are correct or none is, since the fit has no optimum then.
    """
    if is_right_E.all() or not is_right_E.any():
        return None

    def surprise(temperature: float) -> float:
        p_E = np.clip(scores_at(temperature), _SURE, 1.0 - _SURE)
        return float(-np.log(np.where(is_right_E, p_E, 1.0 - p_E)).sum())

    step = (_HIGHEST / _LOWEST) ** (1 / (_TRIALS - 1))
    best = min(_between(_LOWEST, _HIGHEST), key=surprise)
    finest = min(_between(best / step, best * step), key=surprise)
    # Rounded like the setting that is saved.
    return round(finest, 6)


def _between(low: float, high: float) -> list[float]:
    return [float(trial) for trial in np.geomspace(low, high, _TRIALS)]


def judge(examples: Sequence[Example], entities: ScoredEntities, keys_L: Sequence[int]) -> tuple[Any, Any]:
    """Compare predicted entities with the gold annotation.

    Args:
        examples: The batch; entities refer to its predicted tokens.
        entities: The predicted entities, with tokens as indices in the batch.
        keys_L: Keys of the labels.

    Returns:
        Whether each entity is correct, and whether that can be judged because all its tokens are annotated; bool (E).
    """
    limits = EntityLimits.of([eg.predicted for eg in examples])
    gold = gather(examples, limits)
    correct = set(zip(gold.first.tolist(), gold.last.tolist(), gold.keys.tolist(), strict=True))
    keys_E = np.asarray([*keys_L, 0], dtype=np.uint64)[entities.label_E]
    predicted = zip(entities.first_E.tolist(), entities.last_E.tolist(), keys_E.tolist(), strict=True)
    is_right_E = np.fromiter((entity in correct for entity in predicted), dtype=bool, count=len(keys_E))
    unknown_N = np.concatenate([[0], np.cumsum(~gold.known_N)])
    is_known_E = unknown_N[entities.last_E + 1] == unknown_N[entities.first_E]
    return is_right_E, is_known_E


def calibration_error(examples: Iterable[Example], n_bins: int = 10) -> float | None:
    """Compute the expected calibration error of entity scores, 0 to 1.

    Entities are binned by score; the differences between a bin's mean score and its share of correct entities are
    averaged, weighted by the number of entities in the bin.

    Args:
        examples: Examples whose predicted documents have entities with scores. Entities without a score, or with a
            token that is not annotated, are skipped.
        n_bins: Number of bins of equal width.

    Returns:
        The error; None if no entity has a score.
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
