"""Entities as tags, offsets and spans."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.text.doc.doc import Doc
from kernel.text.gold.iob import (
    Entity,
    biluo_tags_to_offsets,
    biluo_tags_to_spans,
    biluo_to_iob,
    entities_to_tags,
    iob_to_biluo,
    offsets_to_biluo_tags,
    tags_to_entities,
)
from kernel.text.vocab.vocab import Vocab


@pytest.fixture
def doc() -> Doc:
    words = ["I", "like", "New", "York", "and", "Berlin", "."]
    return Doc(Vocab(), words=words, spaces=[True, True, True, True, True, False, False])


@pytest.mark.parametrize(
    ("iob", "biluo"),
    [
        (["O", "B-A", "I-A", "I-A"], ["O", "B-A", "I-A", "L-A"]),
        (["O", "I-A", "I-A", "B-A", "I-B", "O"], ["O", "B-A", "L-A", "U-A", "U-B", "O"]),
        (["B-A", "-", "I-A", None, "?"], ["U-A", "-", "U-A", "-", "-"]),
        (["U-A", "B-A", "L-A"], ["U-A", "B-A", "L-A"]),
        ([], []),
    ],
)
def test_iob_becomes_biluo(iob: list[str | None], biluo: list[str]) -> None:
    assert iob_to_biluo(iob) == biluo


def test_biluo_becomes_iob_and_keeps_what_is_unknown() -> None:
    assert biluo_to_iob(["O", "-", "", "U-A", "B-B", "I-B", "L-B"]) == [
        "O",
        "-",
        "",
        "B-A",
        "B-B",
        "I-B",
        "I-B",
    ]


def test_entities_are_read_with_their_last_token() -> None:
    assert tags_to_entities(["B-A", "L-A", "-", "U-B", "O"]) == [("A", 0, 1), ("B", 3, 3)]


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (["O", "I-A"], "entities: tag 1 needs a B-A before it, got 'I-A'"),
        (["B-A", "L-B"], "entities: tag 1 needs a B-B before it, got 'L-B'"),
        (["B-A", "O"], "entities: tag 0 needs an L tag after it, got 'B-A'"),
        (["O", "B-A"], "entities: tag 1 needs an L tag before the end at 2, got 'B-A'"),
        (["x"], "entities: tag 0 is not a BILUO or IOB tag, got 'x'"),
    ],
)
def test_broken_tags_are_errors_that_name_the_tag(tags: list[str], message: str) -> None:
    with pytest.raises(DataError) as caught:
        tags_to_entities(tags)

    assert str(caught.value).startswith(message)


def test_offsets_become_tags(doc: Doc) -> None:
    tags = offsets_to_biluo_tags(doc, [(7, 15, "LOC"), (20, 26, "LOC")])

    assert tags == ["O", "O", "B-LOC", "L-LOC", "O", "U-LOC", "O"]


def test_offsets_within_tokens_leave_those_unknown_and_are_logged(
    doc: Doc, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        tags = offsets_to_biluo_tags(doc, [(7, 14, "LOC")])

    assert tags == ["O", "O", "-", "-", "O", "O", "O"]
    assert "(7, 14, 'LOC') does not begin and end where tokens do" in caplog.text


def test_overlapping_offsets_are_an_error(doc: Doc) -> None:
    with pytest.raises(
        DataError, match=r"^entities: two overlap, got \(7, 15, 'A'\) and \(11, 26, 'B'\); a token"
    ):
        offsets_to_biluo_tags(doc, [(11, 26, "B"), (7, 15, "A")])


def test_tags_become_offsets_and_spans(doc: Doc) -> None:
    tags = ["O", "O", "B-LOC", "L-LOC", "O", "U-X", "O"]

    assert biluo_tags_to_offsets(doc, tags) == [(7, 15, "LOC"), (20, 26, "X")]
    assert [(s.text, s.label_) for s in biluo_tags_to_spans(doc, tags)] == [
        ("New York", "LOC"),
        ("Berlin", "X"),
    ]


def test_tags_must_be_one_a_token(doc: Doc) -> None:
    with pytest.raises(DataError, match=r"^entities: 2 tags for 7 tokens; give one tag per token$"):
        biluo_tags_to_offsets(doc, ["O", "O"])


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 2), st.integers(1, 3)), max_size=6))
def test_entities_survive_the_way_through_tags(parts: list[tuple[str, int, int]]) -> None:
    entities, at = [], 0
    for label, gap, length in parts:
        entities.append(Entity(label, at + gap, at + gap + length - 1))
        at += gap + length

    biluo = entities_to_tags(at, entities)

    assert tags_to_entities(biluo) == entities
    assert iob_to_biluo(biluo_to_iob(biluo)) == biluo
