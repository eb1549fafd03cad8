"""Rehearsal: components that go on learning keep what they knew, together with what they share."""

from __future__ import annotations

from typing import Any

import pytest
from small import TOK2VEC

import kernel
from kernel import Example
from kernel.language import Language
from kernel.util import fix_random_seed

OLD = [("we sing songs", "PRON VERB NOUN"), ("you read books", "PRON VERB NOUN"), ("they run", "PRON VERB")]
NEW = [("dogs bark", "NOUN VERB"), ("cats sleep", "NOUN VERB")]
LISTENER = {"@architectures": "kernel.Tok2VecListener.v1", "width": 16, "upstream": "*"}


def examples(nlp: Language, texts: list[tuple[str, str]], wrong: str = "") -> list[Example]:
    def gold(tags: str) -> dict[str, Any]:
        given = [wrong or tag for tag in tags.split()]
        return {"tags": given, "pos": given, "morphs": [""] * len(given)}

    return [Example.from_dict(nlp.make_doc(text), gold(tags)) for text, tags in texts]


@pytest.fixture(params=["tagger", "morphologizer"])
def trained(request: pytest.FixtureRequest) -> tuple[Language, str]:
    fix_random_seed(1)
    nlp = kernel.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    nlp.add_pipe(request.param, config={"model": {"tok2vec": LISTENER}})
    learned = examples(nlp, OLD)
    optimizer = nlp.initialize(lambda: learned)
    for _ in range(60):
        nlp.update(learned, sgd=optimizer)
    return nlp, request.param


def score(nlp: Language, name: str) -> float:
    return float(nlp.evaluate(examples(nlp, OLD))["tag_acc" if name == "tagger" else "pos_acc"])


def learn_otherwise(nlp: Language, *, rehearse: bool) -> None:
    """Learn new texts, each word of which is a NOUN."""
    optimizer = nlp.resume_training()
    optimizer.learn_rate = 0.003
    for _ in range(40):
        nlp.update(examples(nlp, NEW, wrong="NOUN"), sgd=optimizer)
        if rehearse:
            nlp.rehearse(examples(nlp, OLD, wrong="VERB"), sgd=optimizer)


def test_rehearsing_keeps_what_going_on_alone_forgets(trained: tuple[Language, str]) -> None:
    nlp, name = trained
    saved = nlp.to_bytes()
    assert score(nlp, name) == 1.0

    learn_otherwise(nlp, rehearse=False)
    forgotten = score(nlp, name)
    nlp.from_bytes(saved)
    learn_otherwise(nlp, rehearse=True)

    assert score(nlp, name) == 1.0 > forgotten


def test_at_once_there_is_nothing_to_rehearse(trained: tuple[Language, str]) -> None:
    nlp, name = trained
    nlp.resume_training()

    assert nlp.rehearse(examples(nlp, OLD), sgd=False)[name] < 1e-8


def test_without_resuming_there_is_nothing_to_keep_to(trained: tuple[Language, str]) -> None:
    nlp, name = trained

    assert name not in nlp.rehearse(examples(nlp, OLD), sgd=False)
