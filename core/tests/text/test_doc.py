"""Documents: text, columns, annotation as a whole."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import attrs
from kernel.errors import DataError
from kernel.tokens import Doc, Span
from kernel.vocab import Vocab

WORDS = ["The", "cat", "sat", "down", "."]
ANNOTATION: dict[str, Any] = {
    "tags": ["DT", "NN", "VBD", "RP", "."],
    "pos": ["DET", "NOUN", "VERB", "ADP", "PUNCT"],
    "morphs": ["", "Number=Sing", {"Tense": "Past"}, None, ""],
    "lemmas": ["the", "cat", "sit", "down", "."],
    "heads": [1, 2, 2, 2, 2],
    "deps": ["det", "nsubj", "ROOT", "prt", "punct"],
    "ents": ["O", "B-ANIMAL", "O", "", "O"],
}


@pytest.fixture
def vocab() -> Vocab:
    return Vocab()


@pytest.fixture
def doc(vocab: Vocab) -> Doc:
    return Doc(vocab, WORDS, [True, True, True, False, False], **ANNOTATION)


def words_and_spaces() -> st.SearchStrategy[list[tuple[str, bool]]]:
    return st.lists(st.tuples(st.text(min_size=1, max_size=6), st.booleans()), max_size=15)


def test_the_text_is_words_and_spaces(doc: Doc) -> None:
    assert doc.text == "The cat sat down."
    assert doc.words == WORDS
    assert len(doc) == 5


def test_spaces_are_a_guess_where_none_are_given(vocab: Vocab) -> None:
    doc = Doc(vocab, ["a", "b"])

    assert doc.text == "a b "
    assert doc.has_unknown_spaces


@given(words_and_spaces())
def test_the_text_of_any_words_comes_back(pairs: list[tuple[str, bool]]) -> None:
    doc = Doc(Vocab(), [word for word, _ in pairs], [space for _, space in pairs])

    assert doc.text == "".join(word + " " * space for word, space in pairs)
    assert doc.text == "".join(token.text_with_ws for token in doc)
    assert all(doc.text[token.idx :].startswith(token.text) for token in doc)


def test_rows_make_a_document_without_words(vocab: Vocab) -> None:
    rows = vocab.rows(["a", "b"])

    doc = Doc.from_rows(vocab, rows, np.array([True, False]))

    assert doc.text == "a b"
    assert doc.rows is rows


def test_annotation_is_read_from_columns(doc: Doc) -> None:
    strings = doc.vocab.strings

    assert [strings[tag] for tag in doc.column("TAG").tolist()] == ANNOTATION["tags"]
    assert doc.column("HEAD").tolist() == [1, 1, 0, -1, -2]
    assert doc.column("POS").tolist() == [90, 92, 100, 85, 97]
    assert doc.column("ENT_IOB").tolist() == [2, 3, 2, 0, 2]


def test_a_column_that_was_never_set_is_zero(vocab: Vocab) -> None:
    doc = Doc(vocab, ["a", "b"])

    assert doc.column("TAG").tolist() == [0, 0]
    assert not doc.has_column("TAG")


def test_a_column_cannot_be_written_in_place(doc: Doc) -> None:
    with pytest.raises(ValueError, match="read-only"):
        doc.column("TAG")[0] = 1


def test_setting_a_column_copies_the_values(doc: Doc) -> None:
    values = np.arange(5, dtype=np.uint64)

    doc.set_column("TAG", values)
    values[:] = 9

    assert doc.column("TAG").tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("TAG", [1], "TAG needs 5 values, one per token, got shape"),
        ("TAG", [0.5] * 5, "TAG needs whole numbers, got float64"),
        ("HEAD", [-1, 0, 0, 0, 0], "head of token 0 is outside its 5 tokens, got -1"),
        ("TAGG", [0] * 5, "got 'TAGG'; did you mean 'TAG'"),
        ("LEX", [0] * 5, "not an attribute that can be set, got 'LEX'"),
    ],
)
def test_a_column_that_does_not_fit_is_refused(doc: Doc, name: str, values: list[int], message: str) -> None:
    with pytest.raises(DataError, match=message):
        doc.set_column(name, values)


def test_features_are_columns_side_by_side(doc: Doc) -> None:
    strings = doc.vocab.strings

    features = doc.features(["LOWER", "POS", "HEAD", "IS_PUNCT"])

    assert features.dtype == np.uint64
    assert features[1].tolist() == [strings["cat"], 92, 1, 0]
    assert features[3].tolist() == [strings["down"], 85, 2**64 - 1, 0]


def test_a_tokens_own_norm_goes_before_its_words(vocab: Vocab) -> None:
    doc = Doc(vocab, ["ca", "n't"])

    doc[1].norm_ = "not"

    assert [token.norm_ for token in doc] == ["ca", "not"]
    assert doc.features(["NORM"])[:, 0].tolist() == [vocab.strings["ca"], vocab.strings["not"]]
    assert vocab["n't"].norm_ == "n't"


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ({"spaces": [True]}, "spaces: 1 values for 2 words"),
        ({"tags": ["x"]}, "tag: 1 values for 2 tokens; give one per token"),
        ({"tags": ["x", 3]}, "tag: token 1 needs a string, got 3"),
        ({"pos": ["NOUNN", ""]}, "pos: token 0 needs a universal tag, got 'NOUNN'; did you mean 'NOUN'"),
        ({"heads": [0, 5]}, "head of token 1 is outside its 2 tokens, got 5"),
        ({"heads": [1, 0]}, "heads must lead to a root, got a cycle"),
        ({"heads": ["a", "b"]}, "heads: expected token indices"),
        ({"ents": ["B-X", "X"]}, "ents: tag 1 must look like B-LABEL, I-LABEL or O, got 'X'"),
        ({"sent_starts": [True, "yes"]}, "sent_starts: expected true, false or None, got 'yes'"),
    ],
)
def test_annotation_that_does_not_fit_is_one_clear_error(vocab: Vocab, annotation: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Doc(vocab, ["a", "b"], **annotation)


def test_sentences_follow_from_the_heads(vocab: Vocab) -> None:
    doc = Doc(
        vocab,
        ["a", "b", "c", "d"],
        heads=[1, 1, 3, 3],
        deps=["x", "ROOT", "y", "ROOT"],
        sent_starts=[1, 1, 1, 1],
    )

    assert [sent.text for sent in doc.sents] == ["a b", "c d"]
    assert doc.column("SENT_START").tolist() == [1, -1, 1, -1]


def test_a_root_without_annotation_starts_no_sentence(vocab: Vocab) -> None:
    doc = Doc(vocab, ["a", "b", "c"], heads=[0, 1, 2], deps=["ROOT", "", "ROOT"])

    assert doc.column("SENT_START").tolist() == [1, -1, 1]


def test_sentence_starts_can_be_given(vocab: Vocab) -> None:
    doc = Doc(vocab, ["a", "b", "c", "d"], sent_starts=[True, None, False, True])

    assert [sent.text for sent in doc.sents] == ["a b c", "d"]
    assert [token.is_sent_start for token in doc] == [True, None, False, True]


def test_sentences_that_nobody_set_are_an_error(vocab: Vocab) -> None:
    with pytest.raises(DataError, match="sentence boundaries are not set; add a component"):
        list(Doc(vocab, ["a", "b"]).sents)


def test_an_empty_document_has_no_sentences_or_entities(vocab: Vocab) -> None:
    doc = Doc(vocab)

    assert doc.text == ""
    assert list(doc.sents) == []
    assert doc.ents == ()
    assert doc.features(["NORM", "TAG"]).shape == (0, 2)
    assert doc.to_json() == {"text": "", "ents": [], "sents": [], "tokens": []}


def test_what_is_annotated_can_be_asked(doc: Doc) -> None:
    assert doc.has_annotation("TAG")
    assert doc.has_annotation(attrs.LEMMA, require_complete=True)
    assert doc.has_annotation("MORPH")
    assert not doc.has_annotation("MORPH", require_complete=True)
    assert not doc.has_annotation("ENT_IOB", require_complete=True)
    assert doc.has_annotation("DEP", require_complete=True)
    assert doc.has_annotation("HEAD", require_complete=True)
    assert doc.has_annotation("SENT_START", require_complete=True)
    assert not doc.has_annotation("ENT_KB_ID")


def test_a_bare_document_has_no_annotation(vocab: Vocab) -> None:
    doc = Doc(vocab, ["a", "b"])

    assert not any(
        map(doc.has_annotation, ["TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START", "ENT_IOB"])
    )
    assert all(map(doc.has_annotation, ["ORTH", "LOWER", "NORM", "IS_ALPHA", "SPACY"]))


def test_arrays_carry_annotation_over(doc: Doc) -> None:
    names = ["TAG", "POS", "MORPH", "LEMMA", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE"]

    again = Doc(doc.vocab, WORDS, [True, True, True, False, False]).from_array(names, doc.to_array(names))

    assert again.to_json() == doc.to_json()


def test_one_attribute_is_a_flat_array(doc: Doc) -> None:
    assert doc.to_array("POS").tolist() == [90, 92, 100, 85, 97]
    assert doc.to_array(["POS"]).shape == (5,)
    assert doc[0:2].to_array(["POS"]).shape == (2, 1)
    assert doc.to_array(["IDX", "LENGTH"]).tolist() == [[0, 3], [4, 3], [8, 3], [12, 4], [16, 1]]


def test_an_unknown_attribute_is_named(doc: Doc) -> None:
    with pytest.raises(DataError, match="unknown name, got 'LEMA'; did you mean 'LEMMA'"):
        doc.to_array("LEMA")


def test_a_copy_changes_alone(doc: Doc) -> None:
    doc.spans["sc"] = [Span(doc, 0, 2, "X")]
    doc.cats["A"] = 1.0

    copied = doc.copy()
    copied[0].tag_ = "XX"
    copied.spans["sc"].append(copied[1:2])
    copied.cats["A"] = 0.0

    assert doc[0].tag_ == "DT"
    assert len(doc.spans["sc"]) == 1
    assert doc.cats == {"A": 1.0}
    assert copied.to_json()["tokens"][1:] == doc.to_json()["tokens"][1:]


def test_bytes_give_the_document_back(doc: Doc) -> None:
    doc.user_data[("key", 1)] = [1, 2]
    doc.cats = {"A": 0.5}
    doc.tensor = np.ones((5, 2), dtype=np.float32)
    doc.spans["sc"] = [Span(doc, 0, 2, "X", kb_id="Q1", span_id="id")]

    again = Doc(Vocab()).from_bytes(doc.to_bytes())

    assert again.to_json() == doc.to_json()
    assert again.user_data == {("key", 1): [1, 2]}
    assert again.tensor.tolist() == doc.tensor.tolist()
    assert again.spans["sc"][0].id_ == "id"
    assert not again.has_unknown_spaces


def test_damaged_bytes_are_a_clear_error(vocab: Vocab) -> None:
    with pytest.raises(DataError, match="doc: not a document's bytes"):
        Doc(vocab).from_bytes(b"\x93\x01")


def test_a_slice_becomes_a_document(doc: Doc) -> None:
    piece = doc[1:4].as_doc()

    assert piece.text == "cat sat down"
    assert [token.head.i for token in piece] == [1, 1, 1]
    assert [ent.label_ for ent in piece.ents] == ["ANIMAL"]


@pytest.mark.parametrize(
    ("start", "end", "mode", "expected"),
    [
        (4, 7, "strict", "cat"),
        (4, 6, "strict", None),
        (5, 11, "contract", "sat"),
        (5, 9, "expand", "cat sat"),
        (4, 17, "strict", "cat sat down."),
        (-1, 3, "strict", None),
        (0, 99, "expand", None),
        (5, 6, "contract", None),
    ],
)
def test_characters_become_spans(doc: Doc, start: int, end: int, mode: str, expected: str | None) -> None:
    span = doc.char_span(start, end, label="X", alignment_mode=mode)

    assert (span and span.text) == expected


def test_an_unknown_alignment_mode_is_refused(doc: Doc) -> None:
    with pytest.raises(DataError, match="alignment_mode must be strict, contract or expand, got 'loose'"):
        doc.char_span(0, 3, alignment_mode="loose")


def test_places_outside_are_index_errors(doc: Doc) -> None:
    with pytest.raises(IndexError, match="no token 5 among 5"):
        doc[5]
    assert doc[-1].text == "."
    assert doc[2:99].text == "sat down."
    assert len(doc[3:1]) == 0


def test_a_file_gives_the_document_back(doc: Doc, tmp_path: Path) -> None:
    doc.to_disk(tmp_path / "doc")

    assert Doc(Vocab()).from_disk(tmp_path / "doc").to_json() == doc.to_json()


def test_only_an_empty_document_can_be_filled(doc: Doc) -> None:
    with pytest.raises(DataError, match="only an empty document can be filled, got one of 5 tokens"):
        doc.from_bytes(doc.to_bytes())


def test_an_array_that_does_not_fit_is_refused(doc: Doc) -> None:
    with pytest.raises(
        DataError, match=r"expected an array for 5 tokens and 2 attributes, got shape \(5, 1\)"
    ):
        doc.from_array(["TAG", "POS"], np.zeros((5, 1), dtype=np.uint64))


def test_added_attributes_are_described_where_asked_for(doc: Doc) -> None:
    with pytest.raises(DataError, match=r"Doc\._\.missing: no such attribute"):
        doc.to_json(underscore=["missing"])


def test_vectors_are_read_through_tokens_and_spans(vocab: Vocab) -> None:
    vocab.set_vector("a", [1.0, 3.0])
    vocab.set_vector("b", [3.0, 5.0])
    doc = Doc(vocab, ["a", "b", "c"])

    assert doc[0].vector.tolist() == [1.0, 3.0]
    assert doc[0:2].vector.tolist() == [2.0, 4.0]
    assert [token.is_oov for token in doc] == [False, False, True]


def test_a_token_without_text_is_refused(vocab: Vocab) -> None:
    with pytest.raises(DataError, match="words: token 1 has no text, got ''"):
        Doc(vocab, ["a", "", "b"])


def test_entities_that_are_none_are_refused(vocab: Vocab) -> None:
    doc = Doc(vocab, ["a", "b"])

    with pytest.raises(DataError, match="ents: expected spans, or tuples of label, start and end, got a"):
        doc.set_ents(doc[0:1])


def test_attributes_are_set_from_a_list_too(vocab: Vocab) -> None:
    doc = Doc(vocab, ["a", "b"])

    doc.from_array(["TAG"], [[vocab.strings.add("X")], [vocab.strings.add("Y")]])  # type: ignore[arg-type]

    assert [token.tag_ for token in doc] == ["X", "Y"]
