"""A cache for prediction with a bag of words: the scores that each word of the vocabulary contributes.

Axes
    N   tokens of the batch, all documents one after the other
    U   distinct words that are not cached
    K   rows of the vocabulary's lexeme table
    L   labels
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from thinc.api import Ops

from kernel.system.concurrency import ForkSafeLock

#: Maximum number of cached values; a larger vocabulary is not cached.
CAPACITY = 1 << 24


class WordScores:
    """The scores of words with one set of weights, cleared by training or new weights; threads may share it."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self.clear()

    def __deepcopy__(self, memo: dict[int, Any]) -> WordScores:
        """Return an empty cache: the copy of a layer has weights of its own."""
        return WordScores()

    def clear(self) -> None:
        """Remove all words; called before the weights change."""
        self._vocab: Any = None
        self._generation = 0
        self._weights: Any = None
        self._bias_L: Any = None
        self._scores_KL: Any = None
        self._is_known_K = np.zeros(0, dtype=bool)

    def look_up(
        self,
        ops: Ops,
        vocab: Any,
        weights: tuple[Any, Any],
        rows_N: Any,
        compute: Callable[[Any], Any],
    ) -> Any | None:
        """Look up the scores of words, and compute and add those that are missing.

        Args:
            ops: The model's ops.
            vocab: The vocabulary that the rows belong to.
            weights: The array that the scores depend on, (V, L), and the biases, (L). The cache is cleared if the
                array is not that of the last call, or if the biases have changed: training changes the array in place
                and the biases with it.
            rows_N: Rows of the words in the vocabulary's lexeme table, at least one.
            compute: Computes the scores (U, L) of distinct words from their rows.

        Returns:
            The scores of all rows, (K, L), valid for the rows in `rows_N`; None if they exceed CAPACITY.
        """
        with self._lock:
            W_VL, bias_L = weights[0], np.array(ops.to_numpy(weights[1]))
            if (
                self._vocab is not vocab
                or self._weights is not W_VL
                or not np.array_equal(self._bias_L, bias_L)
            ):
                self.clear()
                self._vocab, self._weights, self._bias_L = vocab, W_VL, bias_L
                self._generation = vocab.lexemes.generation
            self._drop_forgotten(vocab.lexemes)
            n_rows, n_labels = int(rows_N.max()) + 1, W_VL.shape[1]
            if n_rows * n_labels > CAPACITY:
                return None
            if n_rows > len(self._is_known_K):
                self._reach(ops, max(n_rows, min(2 * n_rows, CAPACITY // n_labels)), n_labels)
            is_new_N = ~self._is_known_K[rows_N]
            if is_new_N.any():
                rows_U = np.unique(rows_N[is_new_N])
                self._scores_KL[ops.asarray(rows_U)] = compute(rows_U)
                self._is_known_K[rows_U] = True
            return self._scores_KL

    def _drop_forgotten(self, lexemes: Any) -> None:
        """Remove words that the vocabulary has freed, since other words may have taken their rows."""
        generation = lexemes.generation
        if generation == self._generation:
            return
        freed_K = lexemes.freed_since(self._generation)
        rows = slice(None) if freed_K is None else freed_K[freed_K < len(self._is_known_K)]
        self._is_known_K[rows] = False
        self._generation = generation

    def _reach(self, ops: Ops, n_rows: int, n_labels: int) -> None:
        """Enlarge the cache, in new arrays, since other threads may be reading the old ones."""
        scores_KL, is_known_K = ops.alloc2f(n_rows, n_labels), np.zeros(n_rows, dtype=bool)
        n_old = len(self._is_known_K)
        if n_old:
            scores_KL[:n_old], is_known_K[:n_old] = self._scores_KL, self._is_known_K
        self._scores_KL, self._is_known_K = scores_KL, is_known_K
