"""The places of a batch: its tokens without those of whitespace, one document after the other.

Axes
    N   tokens of the batch
    K   places of the batch
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
class Places:
    """Where the words of a batch are.

    Attributes:
        offsets_D: First token of each document; one more for the end.
        first_D: First place of each document; one more for the end.
        token_K: Token of each place.
        place_N: Places before each token; one more for the end. For a word, its own place.
        is_word_N: Whether a token is more than whitespace.
    """

    offsets_D: Any
    first_D: Any
    token_K: Any
    place_N: Any
    is_word_N: Any

    def marks(self, marked_N: Any) -> Any:
        """Tell which places are marked, counting marks on whitespace for the word behind it, bool (K)."""
        before_N = np.append(0, np.cumsum(marked_N))
        counts_K = before_N[self.token_K + 1]
        marked_K = np.diff(counts_K, prepend=0) > 0
        # Marks at the end of a document say nothing of the next one.
        first = self.first_D[:-1][self.first_D[:-1] < self.first_D[1:]]
        marked_K[first] = True
        return marked_K


def find_places(docs: Sequence[Doc]) -> Places:
    """Find the words of a batch."""
    offsets_D = np.cumsum([0, *(len(doc) for doc in docs)])
    is_word_N = features(docs, ["IS_SPACE"])[:, 0] == 0
    place_N = np.append(0, np.cumsum(is_word_N))
    return Places(offsets_D, place_N[offsets_D], np.flatnonzero(is_word_N), place_N, is_word_N)


def forced_starts(docs: Sequence[Doc]) -> Any:
    """Tell where documents say that a sentence starts, 1, or does not, -1; int8 (N)."""
    return np.concatenate([np.zeros(0, dtype=np.int8), *(doc.column("SENT_START") for doc in docs)])
