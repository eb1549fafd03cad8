"""The distinct words of a batch, for computing values that depend on the word alone only once per word.

Text is repetitive: a batch of 10,000 tokens has some 2,500 distinct words.

Axes
    N   tokens of the batch, all documents one after the other
    U   distinct words
    A   attributes
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernel.text.doc.doc_arrays import distinct_pairs
from kernel.tokens import Doc


@dataclass(frozen=True)
class Tokens:
    """The tokens of some documents, one document after the other.

    Attributes:
        rows_N: Row of each token in the vocabulary's lexeme table, int32.
        norms_N: The NORM set for each token in its document, 0 for none, uint64; None if no token has one.
    """

    rows_N: Any
    norms_N: Any | None

    @classmethod
    def of(cls, docs: Sequence[Doc], attrs: Sequence[str]) -> Tokens:
        """Read the tokens of documents; NORMs only if `attrs` includes NORM."""
        if not docs:
            return cls(np.zeros(0, dtype=np.int32), None)
        rows_N = np.concatenate([doc.column("LEX") for doc in docs])
        if "NORM" not in attrs or not any(doc.has_column("NORM") for doc in docs):
            return cls(rows_N, None)
        return cls(rows_N, np.concatenate([doc.column("NORM") for doc in docs]))

    def some(self, indices: Any) -> Tokens:
        """Select tokens by their indices."""
        return Tokens(self.rows_N[indices], None if self.norms_N is None else self.norms_N[indices])


@dataclass(frozen=True)
class DistinctWords:
    """The distinct words among some tokens.

    Two tokens are the same word if they share the lexeme and the NORM set in the document (as by a tokenizer
    exception: "n't" is "not").

    Attributes:
        rows_U: Row of each distinct word in the vocabulary's lexeme table.
        norms_U: NORM set in the document, 0 for none, uint64.
        word_N: Index of each token's distinct word, int64.
    """

    rows_U: Any
    norms_U: Any
    word_N: Any

    @classmethod
    def among(cls, tokens: Tokens) -> DistinctWords:
        """Find the distinct words among tokens."""
        if tokens.norms_N is None:
            rows_U, word_N = np.unique(tokens.rows_N, return_inverse=True)
            return cls(rows_U, np.zeros(len(rows_U), dtype=np.uint64), word_N)
        return cls(*distinct_pairs(tokens.rows_N, tokens.norms_N))

    def features(self, vocab: Any, attrs: Sequence[str]) -> Any:
        """Return the attributes of each word, uint64 (U, A)."""
        keys_UA = vocab.lexemes.features(self.rows_U, attrs)
        if "NORM" in attrs and self.norms_U.any():
            column = list(attrs).index("NORM")
            keys_UA[:, column] = np.where(self.norms_U != 0, self.norms_U, keys_UA[:, column])
        return keys_UA
