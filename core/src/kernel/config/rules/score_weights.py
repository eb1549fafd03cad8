"""Combine the score weights of components into those of the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def combine_score_weights(
    weights: Iterable[Mapping[str, float | None]], overrides: Mapping[str, float | None] | None = None
) -> dict[str, float | None]:
    """Combine the weights of components into fractions of one score.

    Args:
        weights: For each component, score name to weight; None hides the score.
        overrides: Weights that replace the components'.

    Returns:
        Fractions that sum to 1, except for rounding to two digits; all zero where every weight is.

    Source:
        `spacy.util.combine_score_weights` of spaCy 3.8: a score of two components gets the weight of the later
        one, and fractions are rounded to two digits, so that they may not sum to 1 exactly.
    """
    combined = {name: weight for component in weights for name, weight in component.items()}
    combined.update(overrides or {})
    total = sum(weight or 0.0 for weight in combined.values())
    return {
        name: round(weight / total, 2) if weight and total > 0 else weight
        for name, weight in combined.items()
    }
