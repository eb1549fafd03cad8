"""The check of scorers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kernel.contracts import ScoringFunction

if TYPE_CHECKING:
    from kernel.text.gold.example import Example


def check_scorer(
    scorer: ScoringFunction, examples: Sequence[Example], *, perfect: Sequence[str] = (), **options: Any
) -> dict[str, Any]:
    """Check that a scorer returns scores from 0 to 1, changes nothing, and accepts an empty corpus.

    Args:
        scorer: The factory's product.
        examples: Examples with predictions.
        perfect: Names of scores that must be 1 for perfect predictions.
        options: Options of the scorer.

    Returns:
        The scores of the examples, for further assertions.
    """
    from kernel.text.gold.example import Example

    before = [example.to_dict() for example in examples]
    scores = scorer(examples, **options)
    assert isinstance(scores, dict), f"it does not return a dictionary: {type(scores).__name__}"
    for name, value in _numbers(scores):
        assert math.isfinite(value), f"{name} is {value}"
        assert 0.0 <= value <= 1.0, f"{name} is not between 0 and 1: {value}"
    assert json.loads(json.dumps(scores)) == scores, f"the scores are not JSON data: {scores!r:.200}"
    assert [example.to_dict() for example in examples] == before, "it changes the examples"
    assert scorer(examples, **options) == scores, "a second call gives other scores"
    gold = [Example(example.reference.copy(), example.reference) for example in examples]
    best = scorer(gold, **options)
    low = {name: best.get(name) for name in perfect if best.get(name) != 1.0}
    assert not low, f"scores of perfect predictions are not 1: {low}"
    assert isinstance(scorer([], **options), dict), "without examples it does not return a dictionary"
    return scores


def _numbers(scores: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in scores.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", float(value)
