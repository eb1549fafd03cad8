"""Hashed sequences of words: those that Thinc and spaCy have, in arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import NumpyOps, SparseLinear_v2

from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab
from pkg_textcat.bow import WordSum
from pkg_textcat.ngrams import ngram_rows, sequence_keys

VOCAB = Vocab()
texts = st.lists(st.lists(st.sampled_from("abcde"), max_size=6), min_size=1, max_size=5)


def documents(words):
    return [Doc(VOCAB, words=list(each)) for each in words]


@given(keys=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=8), n=st.integers(2, 4))
def test_keys_of_sequences_are_those_of_thinc(keys, n):
    keys_N = np.asarray(keys, dtype=np.uint64)
    starts_F = np.arange(max(0, len(keys) - n + 1))

    assert sequence_keys(keys_N, starts_F, n).tolist() == NumpyOps().ngrams(n, keys_N).tolist()


def thincs_scores(docs, n, W_VL, b_L):
    """Score documents by Thinc's sparse linear layer, one key after the other."""
    layer = SparseLinear_v2(nO=W_VL.shape[1], length=len(W_VL))
    layer.set_param("W", np.ascontiguousarray(W_VL.T).reshape(-1))
    layer.set_param("b", b_L)
    keys = [
        np.concatenate(
            [
                NumpyOps().ngrams(size, doc.column("ORTH").astype(np.uint64))
                if len(doc) >= size
                else np.zeros(0, "uint64")
                for size in range(2, n + 1)
            ]
            + [doc.column("ORTH").astype(np.uint64)]
        )
        for doc in docs
    ]
    lengths = np.asarray([len(each) for each in keys], dtype="int32")
    flat = np.concatenate(keys)
    return layer.predict((flat, np.ones(len(flat), dtype="f"), lengths))


def test_a_sum_of_words_is_thincs_sparse_linear_layer():
    docs = documents(["abcab", "", "e", "dd"])
    rng = np.random.default_rng(0)
    W_VL, b_L = rng.normal(size=(64, 3)).astype("f"), rng.normal(size=3).astype("f")
    layer = WordSum("ORTH", 3, 64, 3)
    layer.set_param("W", W_VL)
    layer.set_param("b", b_L)

    expected = thincs_scores(docs, 3, W_VL, b_L)

    np.testing.assert_allclose(layer.predict(docs), expected, atol=1e-5)
    np.testing.assert_allclose(layer(docs, is_train=True)[0], expected, atol=1e-5)


@given(words=texts, n=st.integers(1, 4))
def test_sequences_stay_within_their_documents(words, n):
    docs = documents(words)

    together = list(ngram_rows(docs, "ORTH", range(1, n + 1), 1024))
    alone = [list(ngram_rows([doc], "ORTH", range(1, n + 1), 1024)) for doc in docs]

    for size, (rows_F2, lengths_B) in enumerate(together, start=1):
        assert lengths_B.tolist() == [max(0, len(doc) - size + 1) for doc in docs]
        assert rows_F2.tolist() == [row for grams in alone for row in grams[size - 1][0].tolist()]


def test_the_attribute_tells_words_apart():
    docs = documents([["Cat", "cat"]])

    ((by_form, _),) = ngram_rows(docs, "ORTH", [1], 1024)
    ((by_lower, _),) = ngram_rows(docs, "LOWER", [1], 1024)

    assert by_form[0].tolist() != by_form[1].tolist()
    assert by_lower[0].tolist() == by_lower[1].tolist()
