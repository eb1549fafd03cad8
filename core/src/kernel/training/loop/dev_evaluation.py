"""Evaluate a pipeline on the development corpus: all scores, and their weighted sum."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.contracts import Reader
from kernel.contracts.capabilities import offers_calibrate
from kernel.errors import ConfigError, NotFinite
from kernel.pipeline.language import Language
from kernel.pipeline.run.threads import one_blas_thread
from kernel.pipeline.scoring.scorer import Scorer
from kernel.text.gold.example import Example


@dataclass(frozen=True)
class Evaluation:
    """The scores of a pipeline; `score` is their weighted sum."""

    score: float
    scores: Mapping[str, Any]


def evaluate(
    nlp: Language,
    corpus: Reader,
    weights: Mapping[str, float | None],
    averages: Mapping[Any, Any] | None = None,
    frozen: Collection[str] = (),
) -> Evaluation:
    """Evaluate a pipeline on the development corpus.

    Args:
        nlp: The pipeline.
        corpus: The corpus; its examples are not changed, because `nlp.evaluate` works on copies.
        weights: Weights of the scores in the final score; None hides a score.
        averages: Parameters to evaluate instead of the current ones, if given.
        frozen: Components that must not calibrate themselves.
    """
    with nlp.use_params(averages):
        scores = nlp.evaluate(corpus(nlp), scorer=_CalibratingScorer(nlp, frozen))
    scores = {name: value for name, value in scores.items() if value is not None}
    return Evaluation(weighted(scores, weights), scores)


class _CalibratingScorer(Scorer):
    """Scores predictions, after components have calibrated themselves on them."""

    def __init__(self, nlp: Language, frozen: Collection[str]) -> None:
        super().__init__(nlp)
        self._frozen = frozen

    def score(self, examples: Iterable[Example], *, per_component: bool = False) -> dict[str, Any]:
        scored = list(examples)
        with one_blas_thread():
            for name, component in self.nlp.pipeline:
                if name not in self._frozen and offers_calibrate(component):
                    component.calibrate(scored)
        return super().score(scored, per_component=per_component)


def weighted(scores: Mapping[str, Any], weights: Mapping[str, float | None]) -> float:
    """Return the weighted sum of the scores; a missing score counts as 0.

    Raises:
        ConfigError: A weighted score is not a number.
        NotFinite: A weighted score is nan or inf.
    """
    total = 0.0
    for name, weight in weights.items():
        if weight is None or name not in scores:
            continue
        value = scores[name]
        if not isinstance(value, (int, float)):
            raise ConfigError(
                f"[training.score_weights] {name}: the score is not a number, got {type(value).__name__}; "
                f"write {name} = null to hide it"
            )
        if not math.isfinite(value):
            raise NotFinite(
                f"[training.score_weights] {name}: expected a finite score, got {value}; check the losses before it"
            )
        total += weight * value
    return total
