"""English base noun phrases."""

from __future__ import annotations

import pytest

import kernel
from kernel.errors import DataError
from kernel.tokens import Doc

NLP = kernel.blank("en")


def parsed(words: str, heads: list[int], deps: str, pos: str) -> Doc:
    return Doc(NLP.vocab, words.split(), heads=heads, deps=deps.split(), pos=pos.split())


def test_a_chunk_is_a_noun_with_what_stands_to_its_left() -> None:
    doc = parsed(
        "The old cats and my dogs saw him in New York",
        [2, 2, 6, 2, 5, 2, 6, 6, 6, 10, 8],
        "det amod nsubj cc poss conj ROOT dobj prep compound pobj",
        "DET ADJ NOUN CCONJ PRON NOUN VERB PRON ADP PROPN PROPN",
    )

    assert [chunk.text for chunk in doc.noun_chunks] == ["The old cats", "my dogs", "him", "New York"]
    assert {chunk.label_ for chunk in doc.noun_chunks} == {"NP"}
    assert [chunk.text for chunk in doc[4:8].noun_chunks] == ["my dogs", "him"]


def test_a_conjunct_of_what_is_no_chunk_is_none() -> None:
    doc = parsed("He ran and water", [1, 1, 1, 1], "nsubj ROOT cc conj", "PRON VERB CCONJ NOUN")

    assert [chunk.text for chunk in doc.noun_chunks] == ["He", "water"]


def test_a_document_that_is_not_parsed_has_no_chunks() -> None:
    with pytest.raises(DataError, match="the document has no dependencies; add a parser"):
        list(NLP("The cat").noun_chunks)


def test_a_language_without_rules_says_so() -> None:
    with pytest.raises(DataError, match="no rules for the language 'xx'"):
        list(kernel.blank("xx")("a").noun_chunks)
