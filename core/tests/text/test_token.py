"""Tokens as views."""

import pytest

from kernel import attrs, symbols
from kernel.errors import DataError
from kernel.tokens import Doc, Token
from kernel.vocab import Vocab


@pytest.fixture
def doc() -> Doc:
    """A tree over six words: (Old (cats)) sat; and (dogs) too."""
    return Doc(
        Vocab(),
        ["Old", "cats", "sat", "and", "dogs", "ran"],
        heads=[1, 2, 2, 2, 5, 2],
        deps=["amod", "nsubj", "ROOT", "cc", "nsubj", "conj"],
    )


def texts(tokens: object) -> list[str]:
    return [token.text for token in tokens]  # type: ignore[attr-defined]


def test_what_is_assigned_goes_to_the_document(doc: Doc) -> None:
    token = doc[1]

    token.tag_ = "NNS"
    token.pos_ = "NOUN"
    token.lemma_ = "cat"
    token.set_morph({"Number": "Plur"})

    assert doc.column("TAG").tolist() == [0, doc.vocab.strings["NNS"], 0, 0, 0, 0]
    assert (doc[1].tag_, doc[1].pos_, doc[1].pos, doc[1].lemma_) == ("NNS", "NOUN", symbols.NOUN, "cat")
    assert (str(doc[1].morph), doc[1].has_morph(), doc[0].has_morph()) == ("Number=Plur", True, False)


def test_what_the_word_shows_is_read_through_the_token(doc: Doc) -> None:
    token = doc[0]

    assert (token.text, token.lower_, token.shape_, token.prefix_, token.suffix_) == (
        "Old",
        "old",
        "Xxx",
        "O",
        "Old",
    )
    assert (token.is_title, token.is_punct, token.like_num) == (True, False, False)
    assert token.check_flag(attrs.IS_ALPHA)
    assert token.lex == doc.vocab["Old"]


def test_a_words_form_cannot_be_set_on_a_token(doc: Doc) -> None:
    with pytest.raises(DataError, match=r"LOWER belongs to the word, got .*; set it on token\.lex"):
        doc[0].lower_ = "x"


def test_the_tree_can_be_walked(doc: Doc) -> None:
    sat = doc[2]

    assert texts(sat.children) == ["cats", "and", "ran"]
    assert (texts(sat.lefts), texts(sat.rights)) == (["cats"], ["and", "ran"])
    assert (sat.n_lefts, sat.n_rights) == (1, 2)
    assert texts(doc[1].subtree) == ["Old", "cats"]
    assert texts(doc[0].ancestors) == ["cats", "sat"]
    assert sat.is_ancestor(doc[4])
    assert not doc[4].is_ancestor(sat)
    assert (doc[5].left_edge.text, doc[5].right_edge.text) == ("dogs", "ran")
    assert texts(sat.conjuncts) == ["ran"]
    assert texts(doc[5].conjuncts) == ["sat"]
    assert sat.head == sat


def test_a_new_head_changes_the_tree(doc: Doc) -> None:
    assert texts(doc[1].children) == ["Old"]

    doc[0].head = doc[2]

    assert texts(doc[1].children) == []
    assert texts(doc[2].lefts) == ["Old", "cats"]


def test_a_circle_is_found_when_the_tree_is_walked(doc: Doc) -> None:
    doc[2].head = doc[1]

    with pytest.raises(DataError, match="got a cycle"):
        list(doc.sents)


def test_sentence_starts_of_a_parsed_document_are_fixed(doc: Doc) -> None:
    with pytest.raises(DataError, match="the heads determine the sentences"):
        doc[3].is_sent_start = True


def test_a_sentence_start_can_be_set() -> None:
    doc = Doc(Vocab(), ["a", "b", "c"])

    doc[1].is_sent_start = True

    assert [token.is_sent_start for token in doc] == [True, True, None]
    assert [token.is_sent_end for token in doc] == [True, None, True]
    assert doc[2].sent.text_with_ws == "b c "


def test_neighbours_are_found_by_distance(doc: Doc) -> None:
    assert doc[1].nbor().text == "sat"
    assert doc[1].nbor(-1).text == "Old"
    with pytest.raises(IndexError, match="token -1 is outside"):
        doc[0].nbor(-1)


def test_tokens_of_one_place_are_equal(doc: Doc) -> None:
    assert doc[1] == doc[1]
    assert doc[1] != doc[2]
    assert doc[1] < doc[2]
    assert len({doc[1], doc[1], doc[2]}) == 2


def test_a_head_of_another_document_is_refused(doc: Doc) -> None:
    with pytest.raises(DataError, match="a head must be a token of the same document"):
        doc[0].head = Token(doc.copy(), 1)
