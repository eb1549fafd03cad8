"""Documents as the JSON that spaCy 2 trained on."""

from __future__ import annotations

import json

import pytest

from kernel.errors import DataError
from kernel.tokens import Doc, Span
from kernel.training import docs_to_json
from kernel.vocab import Vocab

VOCAB = Vocab()


def test_a_document_becomes_a_paragraph_with_what_it_is_annotated_with() -> None:
    doc = Doc(
        VOCAB,
        ["Ann", "ran", ".", "Yes"],
        spaces=[True, False, False, False],
        tags=["NNP", "VBD", ".", "UH"],
        morphs=["Number=Sing", "", "", ""],
        heads=[1, 1, 1, 3],
        deps=["nsubj", "ROOT", "punct", "ROOT"],
    )
    doc.ents = [Span(doc, 0, 1, "PER", kb_id="Q1")]
    doc.cats = {"sport": 1.0}

    found = docs_to_json(doc, doc_id=7)

    first = {"id": 0, "orth": "Ann", "space": " ", "tag": "NNP", "morph": "Number=Sing"}
    assert found["id"] == 7
    (paragraph,) = found["paragraphs"]
    assert paragraph["raw"] == "Ann ran.Yes"
    assert [len(sentence["tokens"]) for sentence in paragraph["sentences"]] == [3, 1]
    assert paragraph["sentences"][0]["tokens"][0] == {**first, "dep": "nsubj", "head": 1, "ner": "U-PER"}
    assert paragraph["cats"] == [{"label": "sport", "value": 1.0}]
    assert paragraph["entities"] == [(0, 3, "PER")]
    assert paragraph["links"] == [{"0:3": {"Q1": 1.0}}]
    assert json.loads(json.dumps(found))["paragraphs"][0]["sentences"] == paragraph["sentences"]


def test_what_a_document_does_not_say_is_left_out() -> None:
    docs = [Doc(VOCAB, ["a"], sent_starts=[True]), Doc(VOCAB, ["b"], sent_starts=[True])]

    found = docs_to_json(docs)["paragraphs"]

    tokens = [paragraph["sentences"][0]["tokens"] for paragraph in found]
    assert tokens == [[{"id": 0, "orth": "a", "space": " "}], [{"id": 0, "orth": "b", "space": " "}]]


def test_a_document_without_sentences_is_refused() -> None:
    with pytest.raises(DataError, match="sentence"):
        docs_to_json(Doc(VOCAB, ["a", "b"]))
