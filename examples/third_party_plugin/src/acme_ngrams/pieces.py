"""The pieces of words: runs of their letters, as rows of a table.

Letters at the end of arrays: U words, P pieces of all words one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary
from zlib import crc32

import numpy as np

#: Words that are remembered for one vocabulary; then it is begun anew, so that a long-running service stays flat.
MOST_WORDS = 200_000


class Pieces:
    """Cuts words into pieces, each word once for each vocabulary.

    Args:
        n_rows: Of the table.
        shortest: Letters of the shortest piece.
        longest: Letters of the longest.
    """

    def __init__(self, n_rows: int, shortest: int, longest: int) -> None:
        self.n_rows, self.lengths = n_rows, range(shortest, longest + 1)
        self._known: WeakKeyDictionary[Any, dict[int, Any]] = WeakKeyDictionary()

    def __call__(self, vocab: Any, keys_U: Sequence[int]) -> tuple[Any, Any]:
        """Give the pieces of words.

        Args:
            vocab: Whose words they are.
            keys_U: Numbers of the words' forms.

        Returns:
            Rows of all pieces, int32 (P), and how many each word has, int32 (U).
        """
        known = self._known.setdefault(vocab.strings, {})
        if len(known) > MOST_WORDS:
            known.clear()
        for key in keys_U:
            if key not in known:
                known[key] = self.cut(vocab.strings[key])
        rows = [known[key] for key in keys_U]
        return np.concatenate(rows), np.asarray([len(one) for one in rows], dtype="int32")

    def cut(self, word: str) -> Any:
        """Give the rows of one word's pieces: the whole, and each run of letters, with marks at both ends."""
        marked = f"<{word.lower()}>"
        runs = {marked[at : at + n] for n in self.lengths for at in range(len(marked) - n + 1)} | {marked}
        return np.asarray([crc32(run.encode("utf8")) % self.n_rows for run in sorted(runs)], dtype="int32")
