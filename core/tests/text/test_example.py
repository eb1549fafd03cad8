"""A prediction beside its gold annotation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.text.doc.doc import Doc
from kernel.text.doc.entities import write_tags
from kernel.text.doc.span import Span
from kernel.text.gold.example import Example
from kernel.text.vocab.vocab import Vocab

VOCAB = Vocab()


def make_doc(text: str) -> Doc:
    words = text.split(" ")
    return Doc(VOCAB, words=words, spaces=[True] * (len(words) - 1) + [False])


def test_annotations_stand_in_the_reference() -> None:
    eg = Example.from_dict(
        make_doc("She sleeps well"),
        {
            "tags": ["PRP", "VBZ", None],
            "pos": ["PRON", "VERB", ""],
            "morphs": ["Case=Nom", {"Tense": "Pres", "Number": "Sing"}, ""],
            "lemmas": ["she", "sleep", "well"],
            "heads": [1, 1, 1],
            "deps": ["nsubj", "ROOT", "advmod"],
            "cats": {"SHORT": 1},
        },
    )

    assert [token.tag_ for token in eg.reference] == ["PRP", "VBZ", ""]
    assert [token.pos_ for token in eg.reference] == ["PRON", "VERB", ""]
    assert [str(token.morph) for token in eg.reference] == ["Case=Nom", "Number=Sing|Tense=Pres", ""]
    assert [token.lemma_ for token in eg.reference] == ["she", "sleep", "well"]
    assert [token.head.i for token in eg.reference] == [1, 1, 1]
    assert [token.dep_ for token in eg.reference] == ["nsubj", "ROOT", "advmod"]
    assert eg.reference.cats == {"SHORT": 1.0}
    assert not eg.predicted.has_annotation("TAG")
    assert eg.x is eg.predicted
    assert eg.text == "She sleeps well"


def test_a_morph_of_none_is_unknown_and_an_empty_one_is_known() -> None:
    eg = Example.from_dict(make_doc("a b c"), {"morphs": [None, "", "Case=Nom"]})

    assert eg.aligned_column("MORPH")[1].tolist() == [False, True, True]


def test_a_list_in_which_nothing_is_known_annotates_nothing() -> None:
    eg = Example.from_dict(make_doc("a b"), {"tags": [None, ""], "heads": [None, None], "deps": ["", ""]})

    assert not any(eg.reference.has_annotation(name) for name in ("TAG", "HEAD", "DEP", "SENT_START"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([True, False, None], [1, -1, 0]), ([1, -1, 0], [1, -1, 0]), ([True, True, False], [1, 1, -1])],
)
def test_sentence_starts_may_be_unknown(values: list[Any], expected: list[int]) -> None:
    eg = Example.from_dict(make_doc("a b c"), {"sent_starts": values})

    assert eg.reference.column("SENT_START").tolist() == expected


@pytest.mark.parametrize(
    "entities",
    [
        [(7, 15, "LOC"), (20, 26, "LOC")],
        ["O", "O", "B-LOC", "L-LOC", "O", "U-LOC"],
        ["O", "O", "B-LOC", "I-LOC", "O", "B-LOC"],
    ],
)
def test_entities_may_be_offsets_or_tags(entities: list[Any]) -> None:
    eg = Example.from_dict(make_doc("I like New York and Berlin"), {"entities": entities})

    assert [(ent.text, ent.label_) for ent in eg.reference.ents] == [("New York", "LOC"), ("Berlin", "LOC")]
    assert eg.get_aligned_ner() == ["O", "O", "B-LOC", "L-LOC", "O", "U-LOC"]


def test_no_entities_means_that_there_are_none() -> None:
    eg = Example.from_dict(make_doc("a b"), {"entities": []})

    assert eg.get_aligned_ner() == ["O", "O"]


def test_without_entities_nothing_is_known_of_them() -> None:
    assert Example.from_dict(make_doc("a b"), {}).get_aligned_ner() == [None, None]


def test_links_and_a_fourth_value_name_the_entry_of_an_entity() -> None:
    doc = make_doc("Paris likes Berlin")
    given = {"entities": [(0, 5, "PER", "Q1"), (12, 18, "LOC")], "links": {(12, 18): {"Q2": 1.0, "Q3": 0.0}}}

    eg = Example.from_dict(doc, given)

    assert [ent.kb_id_ for ent in eg.reference.ents] == ["Q1", "Q2"]


def test_spans_may_overlap() -> None:
    spans = {"sc": [(0, 3, "A"), (2, 5, "B", "Q1"), (0, 5)]}

    eg = Example.from_dict(make_doc("a b c"), {"spans": spans})

    found = [(span.start, span.end, span.label_, span.kb_id_) for span in eg.reference.spans["sc"]]
    assert found == [(0, 2, "A", ""), (1, 3, "B", "Q1"), (0, 3, "", "")]


def test_words_take_their_spaces_from_the_text() -> None:
    eg = Example.from_dict(make_doc("Mary's cat sleeps."), {"words": ["Mary", "'s", "cat", "sleeps", "."]})

    assert eg.reference.text == "Mary's cat sleeps."
    assert not eg.reference.has_unknown_spaces


def test_words_of_another_text_have_unknown_spaces() -> None:
    eg = Example.from_dict(make_doc("ABC"), {"words": ["a", "bc"]})

    assert eg.reference.has_unknown_spaces
    assert eg.alignment.x2y[0].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        ({"tags": ["a", "b"]}, "tags: 2 values for 3 tokens; give one per token"),
        ({"heads": [0, 0]}, "heads: 2 values for 3 tokens; give one per token"),
        ({"entities": ["O"]}, "entities: 1 tags for 3 tokens; give one tag per token"),
        ({"spaces": [True]}, "spaces: 1 values for 3 tokens; give one per token"),
        ({"tags": "abc"}, "tags: expected a list, got 'abc'; give one value per token"),
        ({"tagz": []}, "annotations: unknown key, got 'tagz'; did you mean 'tags'?"),
        (
            {"heads": [0, 0, 3]},
            "heads: expected a token from 0 to 2 as the head of token 2, got 3; count tokens",
        ),
        ({"heads": [1, 2, 0]}, "doc: heads must lead to a root, got a cycle above token "),
        (
            {"pos": ["NOUN", "VERBS", "X"]},
            "pos: token 1 needs a universal tag, got 'VERBS'; did you mean 'VERB'?",
        ),
        ({"cats": ["A"]}, "cats: expected a dictionary, got ['A']; write {'label': 1.0}"),
        ({"cats": {"A": "yes"}}, "cats: expected a finite number for 'A', got 'yes'; write 1.0 or 0.0"),
        (
            {"spans": [(0, 1)]},
            "spans: expected a dictionary, got [(0, 1)]; write {'key': [(start, end, label)]}",
        ),
        (
            {"spans": {"k": [(0, 2)]}},
            "spans['k']: a span must begin and end where tokens do, got (0, 2), 'a '; move",
        ),
        (
            {"links": {(0, 1): {"Q": 1.0}}},
            "links: no entity has exactly these offsets, got (0, 1); add it to",
        ),
        (
            {"text": "other"},
            "text: expected the text of the document, 'a b c', got 'other'; create the document from",
        ),
        (
            {"words": ["a", "x", "c"]},
            "words: do not match the document's text; alignment: the texts differ at token 1",
        ),
        ({"words": ["a", 1]}, "words: expected strings, got 1; write one string per token"),
        (
            {"entities": [(0, 1)]},
            "entities: expected (start, end, label) or (start, end, label, kb_id), got (0, 1)",
        ),
        ([], "annotations: expected a dictionary, got []; write for example {'tags': [...]}"),
    ],
)
def test_a_mistake_is_named_by_its_key(annotations: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        Example.from_dict(make_doc("a b c"), annotations)

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_the_old_way_of_calling_is_told_the_new_one() -> None:
    with pytest.raises(DataError) as caught:
        Example.from_dict("some text", {"tags": []})  # type: ignore[arg-type]

    assert str(caught.value) == (
        "example: expected a Doc, got 'some text'; write Example.from_dict(nlp.make_doc(text), {'tags': [...]})"
    )


def test_gold_values_follow_the_alignment() -> None:
    words = ["I", "like", "Lon", "don", "and", "Berlin", "."]
    eg = Example.from_dict(
        Doc(VOCAB, words=["I", "like", "London", "and", "Ber", "lin."]),
        {"words": words, "tags": ["A", "B", "C", "C", "", "E", "F"]},
    )

    values, known = eg.aligned_column("TAG")

    assert eg.get_aligned("TAG", as_string=True) == ["A", "B", "C", "", "E", None]
    assert known.tolist() == [True, True, True, False, True, False]
    assert [VOCAB.strings[value] for value in values[known].tolist()] == ["A", "B", "C", "E"]


def test_entities_follow_the_alignment() -> None:
    eg = Example.from_dict(
        Doc(VOCAB, words=["I", "like", "London", "and", "Ber", "lin."]),
        {
            "words": ["I", "like", "Lon", "don", "and", "Berlin", "."],
            "entities": ["O", "O", "B-LOC", "L-LOC", "O", "U-LOC", "O"],
        },
    )

    assert eg.get_aligned_ner() == ["O", "O", "U-LOC", "O", None, None]


CUTS = st.sets(st.integers(1, 11))


@given(
    CUTS, CUTS, st.lists(st.sampled_from(["O", "-", "B-A", "B-B", "I-A", "I-B"]), min_size=12, max_size=12)
)
def test_entities_as_arrays_are_those_of_the_tags(
    cuts_x: set[int], cuts_y: set[int], tags: list[str]
) -> None:
    words_x, words_y = (
        ["abcdefghijkl"[a:b] for a, b in pairwise([0, *sorted(cuts), 12])] for cuts in (cuts_x, cuts_y)
    )
    eg = Example.from_dict(Doc(VOCAB, words=words_x), {"words": words_y})
    write_tags(eg.reference, tags[: len(words_y)])
    spans, ner = eg.get_aligned_ents_and_ner()

    bounds, types, known = eg.aligned_entities()

    assert list(zip(*(column.tolist() for column in (*bounds, types)), strict=True)) == [
        (span.start, span.end, span.label) for span in spans
    ]
    assert known.tolist() == [tag is not None for tag in ner]


def test_spans_move_where_they_cover_whole_tokens() -> None:
    eg = Example.from_dict(Doc(VOCAB, words=["ab", "c", "de"]), {"words": ["a", "b", "c", "d", "e"]})
    y_spans = [Span(eg.y, 0, 2, label="A"), Span(eg.y, 1, 3, label="B"), Span(eg.y, 2, 5, label="C")]

    moved = eg.get_aligned_spans_y2x(y_spans)

    assert [(span.start, span.end, span.label_) for span in moved] == [(0, 1, "A"), (1, 3, "C")]
    assert [(s.start, s.end) for s in eg.get_aligned_spans_x2y(moved)] == [(0, 2), (2, 5)]


def test_spans_that_overlap_move_when_allowed() -> None:
    eg = Example.from_dict(make_doc("a b c"), {})
    spans = [Span(eg.x, 0, 2, label="A"), Span(eg.x, 1, 3, label="B")]

    assert len(eg.get_aligned_spans_x2y(spans)) == 1
    assert len(eg.get_aligned_spans_x2y(spans, allow_overlap=True)) == 2


def test_matching_entities_are_right_in_place_and_label() -> None:
    eg = Example.from_dict(make_doc("a b c"), {"entities": ["U-A", "U-B", "O"]})
    eg.predicted.ents = [Span(eg.x, 0, 1, label="A"), Span(eg.x, 1, 2, label="C")]

    assert [ent.text for ent in eg.get_matching_ents()] == ["a"]
    assert [ent.text for ent in eg.get_matching_ents(check_label=False)] == ["a", "b"]


def test_sentence_starts_follow_the_alignment() -> None:
    eg = Example.from_dict(
        Doc(VOCAB, words=["a", "bc", "d"]), {"words": ["a", "b", "c", "d"], "sent_starts": [1, -1, 1, 1]}
    )

    assert eg.get_aligned_sent_starts() == [True, True, True]


def test_unknown_sentence_starts_stay_unknown() -> None:
    assert Example.from_dict(make_doc("a b"), {}).get_aligned_sent_starts() == [None, None]


@pytest.mark.parametrize(
    ("x_words", "expected"),
    [
        (["a", "b", "c", "d"], [(["a", "b"], ["a", "b"]), (["c", "d"], ["c", "d"])]),
        (["ab", " ", "cd"], [(["ab", " "], ["a", "b"]), (["cd"], ["c", "d"])]),
        (["a", "bc", "d"], [(["a", "bc", "d"], ["a", "b", "c", "d"])]),
    ],
)
def test_examples_split_at_sentences(x_words: list[str], expected: list[Any]) -> None:
    eg = Example.from_dict(
        Doc(VOCAB, words=x_words), {"words": ["a", "b", "c", "d"], "sent_starts": [1, -1, 1, -1]}
    )

    parts = [(part.x.words, part.y.words) for part in eg.split_sents()]

    assert parts == expected


def test_a_dictionary_gives_the_same_example_back() -> None:
    given = {
        "tags": ["A", "", "B"],
        "morphs": ["Case=Nom", None, ""],
        "heads": [1, 1, 1],
        "deps": ["x", "ROOT", "y"],
        "entities": [(0, 3, "E", "Q1")],
        "cats": {"c": 0.5},
        "spans": {"k": [(2, 5, "S")]},
    }
    eg = Example.from_dict(make_doc("a b c"), given)

    again = Example.from_dict(make_doc("a b c"), eg.to_dict())

    assert again.to_dict() == eg.to_dict()
    assert again.reference.to_json() == eg.reference.to_json()


def test_the_dictionary_is_nested_as_people_know_it() -> None:
    eg = Example.from_dict(make_doc("a b"), {"entities": ["U-X", "-"], "sent_starts": [True, False]})

    assert eg.to_dict() == {
        "doc_annotation": {"cats": {}, "entities": ["U-X", "-"], "spans": {}, "links": {}},
        "token_annotation": {
            "ORTH": ["a", "b"],
            "SPACY": [True, False],
            "TAG": ["", ""],
            "LEMMA": ["", ""],
            "POS": ["", ""],
            "DEP": ["", ""],
            "MORPH": [None, None],
            "HEAD": [None, None],
            "SENT_START": [1, -1],
        },
    }


def test_a_copy_is_independent() -> None:
    eg = Example.from_dict(make_doc("a b"), {"tags": ["A", "B"]})

    copied = eg.copy()
    copied.reference[0].tag_ = "C"

    assert [token.tag_ for token in eg.reference] == ["A", "B"]


def test_another_prediction_is_aligned_anew() -> None:
    eg = Example.from_dict(make_doc("ab c"), {})
    assert eg.alignment.is_identical

    eg.predicted = Doc(VOCAB, words=["a", "b", "c"])

    assert [row.tolist() for row in eg.alignment.y2x] == [[0, 1], [2]]


@given(st.lists(st.sampled_from(["A", "B", ""]), max_size=8), st.data())
def test_columns_and_lists_say_the_same(tags: Sequence[str], data: st.DataObject) -> None:
    text = "".join("abcdefgh"[: len(tags)])
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(text) - 1)))) | {0, len(text)})
    pieces = [text[i:j] for i, j in pairwise(cuts) if text[i:j]]
    eg = Example.from_dict(Doc(VOCAB, words=pieces), {"words": list(text), "tags": list(tags)})

    values, known = eg.aligned_column("TAG")

    assert np.where(known, values, 0).tolist() == [value or 0 for value in eg.get_aligned("TAG")]


def test_a_document_without_tokens_is_an_example() -> None:
    eg = Example.from_dict(
        Doc(VOCAB), {"tags": [], "heads": [], "deps": [], "entities": [], "sent_starts": []}
    )

    assert eg.aligned_column("TAG")[0].tolist() == []
    assert eg.get_aligned("TAG", as_string=True) == []
    assert eg.get_aligned_ner() == []
    assert eg.get_aligned_sent_starts() == []
    assert Example.from_dict(Doc(VOCAB), eg.to_dict()).to_dict() == eg.to_dict()
