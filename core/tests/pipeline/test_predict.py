"""Documents through the components, alone and in streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import ConfigError, DataError, ModelError
from kernel.pipeline.components.component import Component
from kernel.pipeline.language import Language
from kernel.pipeline.run.predict import batched
from kernel.pipeline.run.tape import current_tape
from kernel.text.doc.doc import Doc


def mark(doc: Doc) -> Doc:
    doc.user_data["marked"] = True
    return doc


class Batches(Component):
    """Notes the sizes of the batches that it sees."""

    def __init__(self) -> None:
        super().__init__("batches")
        self.sizes: list[int] = []

    def predict(self, docs: Any) -> Any:
        self.sizes.append(len(docs))
        return [len(doc) for doc in docs]

    def set_annotations(self, docs: Any, predictions: Any) -> None:
        for doc, prediction in zip(docs, predictions, strict=True):
            doc.user_data["length"] = prediction


@pytest.fixture
def marking(nlp: Language) -> Language:
    Language.component("toy_mark", func=mark)
    nlp.add_pipe("toy_mark")
    return nlp


@pytest.fixture
def watched(nlp: Language) -> tuple[Language, Batches]:
    batches = Batches()
    Language.factory("toy_batches", func=lambda nlp, name: batches)
    nlp.add_pipe("toy_batches")
    return nlp, batches


def test_a_text_becomes_an_annotated_document(marking: Language) -> None:
    doc = marking("some words here")

    assert doc.text == "some words here"
    assert doc.user_data["marked"]


def test_a_document_that_was_made_already_is_annotated_in_place(marking: Language) -> None:
    doc = marking.make_doc("a b")

    assert marking(doc) is doc
    assert doc.user_data["marked"]


def test_a_stream_gives_documents_in_order(marking: Language) -> None:
    texts = [f"text number {number}" for number in range(10)]

    docs = list(marking.pipe(texts, batch_size=3))

    assert [doc.text for doc in docs] == texts
    assert all(doc.user_data["marked"] for doc in docs)


def test_a_stream_takes_texts_and_documents_mixed(marking: Language) -> None:
    doc = marking.make_doc("made before")

    assert [doc.text for doc in marking.pipe(["a text", doc, ""])] == ["a text", "made before", ""]


def test_pairs_keep_their_context(marking: Language) -> None:
    pairs = [("one", {"id": 1}), ("two", {"id": 2}), ("three", None)]

    found = list(marking.pipe(pairs, as_tuples=True, batch_size=2))

    assert [(doc.text, context) for doc, context in found] == pairs


def test_components_see_whole_batches(watched: tuple[Language, Batches]) -> None:
    nlp, batches = watched

    list(nlp.pipe(["a"] * 5, batch_size=2))

    assert batches.sizes == [2, 2, 1]


def test_the_batch_size_of_the_pipeline_is_the_default(watched: tuple[Language, Batches]) -> None:
    nlp, batches = watched
    nlp.batch_size = 4

    list(nlp.pipe(["a"] * 5))

    assert batches.sizes == [4, 1]


def test_an_empty_stream_gives_nothing(watched: tuple[Language, Batches]) -> None:
    nlp, batches = watched

    assert list(nlp.pipe([])) == []
    assert batches.sizes == []


def test_a_stream_is_read_no_further_than_its_batches_need(marking: Language) -> None:
    read: list[int] = []

    def texts() -> Iterator[str]:
        for number in range(100):
            read.append(number)
            yield "text"

    next(marking.pipe(texts(), batch_size=5))

    assert len(read) == 5


def test_no_tape_is_in_force_where_documents_come_out(marking: Language) -> None:
    stream = marking.pipe(["a", "b"], batch_size=2)

    next(stream)

    assert current_tape() is None


def test_a_component_can_be_left_out(marking: Language) -> None:
    assert "marked" not in marking("a", disable=["toy_mark"]).user_data
    assert "marked" not in next(marking.pipe(["a"], disable=["toy_mark"])).user_data


def test_listeners_read_what_an_upstream_shares_in_the_same_batch(nlp: Language) -> None:
    nlp.add_pipe("toy_upstream", name="up", config={"value": 3.0})
    nlp.add_pipe("toy_listener", name="listener")

    docs = [nlp("a b"), *nlp.pipe(["a", "b c d"])]

    assert [doc.user_data["listener"] for doc in docs] == [[3.0, 3.0], [3.0], [3.0, 3.0, 3.0]]


def test_more_arguments_reach_a_component(nlp: Language) -> None:
    def note(doc: Doc, note: str = "") -> Doc:
        doc.user_data["note"] = note
        return doc

    Language.component("toy_note", func=note)
    nlp.add_pipe("toy_note")
    settings = {"toy_note": {"note": "given"}}

    assert nlp("a", component_cfg=settings).user_data["note"] == "given"
    assert next(nlp.pipe(["a"], component_cfg=settings)).user_data["note"] == "given"


def test_a_component_that_forgets_its_return_is_named(nlp: Language) -> None:
    Language.component("toy_forgetful", func=lambda doc: None)
    nlp.add_pipe("toy_forgetful")

    with pytest.raises(ConfigError) as error:
        nlp("a text")
    with pytest.raises(ConfigError, match=r"\[components\.toy_forgetful\]"):
        list(nlp.pipe(["a text"]))

    assert str(error.value) == (
        "[components.toy_forgetful]: the component must return the Doc that it received, got None; "
        "add a return statement"
    )


def test_a_component_that_loses_documents_is_named(nlp: Language) -> None:
    class Losing(Component):
        def pipe(self, stream: Any, *, batch_size: int = 1) -> Any:
            yield from list(stream)[1:]

    Language.factory("toy_losing", func=lambda nlp, name: Losing(name))
    nlp.add_pipe("toy_losing")

    with pytest.raises(ConfigError, match=r"\[components\.toy_losing\] pipe: expected 3 docs back, got 2"):
        list(nlp.pipe(["a", "b", "c"]))


def test_a_model_without_parameters_is_named(nlp: Language, make_examples: Any) -> None:
    nlp.add_pipe("toy_tagger", name="tagger")
    message = r"tagger: the model has no parameters yet; call nlp\.initialize\(\), or load a trained pipeline"

    with pytest.raises(ModelError, match=message):
        nlp("a text")
    with pytest.raises(ModelError, match=message):
        list(nlp.pipe(["a text"]))
    with pytest.raises(ModelError, match=message):
        nlp.update(make_examples(nlp))


def test_other_errors_of_a_component_pass_unchanged(nlp: Language) -> None:
    def fail(doc: Doc) -> Doc:
        raise KeyError("mine")

    Language.component("toy_keyless", func=fail)
    nlp.add_pipe("toy_keyless")

    with pytest.raises(KeyError, match="mine"):
        nlp("a text")


@pytest.mark.parametrize("text", [None, 3, b"bytes"])
def test_what_is_neither_text_nor_document_is_refused(marking: Language, text: Any) -> None:
    with pytest.raises(DataError, match="nlp: expected a text or a Doc, got"):
        marking(text)


def test_a_text_beyond_the_limit_is_refused(nlp: Language) -> None:
    nlp.max_length = 10

    with pytest.raises(DataError, match="got 11 characters and a limit of 10; split it, or raise"):
        nlp("01234567890")


def test_a_component_with_only_a_call_works_in_streams(nlp: Language) -> None:
    class Shouting(Component):
        def __call__(self, doc: Doc) -> Doc:
            doc.user_data["shout"] = doc.text.upper()
            return doc

    docs = [nlp.make_doc("a"), nlp.make_doc("b")]

    assert [doc.user_data["shout"] for doc in Shouting("shout").pipe(docs, batch_size=1)] == ["A", "B"]


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 8), st.integers(1, 50))
def test_batches_hold_everything_in_order_and_end_when_full(
    lengths: list[int], max_docs: int, max_tokens: int
) -> None:
    items = [(range(length), place) for place, length in enumerate(lengths)]

    batches = list(batched(items, max_docs, max_tokens))  # type: ignore[arg-type]

    assert [item for batch in batches for item in batch] == items
    assert all(1 <= len(batch) <= max_docs for batch in batches)
    assert all(sum(len(words) for words, _ in batch[:-1]) < max_tokens for batch in batches)


def test_words_of_a_stream_in_a_memory_zone_are_forgotten() -> None:
    nlp = Language()
    nlp("before")

    with nlp.memory_zone():
        lengths = [len(doc) for doc in nlp.pipe(f"word{i} other{i}" for i in range(100))]

    assert lengths == [2] * 100
    assert [word.text for word in nlp.vocab if "0" in word.text] == []
    assert "before" in nlp.vocab
    assert nlp("before word1").text == "before word1"


@pytest.mark.parametrize("item", ["ab", ("a", 1, 2), None])
def test_pairs_of_text_and_context_must_be_pairs(nlp: Language, item: Any) -> None:
    with pytest.raises(DataError, match=r"nlp\.pipe: as_tuples expects pairs of a text and its context, got"):
        list(nlp.pipe([item], as_tuples=True))
