"""The distinct words of a batch: what depends on the word alone is computed once for each of them.

Running text repeats itself: a batch of 10,000 tokens holds some 2,500 distinct words.

Axes
    N   tokens of the batch, all documents one after the other
    U   distinct words of the batch
    A   attributes
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernel.text.doc import Doc


@dataclass(frozen=True)
class DistinctWords:
    """The distinct words of some documents of one vocabulary.

    Attributes:
        lengths: Tokens of each document.
        rows_U: Row of each distinct word in the vocabulary's lexeme table, int64.
        keys_UA: Attribute values of each distinct word, uint64.
        word_N: Which distinct word each token is, int64.
    """

    lengths: list[int]
    rows_U: Any
    keys_UA: Any
    word_N: Any


def distinct_words(docs: Sequence[Doc], attrs: Sequence[str]) -> DistinctWords:
    """Find the distinct words of some documents, and their attributes.

    Two tokens are one word when they share the lexeme and, where NORM is asked for, the NORM that their documents
    give them (a tokenizer's exception may: "n't" is "not").
    """
    lengths = [len(doc) for doc in docs]
    if not sum(lengths):
        empty = np.zeros(0, dtype=np.int64)
        return DistinctWords(lengths, empty, np.zeros((0, len(attrs)), dtype=np.uint64), empty)
    rows_N = np.concatenate([doc.column("LEX") for doc in docs])
    table = docs[0].vocab.lexemes
    norms_N = _norms(docs) if "NORM" in attrs else None
    if norms_N is None:
        rows_U, word_N = np.unique(rows_N, return_inverse=True)
        return DistinctWords(lengths, rows_U, table.features(rows_U, attrs), word_N)
    norms, norm_N = np.unique(norms_N, return_inverse=True)
    pairs_U, word_N = np.unique(rows_N.astype(np.int64) * len(norms) + norm_N, return_inverse=True)
    rows_U, norm_U = pairs_U // len(norms), norms[pairs_U % len(norms)]
    keys_UA = table.features(rows_U, attrs)
    column = list(attrs).index("NORM")
    keys_UA[:, column] = np.where(norm_U != 0, norm_U, keys_UA[:, column])
    return DistinctWords(lengths, rows_U, keys_UA, word_N)


def _norms(docs: Sequence[Doc]) -> Any:
    """Concatenate the documents' own NORMs; None when no token has one."""
    norms_N = np.concatenate([doc.column("NORM") for doc in docs])
    return norms_N if norms_N.any() else None
