"""Vectors and likeness of documents, spans, tokens and words."""

from __future__ import annotations

import numpy as np
import pytest

from kernel.errors import DataError
from kernel.tokens import Doc, Span
from kernel.vocab import Vocab


@pytest.fixture
def doc() -> Doc:
    vocab = Vocab()
    vocab.set_vector("cat", [1.0, 0.0])
    vocab.set_vector("dog", [3.0, 4.0])
    return Doc(vocab, ["cat", "dog", "cloud"])


def test_the_vector_is_the_mean_of_the_words_vectors(doc: Doc) -> None:
    assert doc[0:2].vector.tolist() == [2.0, 2.0]
    assert doc.vector.tolist() == pytest.approx([4 / 3, 4 / 3])
    assert doc[1].vector_norm == 5.0
    assert (doc[2].has_vector, doc[2].is_oov, doc.has_vector) == (False, True, True)
    assert doc[0:0].vector.tolist() == [0.0, 0.0]


def test_similarity_is_the_cosine_and_1_for_the_same_words(doc: Doc) -> None:
    assert doc[0].similarity(doc[1]) == pytest.approx(0.6)
    assert doc.vocab["cat"].similarity(doc[1]) == pytest.approx(0.6)
    assert doc.similarity(doc.copy()) == 1.0
    assert doc[2:3].similarity(doc[2]) == 1.0


def test_similarity_to_what_has_no_vector_is_0_with_a_warning(doc: Doc) -> None:
    with pytest.warns(UserWarning, match="one side has no vector"):
        assert doc[0].similarity(doc[2]) == 0.0
    with pytest.raises(DataError, match="expected a Doc, Span, Token or Lexeme, got 'cat'"):
        doc.similarity("cat")


def test_without_vectors_the_tensor_is_the_meaning() -> None:
    doc = Doc(Vocab(), ["a", "b"])
    doc.tensor = np.array([[1, 2], [3, 4]], dtype=np.float32)

    assert (doc.vector.tolist(), doc[1].vector.tolist()) == ([2.0, 3.0], [3.0, 4.0])
    assert doc.has_vector
    assert doc[0:1].has_vector


def test_hooks_of_the_document_answer_first(doc: Doc) -> None:
    doc.user_hooks["similarity"] = lambda one, other: 0.25
    doc.user_span_hooks["vector"] = lambda span: np.ones(2)
    doc.user_token_hooks["has_vector"] = lambda token: True
    doc.user_token_hooks["sentiment"] = lambda token: 0.5
    doc.user_hooks["sents"] = lambda whole: [whole[0:1], whole[1:3]]

    assert doc.similarity(doc) == 0.25
    assert doc[0:1].vector.tolist() == [1.0, 1.0]
    assert doc[2].has_vector
    assert doc[0:2].sentiment == 0.5
    assert [sent.text for sent in doc.sents] == ["cat", "dog cloud"]


def test_a_vector_can_be_given(doc: Doc) -> None:
    doc.vector = np.array([7.0, 7.0])

    assert doc.vector.tolist() == [7.0, 7.0]
    assert Span(doc, 0, 1, vector=np.ones(2)).vector.tolist() == [1.0, 1.0]


def test_a_word_has_probability_cluster_and_sentiment_from_tables(doc: Doc) -> None:
    word = doc.vocab["cat"]
    assert (word.prob, word.cluster, word.sentiment) == (-20.0, 0, 0.0)

    word.prob, word.cluster, word.sentiment = -3.0, 5, 0.5

    assert (doc[0].prob, doc[0].cluster, doc[0].sentiment) == (-3.0, 5, 0.5)
    assert doc.vocab.lookups.get_table("lexeme_prob")["cat"] == -3.0


def test_several_attributes_of_a_word_are_set_by_name(doc: Doc) -> None:
    doc.vocab["cat"].set_attrs(is_stop=True, norm="CAT", prob=-1.0)

    word = doc.vocab["cat"]
    assert (word.is_stop, word.norm_, word.prob) == (True, "CAT", -1.0)
