"""What happens to the documents that a component fails on."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.errors import ConfigError
from kernel.pipeline.components.component import Component
from kernel.pipeline.language import Language
from kernel.pipeline.run.tape import current_tape
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.util import ignore_error, raise_error


def picky(doc: Doc) -> Doc:
    if "bad" in doc.text:
        raise ValueError("no bad words")
    doc.user_data["seen"] = True
    return doc


class Alone(Component):
    """Takes one document at a time."""

    def __call__(self, doc: Doc) -> Doc:
        return picky(doc)


class Together(Component):
    """Takes batches."""

    def predict(self, docs: Any) -> Any:
        return [picky(doc) for doc in docs]

    def set_annotations(self, docs: Any, predictions: Any) -> None:
        pass


class Shares(Component):
    """Gives others something of each document, on the tape."""

    def predict(self, docs: Any) -> Any:
        tape = current_tape()
        assert tape is not None
        tape.put(self.name, docs, [doc.text for doc in docs])

    def set_annotations(self, docs: Any, predictions: Any) -> None:
        pass


class Reads(Component):
    """Notes what another shares."""

    def predict(self, docs: Any) -> Any:
        tape = current_tape()
        assert tape is not None
        return tape.get("shares")

    def set_annotations(self, docs: Any, predictions: Any) -> None:
        for doc, text in zip(docs, predictions, strict=True):
            doc.user_data["read"] = text


Language.component("failures_picky", func=picky)
Language.factory("failures_alone", func=lambda nlp, name: Alone(name))
Language.factory("failures_together", func=lambda nlp, name: Together(name))
Language.factory("failures_shares", func=lambda nlp, name: Shares(name))
Language.factory("failures_reads", func=lambda nlp, name: Reads(name))

TEXTS = ["one", "a bad one", "two"]


class Noting:
    """An error handler that notes what it is called with, and lets the documents go."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, list[str], str]] = []

    def __call__(self, name: str, component: Any, docs: list[Doc], error: Exception) -> None:
        self.calls.append((name, type(component).__name__, [doc.text for doc in docs], str(error)))


@pytest.mark.parametrize("factory", ["failures_picky", "failures_alone", "failures_together"])
def test_an_error_ends_the_stream_where_nobody_handles_it(nlp: Language, factory: str) -> None:
    nlp.add_pipe(factory)

    with pytest.raises(ValueError, match="no bad words"):
        list(nlp.pipe(TEXTS))


@pytest.mark.parametrize(("factory", "kind"), [("failures_picky", "function"), ("failures_alone", "Alone")])
def test_the_stream_goes_on_without_a_document_that_a_handler_lets_go(
    nlp: Language, factory: str, kind: str
) -> None:
    handler = Noting()
    nlp.add_pipe(factory, "picky")
    nlp.set_error_handler(handler)

    pairs = list(nlp.pipe(zip(TEXTS, [1, 2, 3], strict=True), as_tuples=True))

    assert [(doc.text, context) for doc, context in pairs] == [("one", 1), ("two", 3)]
    assert handler.calls == [("picky", kind, ["a bad one"], "no bad words")]


def test_a_batch_that_is_predicted_together_goes_together(nlp: Language) -> None:
    handler = Noting()
    nlp.set_error_handler(handler)
    nlp.add_pipe("failures_together", "together")

    assert [doc.text for doc in nlp.pipe(TEXTS, batch_size=2)] == ["two"]
    assert handler.calls == [("together", "Together", ["one", "a bad one"], "no bad words")]


def test_a_component_has_a_handler_of_its_own(nlp: Language) -> None:
    nlp.add_pipe("failures_alone", "first").set_error_handler(ignore_error)
    nlp.add_pipe("failures_alone", "second")

    assert [doc.text for doc in nlp.pipe(TEXTS)] == ["one", "two"]
    assert nlp.get_pipe("first").get_error_handler() is ignore_error
    assert nlp.get_pipe("second").get_error_handler() is raise_error


def test_one_text_goes_on_to_the_next_component(nlp: Language) -> None:
    handler = Noting()
    nlp.add_pipe("failures_picky")
    nlp.add_pipe("failures_shares", "shares")
    nlp.add_pipe("failures_reads")
    nlp.set_error_handler(handler)

    doc = nlp("a bad one")

    assert doc.user_data == {"read": "a bad one"}
    assert handler.calls == [("failures_picky", "function", ["a bad one"], "no bad words")]


def test_what_is_shared_stays_with_the_documents_that_are_left(nlp: Language) -> None:
    nlp.add_pipe("failures_shares", "shares")
    nlp.add_pipe("failures_picky")
    nlp.add_pipe("failures_reads")
    nlp.set_error_handler(ignore_error)

    assert [doc.user_data["read"] for doc in nlp.pipe(TEXTS)] == ["one", "two"]


def test_scores_count_documents_that_were_let_go(nlp: Language) -> None:
    nlp.add_pipe("failures_picky")
    nlp.set_error_handler(ignore_error)
    examples = [Example(nlp.make_doc(text), nlp.make_doc(text)) for text in TEXTS]

    assert nlp.evaluate(examples)["token_acc"] == 1.0


def test_a_handler_must_be_a_function(nlp: Language) -> None:
    with pytest.raises(ConfigError, match=r"set_error_handler: expected a function of name, .* got 'ignore'"):
        nlp.set_error_handler("ignore")  # type: ignore[arg-type]


def test_a_component_that_loses_documents_by_itself_is_refused(nlp: Language) -> None:
    class Loses:
        def __call__(self, doc: Doc) -> Doc:
            return doc

        def pipe(self, docs: Any, **options: Any) -> Any:
            return list(docs)[1:]

    Language.factory("failures_loses", func=lambda nlp, name: Loses())
    nlp.add_pipe("failures_loses")

    with pytest.raises(
        ConfigError, match=r"\[components\.failures_loses\] pipe: expected 3 docs back, got 2"
    ):
        list(nlp.pipe(TEXTS))
