"""Scores of a pipeline on examples."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.errors import DataError
from kernel.pipeline.language import Language
from kernel.pipeline.scoring.scorer import Scorer


@pytest.fixture
def scored(trained: Language) -> Language:
    trained.get_pipe("tagger").scorer = lambda examples, **_: Scorer.score_token_attr(examples, "tag")
    return trained


def test_scores_come_from_the_components(scored: Language, make_examples: Any) -> None:
    scores = scored.evaluate(make_examples(scored))

    assert scores["tag_acc"] == 1.0
    assert scores["token_acc"] == 1.0
    assert scores["speed"] > 0


def test_the_examples_stay_as_they_were(scored: Language, make_examples: Any) -> None:
    examples = make_examples(scored)

    scored.evaluate(examples)

    assert not any(eg.predicted.column("TAG").any() for eg in examples)


def test_a_stream_of_examples_will_do(scored: Language, make_examples: Any) -> None:
    assert scored.evaluate(iter(make_examples(scored)), batch_size=1)["tag_acc"] == 1.0


def test_a_scorer_of_ones_own_is_asked(scored: Language, make_examples: Any) -> None:
    class Counting:
        def score(self, examples: Any, **options: Any) -> dict[str, Any]:
            return {"n": len(examples)}

    assert scored.evaluate(make_examples(scored), scorer=Counting())["n"] == 4


def test_texts_are_refused(scored: Language) -> None:
    with pytest.raises(DataError, match=r"nlp\.evaluate: expected a list of Example objects, got 'text'"):
        scored.evaluate(["text"])


def test_averages_are_used_inside_a_block_only(trained: Language) -> None:
    linear = trained.get_pipe("tagger").model.layers[-1].layers[0]
    own = linear.get_param("W")
    params = {(linear.id, "W"): own * 0}

    with trained.use_params(params):
        assert not linear.get_param("W").any()

    assert linear.get_param("W") is own

    with trained.use_params(None):
        assert linear.get_param("W") is own
