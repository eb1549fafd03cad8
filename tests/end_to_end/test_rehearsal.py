"""Rehearsal: components that go on learning keep what they knew, together with what they share."""

from __future__ import annotations

import pytest
from small import LISTENER, SENTENCES, TOK2VEC, sentences, train_on

import kernel
from kernel.language import Language

#: Texts each word of which is to be a NOUN, and what is known with each word wrong.
NEW = [("dogs bark", ["NOUN", "NOUN"]), ("cats sleep", ["NOUN", "NOUN"])]
WRONG = [(text, ["VERB"] * len(tags)) for text, tags in SENTENCES]


@pytest.fixture(params=["tagger", "morphologizer"])
def trained(request: pytest.FixtureRequest) -> tuple[Language, str]:
    nlp = kernel.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    nlp.add_pipe(request.param, config={"model": {"tok2vec": LISTENER}})
    train_on(nlp, sentences(nlp), 60, learn_rate=0.001)
    return nlp, request.param


def score(nlp: Language, name: str) -> float:
    return float(nlp.evaluate(sentences(nlp))["tag_acc" if name == "tagger" else "pos_acc"])


def learn_otherwise(nlp: Language, *, rehearse: bool) -> None:
    """Learn the new texts."""
    optimizer = nlp.resume_training()
    optimizer.learn_rate = 0.003
    for _ in range(40):
        nlp.update(sentences(nlp, NEW), sgd=optimizer)
        if rehearse:
            nlp.rehearse(sentences(nlp, WRONG), sgd=optimizer)


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

    assert nlp.rehearse(sentences(nlp), sgd=False)[name] < 1e-8


def test_without_resuming_there_is_nothing_to_keep_to(trained: tuple[Language, str]) -> None:
    nlp, name = trained

    assert name not in nlp.rehearse(sentences(nlp), sgd=False)
