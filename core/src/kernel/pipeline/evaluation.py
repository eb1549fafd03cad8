"""Evaluate a pipeline on examples: predict, score, and measure the speed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any

from kernel.pipeline.run.predict import Settings
from kernel.pipeline.run.update import copied, validate_examples
from kernel.pipeline.scoring.scorer import Scorer
from kernel.text.gold.example import Example


def evaluate(
    nlp: Any,
    examples: Iterable[Example],
    *,
    batch_size: int | None = None,
    scorer: Any = None,
    component_cfg: Settings | None = None,
    scorer_cfg: Mapping[str, Any] | None = None,
    per_component: bool = False,
) -> dict[str, Any]:
    """Predict examples and score the predictions.

    Args:
        examples: Examples with gold annotation; their predicted documents are not changed.
        batch_size: Documents per batch; by default `nlp.batch_size`.
        scorer: A Scorer; by default one that scores with each component.
        component_cfg: Additional arguments of prediction, by component.
        scorer_cfg: Arguments for the default Scorer.
        per_component: Whether to group scores by component.

    Returns:
        Scores from 0 to 1 by name, and `speed` in words per second.

    The speed is that of the components, without tokenization.
    """
    examples = list(examples)
    validate_examples(examples, "nlp.evaluate")
    scored = copied(examples)
    start_s = perf_counter()
    pairs = nlp.pipe(
        ((eg.predicted, eg) for eg in scored),
        as_tuples=True,
        batch_size=batch_size,
        component_cfg=component_cfg,
    )
    # Documents that an error handler drops are not returned; they are scored with the predictions so far.
    for doc, eg in pairs:
        if eg.predicted is not doc:
            eg.predicted = doc
    seconds = perf_counter() - start_s
    scorer = scorer if scorer is not None else Scorer(nlp=nlp, **(scorer_cfg or {}))
    scores: dict[str, Any] = scorer.score(scored, per_component=per_component)
    n_words = sum(len(eg.predicted) for eg in scored)
    scores["speed"] = n_words / seconds if n_words else 0.0
    return scores
