"""One score out of many: what each component's scores count for the pipeline's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def combine_score_weights(
    weights: Iterable[Mapping[str, float | None]], overrides: Mapping[str, float | None] | None = None
) -> dict[str, float | None]:
    """Join the weights of components into shares of one score.

    Args:
        weights: Of each component, score name to weight; None hides the score.
        overrides: Weights that replace the components'.

    Returns:
        Shares that sum to 1 but for rounding to two digits; all zero where every weight is.

    Source:
        `spacy.util.combine_score_weights` of spaCy 3.8: a score that two components give has the later one's
        weight, and shares are rounded to two digits, so that they may not sum to 1 exactly.
    """
    combined = {name: weight for component in weights for name, weight in component.items()}
    combined.update(overrides or {})
    total = sum(weight or 0.0 for weight in combined.values())
    return {
        name: round(weight / total, 2) if weight and total > 0 else weight
        for name, weight in combined.items()
    }
