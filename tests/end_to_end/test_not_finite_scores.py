"""Scores that are not finite: a prediction or an update ends, and says which component and which document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import house
import numpy as np
import pytest

from kernel.errors import NotFinite
from kernel.language import Language
from kernel.tokens import Doc

LEARNING = [name for name in house.COMPONENTS if name != "sentencizer"]
#: Those that walk over states or search for trees.
WALKING = ["parser", "lower", "beam_parser", "biaffine", "ner", "beam_ner"]


def documents(nlp: Language, n: int) -> list[Doc]:
    return [Doc(nlp.vocab, words=house.WORDS[: 4 + i % 5]) for i in range(n)]


def with_weights(nlp: Language, name: str, key: str, value: float) -> Any:
    """Fill an array of a component with a value, and return what puts the old one back."""
    index, _, param = key.split("/")
    node: Any = list(nlp.get_pipe(name).model.walk())[int(index)]  # type: ignore[attr-defined]
    own = node.get_param(param)
    node.set_param(param, np.full_like(own, value))
    return lambda: node.set_param(param, own)


def told(action: Callable[[], Any]) -> str:
    """Say what numbers that are not finite have led to."""
    try:
        action()
    except NotFinite as error:
        return str(error)
    return "ended"


@pytest.fixture(scope="module", params=LEARNING)
def component(request: pytest.FixtureRequest) -> tuple[Language, str]:
    return house.trained(request.param), request.param


@pytest.mark.parametrize("n_docs", [1, 20], ids=["one document", "a batch"])
def test_whatever_weights_are_nan_a_prediction_ends_and_names_the_component(
    component: tuple[Language, str], n_docs: int
) -> None:
    nlp, name = component
    for key in house.weights(nlp.get_pipe(name)):
        put_back = with_weights(nlp, name, key, np.nan)
        docs = documents(nlp, n_docs)
        try:
            with pytest.raises(NotFinite, match=f"^{name}: the scores are not finite"):
                list(nlp.pipe(docs))
        finally:
            put_back()
        assert not any(doc.cats or doc.ents or doc.has_annotation("TAG") for doc in docs)
        assert not any(doc.has_annotation("DEP") for doc in docs)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("name", WALKING)
def test_whatever_weights_are_too_large_a_walk_ends(name: str, value: float) -> None:
    nlp = house.trained(name)
    examples = house.examples(nlp)
    for key in house.weights(nlp.get_pipe(name)):
        put_back = with_weights(nlp, name, key, value)
        for docs in (documents(nlp, 1), documents(nlp, 20)):
            assert told(lambda docs=docs: list(nlp.pipe(docs))).startswith(("ended", f"{name}: "))
        assert told(lambda: nlp.update(examples)).startswith(("ended", f"{name}: "))
        put_back()


@pytest.mark.parametrize("name", ["tok2vec", "tagger", "parser", "biaffine", "beam_ner", "textcat"])
def test_the_document_is_named(name: str) -> None:
    nlp = house.trained(name)
    component: Any = nlp.get_pipe(name)
    embedding = next(node for node in component.model.walk() if node.has_param("E0"))
    original = embedding.attrs["embed_words"]

    def spoilt(model: Any, vocab: Any, words: Any, is_train: bool) -> Any:
        Y_UO, backprop = original(model, vocab, words, is_train)
        texts = [vocab.strings[key] for key in vocab.lexemes.features(words.rows_U, ["ORTH"])[:, 0]]
        Y_UO[[text == "Rome" for text in texts]] = np.nan
        return Y_UO, backprop

    embedding.attrs["embed_words"] = spoilt
    docs = documents(nlp, 3)

    with pytest.raises(NotFinite, match=rf"^{name}: the .* nan or inf for document 4 of 5 'Rome sleeps '"):
        component.predict([*docs, Doc(nlp.vocab, words=["Rome", "sleeps"]), docs[0]])


def test_an_error_handler_may_let_the_documents_go() -> None:
    nlp = house.trained("parser")
    with_weights(nlp, "parser", next(iter(house.weights(nlp.get_pipe("parser")))), np.nan)
    failed: list[str] = []
    nlp.set_error_handler(lambda name, component, docs, error: failed.extend(doc.text for doc in docs))

    assert list(nlp.pipe(documents(nlp, 3))) == []
    assert len(failed) == 3
