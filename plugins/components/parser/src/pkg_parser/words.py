"""The words of a batch: its tokens that are not whitespace, one document after the other.

Axes
    N   tokens of the batch
    K   words of the batch
    D   documents
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernel.text.doc.columns import features
from kernel.tokens import Doc


@dataclass(frozen=True)
class Words:
    """The mapping between the tokens and the words of a batch.

    Attributes:
        offsets_D: First token of each document, and the end; (D + 1).
        first_D: First word of each document, and the end; (D + 1).
        token_K: Token of each word.
        word_N: Number of words before each token, and the total; (N + 1). For a word, this is its own index.
        is_word_N: Whether a token is a word.
    """

    offsets_D: Any
    first_D: Any
    token_K: Any
    word_N: Any
    is_word_N: Any

    def marks(self, marked_N: Any) -> Any:
        """Return which words are marked, bool (K); a mark on whitespace counts for the word after it."""
        before_N = np.append(0, np.cumsum(marked_N))
        counts_K = before_N[self.token_K + 1]
        marked_K = np.diff(counts_K, prepend=0) > 0
        # Marks at the end of a document must not carry over to the next one.
        first = self.first_D[:-1][self.first_D[:-1] < self.first_D[1:]]
        marked_K[first] = True
        return marked_K


def find_words(docs: Sequence[Doc]) -> Words:
    """Find the words of a batch."""
    offsets_D = np.cumsum([0, *(len(doc) for doc in docs)])
    is_word_N = features(docs, ["IS_SPACE"])[:, 0] == 0
    word_N = np.append(0, np.cumsum(is_word_N))
    return Words(offsets_D, word_N[offsets_D], np.flatnonzero(is_word_N), word_N, is_word_N)


def forced_starts(docs: Sequence[Doc]) -> Any:
    """Return the sentence starts set in documents, int8 (N): 1 for a start, -1 for none, 0 if not set."""
    return np.concatenate([np.zeros(0, dtype=np.int8), *(doc.column("SENT_START") for doc in docs)])
