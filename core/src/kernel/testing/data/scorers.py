"""What every scorer must do."""

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
    """Check that a scorer gives shares by name, changes nothing, and takes a corpus without examples.

    Args:
        scorer: What the factory made.
        examples: Predictions beside the truth.
        perfect: Names of scores that must be 1 where the prediction is the truth.
        options: Passed on.

    Returns:
        The scores of the examples, for the test to look at.
    """
    from kernel.text.gold.example import Example

    before = [example.to_dict() for example in examples]
    scores = scorer(examples, **options)
    assert isinstance(scores, dict), f"it returns no dictionary: {type(scores).__name__}"
    for name, value in _numbers(scores):
        assert math.isfinite(value), f"{name} is {value}"
        assert 0.0 <= value <= 1.0, f"{name} is no share between 0 and 1: {value}"
    assert json.loads(json.dumps(scores)) == scores, f"the scores are not plain data: {scores!r:.200}"
    assert [example.to_dict() for example in examples] == before, "it changes the examples"
    assert scorer(examples, **options) == scores, "it gives other scores the second time"
    right = [Example(example.reference.copy(), example.reference) for example in examples]
    best = scorer(right, **options)
    low = {name: best.get(name) for name in perfect if best.get(name) != 1.0}
    assert not low, f"where the prediction is the truth, there are scores below 1: {low}"
    assert isinstance(scorer([], **options), dict), "of no examples it returns no dictionary"
    return scores


def _numbers(scores: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in scores.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", float(value)
