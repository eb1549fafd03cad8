"""Spans, entities and groups of spans."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.tokens import Doc, Span, SpanGroup
from kernel.vocab import Vocab


@pytest.fixture
def doc() -> Doc:
    return Doc(Vocab(), ["Ada", "Lovelace", "met", "Babbage", "."], [True, True, True, False, False])


def labels(doc: Doc) -> list[tuple[str, str]]:
    return [(ent.text, ent.label_) for ent in doc.ents]


def test_a_span_shows_its_slice(doc: Doc) -> None:
    span = Span(doc, 1, 4, label="X", kb_id="Q1", span_id="id")

    assert span.text == span.orth_ == "Lovelace met Babbage"
    assert doc[0:2].text_with_ws == "Ada Lovelace "
    assert (span.start_char, span.end_char) == (4, 24)
    assert (span.label_, span.kb_id_, span.id_, span.ent_id_) == ("X", "Q1", "id", "id")
    assert [token.i for token in span] == [1, 2, 3]
    assert (span[0].text, span[-1].text, span[1:3].text) == ("Lovelace", "Babbage", "met Babbage")
    assert doc[2] in span
    assert doc[0] not in span


def test_a_label_can_be_changed(doc: Doc) -> None:
    span = doc[0:2]

    span.label_ = "PERSON"

    assert span.label == doc.vocab.strings["PERSON"] == 380


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (0, 6)])
def test_a_span_beyond_the_document_is_refused(doc: Doc, start: int, end: int) -> None:
    with pytest.raises(DataError, match=f"not a slice of a document of 5 tokens, got {start}:{end}"):
        Span(doc, start, end)


def test_spans_are_equal_when_slice_and_label_are(doc: Doc) -> None:
    assert Span(doc, 0, 2, "A") == Span(doc, 0, 2, "A")
    assert Span(doc, 0, 2, "A") != Span(doc, 0, 2, "B")
    assert len({Span(doc, 0, 2), doc[0:2]}) == 1


def test_a_span_knows_its_root_and_surroundings() -> None:
    doc = Doc(
        Vocab(), ["Old", "cats", "sat", "down"], heads=[1, 2, 2, 2], deps=["amod", "nsubj", "ROOT", "prt"]
    )

    assert doc[0:2].root.text == "cats"
    assert doc[0:4].root.text == "sat"
    assert [token.text for token in doc[2:3].lefts] == ["cats"]
    assert [token.text for token in doc[2:3].rights] == ["down"]
    assert [token.text for token in doc[1:2].subtree] == ["Old", "cats"]
    assert doc[1:2].sent.text == "Old cats sat down"


def test_characters_of_a_span_become_a_span(doc: Doc) -> None:
    span = doc[1:4].char_span(0, 8, label="X")

    assert span == Span(doc, 1, 2, "X")


def test_entities_are_given_as_spans_or_tuples(doc: Doc) -> None:
    doc.ents = [Span(doc, 3, 4, "PERSON"), ("PERSON", 0, 2)]

    assert labels(doc) == [("Ada Lovelace", "PERSON"), ("Babbage", "PERSON")]
    assert [token.ent_iob_ for token in doc] == ["B", "I", "O", "B", "O"]
    assert [token.ent_type_ for token in doc] == ["PERSON", "PERSON", "", "PERSON", ""]


def test_entities_side_by_side_stay_apart(doc: Doc) -> None:
    doc.ents = [Span(doc, 0, 1, "A"), Span(doc, 1, 2, "A")]

    assert labels(doc) == [("Ada", "A"), ("Lovelace", "A")]


def test_entities_must_not_overlap(doc: Doc) -> None:
    with pytest.raises(DataError, match="token 1 is in two entities; entities must not overlap"):
        doc.set_ents([Span(doc, 0, 2, "A"), Span(doc, 1, 3, "B")])


def test_other_tokens_become_what_the_default_says(doc: Doc) -> None:
    doc.set_ents([Span(doc, 0, 2, "A")], blocked=[doc[2:3]], missing=[doc[3:4]])
    assert [token.ent_iob for token in doc] == [3, 1, 3, 0, 2]
    assert labels(doc) == [("Ada Lovelace", "A")]

    doc.set_ents([Span(doc, 3, 4, "B")], default="unmodified")
    assert labels(doc) == [("Ada Lovelace", "A"), ("Babbage", "B")]

    doc.set_ents([], default="missing")
    assert not doc.has_annotation("ENT_IOB")


def test_ids_of_entities_are_kept(doc: Doc) -> None:
    doc.ents = [Span(doc, 0, 2, "A", kb_id="Q7259", span_id="ada")]

    assert [(ent.kb_id_, ent.id_) for ent in doc.ents] == [("Q7259", "ada")]
    assert doc[1].ent_kb_id_ == "Q7259"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["B-X", "I-X", "O", None, "O"], [3, 1, 2, 0, 2]),
        (["I-X", "I-Y", "I-Y", "-", ""], [3, 3, 1, 0, 0]),
        (["B-X", "L-X", "U-X", "B-", "O"], [3, 1, 3, 3, 2]),
    ],
)
def test_entities_are_given_as_tags(tags: list[str | None], expected: list[int]) -> None:
    doc = Doc(Vocab(), list("abcde"), ents=tags)

    assert doc.column("ENT_IOB").tolist() == expected


def disjoint_spans(length: int) -> st.SearchStrategy[list[tuple[int, int, str]]]:
    bounds = st.lists(st.integers(0, length), unique=True, max_size=8).map(sorted)
    label = st.sampled_from("AB")
    return st.tuples(bounds, label).map(
        lambda drawn: [(drawn[0][i], drawn[0][i + 1], drawn[1]) for i in range(0, len(drawn[0]) - 1, 2)]
    )


@given(disjoint_spans(9))
def test_entities_that_are_set_are_there(spans: list[tuple[int, int, str]]) -> None:
    doc = Doc(Vocab(), list("abcdefghi"))

    doc.set_ents([Span(doc, start, end, label) for start, end, label in spans])

    assert [(ent.start, ent.end, ent.label_) for ent in doc.ents] == spans


def test_groups_hold_spans_that_overlap(doc: Doc) -> None:
    doc.spans["sc"] = [Span(doc, 0, 2, "A"), Span(doc, 1, 3, "B")]
    doc.spans["sc"].append(doc[4:5])

    group = doc.spans["sc"]

    assert [(span.start, span.end, span.label_) for span in group] == [(0, 2, "A"), (1, 3, "B"), (4, 5, "")]
    assert group.has_overlap
    assert not SpanGroup(doc, spans=group[1:]).has_overlap
    assert len(group + [doc[0:1]]) == 4  # noqa: RUF005  (a group is no list)


def test_a_group_of_another_document_is_refused(doc: Doc) -> None:
    other = doc.copy()

    with pytest.raises(DataError, match="a group holds spans of one document"):
        SpanGroup(doc, spans=[other[0:1]])
    with pytest.raises(DataError, match=r"group 'sc' belongs to another document; copy it with group\.copy"):
        doc.spans["sc"] = SpanGroup(other)


def test_groups_come_back_from_bytes(doc: Doc) -> None:
    doc.spans["sc"] = SpanGroup(
        doc, name="sc", attrs={"k": 1}, spans=[Span(doc, 0, 2, "A", "Q1", span_id="id")]
    )
    doc.spans["none"] = []
    other = doc.copy()
    other.spans.clear()

    other.spans.from_bytes(doc.spans.to_bytes())

    assert list(other.spans) == ["sc", "none"]
    assert other.spans["sc"].keys == doc.spans["sc"].keys
    assert other.spans["sc"].attrs == {"k": 1}


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x01", b"\x91\x01", b"\x81\xc4\x01\x80\x91\xa1a"])
def test_damaged_groups_are_a_clear_error(doc: Doc, data: Any) -> None:
    with pytest.raises(DataError, match="spans: "):
        doc.spans.from_bytes(data)


def test_a_group_holds_spans_only() -> None:
    doc = Doc(Vocab(), ["a", "b"])

    with pytest.raises(
        DataError, match=r"spans: a group holds spans, got 'a'; use a span such as doc\[0:2\]"
    ):
        doc.spans["letters"] = "ab"


@pytest.mark.parametrize("number", [-1, 1 << 64, 1.5, None])
def test_a_label_that_is_no_number_of_a_string_is_refused(number: Any) -> None:
    doc = Doc(Vocab(), ["a", "b"])
    span = Span(doc, 0, 1, label="X")
    span.label = number

    for use in (
        lambda: Span(doc, 0, 1, label=number),
        lambda: Span(doc, 0, 1, kb_id=number),
        lambda: doc.char_span(0, 1, "X", span_id=number),
        lambda: doc.spans.update(sc=[span]),
        lambda: doc.set_ents([span]),
        lambda: doc.set_ents([(number, 0, 1)]),
    ):
        with pytest.raises(DataError, match="strings: expected "):
            use()
    assert not doc.ents
    assert not doc.has_spans


@pytest.mark.parametrize("number", [-1, 1 << 64])
@pytest.mark.parametrize("name", ["tag", "pos", "dep", "lemma", "ent_kb_id"])
def test_an_attribute_of_a_token_that_is_no_number_of_a_string_is_refused(name: str, number: int) -> None:
    doc = Doc(Vocab(), ["a", "b"])

    with pytest.raises(DataError, match="of token 0: expected a number of uint64, got one out of range"):
        setattr(doc[0], name, number)
