"""Merging and splitting tokens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.tokens import Doc, Span, Token
from kernel.vocab import Vocab


@pytest.fixture
def doc() -> Doc:
    made = Doc(
        Vocab(),
        ["He", "saw", "New", "York", "today"],
        heads=[1, 1, 3, 1, 1],
        deps=["nsubj", "ROOT", "compound", "dobj", "advmod"],
        tags=["PRP", "VBD", "NNP", "NNP", "RB"],
        lemmas=["he", "see", "New", "York", "today"],
        ents=["O", "O", "B-GPE", "I-GPE", "O"],
    )
    made.spans["sc"] = [Span(made, 0, 2, "X"), Span(made, 3, 5, "Y")]
    return made


def test_a_merged_token_is_like_the_root_of_its_span(doc: Doc) -> None:
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[2:4])

    merged = doc[2]
    assert [token.text for token in doc] == ["He", "saw", "New York", "today"]
    assert (merged.tag_, merged.dep_, merged.head.text, merged.lemma_) == ("NNP", "dobj", "saw", "New York")
    assert (merged.ent_iob_, merged.ent_type_) == ("B", "GPE")
    assert [token.head.i for token in doc] == [1, 1, 1, 1]


def test_attributes_of_a_merged_token_can_be_given(doc: Doc) -> None:
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[2:4], attrs={"LEMMA": "NYC", "ent_type": "CITY", "IS_STOP": True})

    assert (doc[2].lemma_, doc[2].ent_type_, doc[2].is_stop) == ("NYC", "CITY", True)


def test_groups_of_spans_and_the_tensor_move_with_their_tokens(doc: Doc) -> None:
    doc.tensor = np.arange(10, dtype=np.float32).reshape(5, 2)

    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:2])

    assert [span.text for span in doc.spans["sc"]] == ["He saw", "York today"]
    assert doc.tensor.tolist() == [[2, 3], [4, 5], [6, 7], [8, 9]]


def test_spans_that_share_a_token_are_refused_and_nothing_changes(doc: Doc) -> None:
    retokenizer = doc.retokenize()
    retokenizer.merge(doc[0:2])

    with pytest.raises(DataError, match="overlaps"):
        retokenizer.merge(doc[1:3])

    assert len(doc) == 5


def test_a_token_is_split_with_heads_and_attributes(doc: Doc) -> None:
    with doc.retokenize() as retokenizer:
        heads: list[Token | tuple[Token, int]] = [(doc[3], 1), doc[1]]
        retokenizer.split(doc[3], ["Yo", "rk"], heads, attrs={"TAG": ["A", "B"], "DEP": ["goeswith", "dobj"]})

    assert doc.text == "He saw New York today "
    assert [(token.text, token.head.text) for token in doc[3:5]] == [("Yo", "rk"), ("rk", "saw")]
    assert [(token.tag_, token.dep_, token.lemma_) for token in doc[3:5]] == [
        ("A", "goeswith", "Yo"),
        ("B", "dobj", "rk"),
    ]
    assert [ent.text for ent in doc.ents] == ["New York"]
    assert [span.text for span in doc.spans["sc"]] == ["He saw", "York today"]


def test_parts_that_do_not_have_their_token_s_entity_type_stay_one_entity(doc: Doc) -> None:
    with doc.retokenize() as retokenizer:
        retokenizer.split(doc[2], ["N", "ew"], [doc[3], doc[3]])

    assert [(token.text, token.ent_iob_) for token in doc[2:5]] == [("N", "B"), ("ew", "I"), ("York", "I")]


@pytest.mark.parametrize(
    ("orths", "n_heads", "message"),
    [
        (["Yo", "rx"], 2, "the parts must add up to 'York', got"),
        (["Yo", "rk"], 1, "1 heads for 2 parts"),
    ],
)
def test_a_wrong_split_is_refused(doc: Doc, orths: list[str], n_heads: int, message: str) -> None:
    with pytest.raises(DataError, match=message), doc.retokenize() as retokenizer:
        retokenizer.split(doc[3], orths, [doc[1]] * n_heads)


def test_a_token_that_was_merged_away_cannot_be_split(doc: Doc) -> None:
    def merge_and_split() -> None:
        with doc.retokenize() as both:
            both.merge(doc[0:2])
            both.split(doc[1], ["s", "aw"], [doc[1], doc[1]])

    with pytest.raises(DataError, match="no token starts at character 3 any more"):
        merge_and_split()


def test_added_attributes_are_set_and_stay_with_their_characters(doc: Doc) -> None:
    Token.set_extension("seen", default=False, force=True)
    doc[4]._.seen = True

    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[2:4], attrs={"_": {"seen": True}})

    assert [token._.seen for token in doc] == [False, False, True, True]
    with pytest.raises(DataError, match="no such attribute"), doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:2], attrs={"_": {"never": True}})
    Token.remove_extension("seen")


@given(st.data())
def test_the_text_stays_and_every_token_has_a_head_in_the_document(data: st.DataObject) -> None:
    words = data.draw(st.lists(st.text("abc", min_size=1, max_size=3), min_size=2, max_size=8))
    heads = [data.draw(st.integers(0, i)) for i in range(len(words))]
    doc = Doc(Vocab(), words, heads=heads, deps=["d"] * len(words))
    text = doc.text
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))

    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[start:end])

    assert doc.text == text
    assert len(doc) == len(words) - (end - start) + 1
    assert all(0 <= token.head.i < len(doc) for token in doc)
    assert all(text[token.idx : token.idx + len(token)] == token.text for token in doc)


def test_a_span_that_was_made_before_is_where_its_tokens_are_now(doc: Doc) -> None:
    before, whole, part, after, empty = doc[0:1], doc[2:4], doc[3:4], doc[4:5], doc[5:5]
    in_group = doc.spans["sc"][1]

    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[2:4])
    with doc.retokenize() as retokenizer:
        retokenizer.split(doc[0], ["H", "e"], [doc[1], doc[1]])

    spans = [before, whole, part, after, empty, in_group]
    assert [(span.start, span.end) for span in spans] == [(0, 2), (3, 4), (3, 4), (4, 5), (5, 5), (3, 5)]
    assert [span.text for span in spans] == ["He", "New York", "New York", "today", "", "New York today"]
    assert after == doc[4:5]
    assert hash(after) == hash(doc[4:5])


def test_a_span_can_be_moved_within_its_document(doc: Doc) -> None:
    span = doc[0:2]

    span.end = 4
    span.start = 2

    assert span.text == "New York"
    with pytest.raises(DataError, match="outside a document of 5 tokens, got 6"):
        span.end = 6


@given(st.data())
def test_spans_keep_their_characters_or_get_those_of_what_they_are_merged_with(data: st.DataObject) -> None:
    words = data.draw(st.lists(st.text("abc", min_size=2, max_size=3), min_size=1, max_size=8))
    doc = Doc(Vocab(), words)
    n = len(words)
    spans = [doc[start:end] for start in range(n) for end in range(start + 1, n + 1)]
    chars = [(span.start_char, span.end_char) for span in spans]
    place = data.draw(st.integers(0, n - 1))
    merged = doc[place : data.draw(st.integers(place + 1, n))]
    first, last = merged.start_char, merged.end_char

    with doc.retokenize() as retokenizer:
        retokenizer.merge(merged)
    split = doc[data.draw(st.integers(0, len(doc) - 1))]
    with doc.retokenize() as retokenizer:
        retokenizer.split(split, [split.text[:1], split.text[1:]], [split, split])

    touched = [start < last and first < end for start, end in chars]
    assert [(span.start_char, span.end_char) for span in spans] == [
        (min(start, first), max(end, last)) if touches else (start, end)
        for (start, end), touches in zip(chars, touched, strict=True)
    ]
