"""A cache of word vectors across the batches of prediction.

The vector of a word before encoding depends on the word alone, and most words of a batch were in earlier ones. The
cache is bounded, belongs to one vocabulary and one set of weights, and is cleared by training.

Axes as in `words`, and
    O   width of a word's vector
    K   slots of the cache
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from thinc.api import Ops

from kernel.system.concurrency import ForkSafeLock
from pkg_tok2vec.words import DistinctWords, Tokens

#: Maximum number of cached words; one more clears the cache.
CAPACITY = 16384
#: Weights of up to this many values are compared by value, since training changes arrays in place, and all of them.
WATCHED = 4096


class CachedWords:
    """The words of one generation of the cache; slots are only added.

    Attributes:
        vectors_KO: The vector of each slot; slots from `n_words` on are unused.
        n_words: Number of slots in use.
        derived: Values that other layers compute from the vectors, kept for as long as the vectors.
    """

    def __init__(self, ops: Ops, width: int, n_slots: int) -> None:
        self.vectors_KO = ops.alloc2f(n_slots, width)
        self.n_words = 0
        self.derived: dict[int, Any] = {}
        self._ops = ops
        self._slot_of_row = np.full(0, -1, dtype=np.int32)
        self._slot_of_pair: dict[tuple[int, int], int] = {}

    @property
    def room(self) -> int:
        """The number of free slots."""
        return len(self.vectors_KO) - self.n_words

    def find(self, tokens: Tokens) -> Any:
        """Return the slot of each token's word, int32 (N); -1 for a word that is not cached."""
        self._reach(tokens.rows_N)
        slot_N = self._slot_of_row[tokens.rows_N]
        if tokens.norms_N is None:
            return slot_N
        own = np.flatnonzero(tokens.norms_N)
        if len(own):
            words = DistinctWords.among(tokens.some(own))
            pairs = zip(words.rows_U.tolist(), words.norms_U.tolist(), strict=True)
            slot_U = np.asarray([self._slot_of_pair.get(pair, -1) for pair in pairs], dtype=np.int32)
            slot_N[own] = slot_U[words.word_N]
        return slot_N

    def add(self, words: DistinctWords, vectors_UO: Any) -> None:
        """Add words that are not cached yet."""
        slots = np.arange(self.n_words, self.n_words + len(words.rows_U), dtype=np.int32)
        self.vectors_KO[self.n_words : self.n_words + len(slots)] = vectors_UO
        plain = words.norms_U == 0
        self._slot_of_row[words.rows_U[plain]] = slots[plain]
        own = np.flatnonzero(~plain)
        pairs = zip(words.rows_U[own].tolist(), words.norms_U[own].tolist(), strict=True)
        self._slot_of_pair.update(zip(pairs, slots[own].tolist(), strict=True))
        self.n_words += len(slots)

    def drop(self, rows: Any) -> None:
        """Remove words by row, since other words may have taken the rows; their slots stay unused."""
        self._slot_of_row[rows[rows < len(self._slot_of_row)]] = -1
        freed = set(rows.tolist())
        self._slot_of_pair = {pair: slot for pair, slot in self._slot_of_pair.items() if pair[0] not in freed}

    def _reach(self, rows_N: Any) -> None:
        n_rows = int(rows_N.max()) + 1 if len(rows_N) else 0
        if n_rows > len(self._slot_of_row):
            longer = np.full(max(n_rows, 2 * len(self._slot_of_row)), -1, dtype=np.int32)
            longer[: len(self._slot_of_row)] = self._slot_of_row
            self._slot_of_row = longer


class WordCache:
    """The cache of one embedding layer; safe to share between threads.

    A thread never sees changes to the words that it reads: a generation only grows, and the next one is a new object.
    """

    def __init__(self) -> None:
        self.lock = ForkSafeLock()
        self._now: CachedWords | None = None
        self._vocab: Any = None
        self._generation = 0
        self._weights: list[Any] = []
        self._values: list[Any] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> WordCache:
        """Return an empty cache: the copy of a layer has weights of its own."""
        return WordCache()

    def clear(self) -> None:
        """Remove all words; called before the weights change."""
        self._now, self._vocab, self._weights, self._values = None, None, [], []

    def look_up(
        self,
        ops: Ops,
        vocab: Any,
        weights: Sequence[Any],
        tokens: Tokens,
        embed: Callable[[DistinctWords], Any],
    ) -> tuple[CachedWords, Any]:
        """Look up each token's word, and compute and add those that are missing.

        Args:
            ops: The model's ops.
            vocab: The vocabulary that the tokens' rows belong to.
            weights: The arrays that the vectors depend on; the cache is cleared if they are not the arrays of the last
                call, or if values of small ones have changed.
            tokens: The tokens of the batch.
            embed: Computes the vectors (U, O) of words.

        Returns:
            The cached words, and the slot of each token's word, int32 (N).
        """
        with self.lock:
            values = [np.array(ops.to_numpy(array)) for array in weights if array.size <= WATCHED]
            # Read before the lookup: words that another thread frees in the vocabulary later are dropped next time.
            generation = vocab.lexemes.generation
            cached = self._valid(vocab, weights, values, generation)
            slot_N = None if cached is None else cached.find(tokens)
            missing = tokens if slot_N is None else tokens.some(np.flatnonzero(slot_N < 0))
            if cached is not None and slot_N is not None and not len(missing.rows_N):
                return cached, slot_N
            words = DistinctWords.among(missing)
            if cached is not None and cached.room < len(words.rows_U):
                cached, words = None, DistinctWords.among(tokens)
            vectors_UO = embed(words)
            if cached is None:
                self._generation = generation
                cached = CachedWords(ops, vectors_UO.shape[1], max(CAPACITY, len(words.rows_U)))
                self._now, self._vocab, self._weights, self._values = cached, vocab, list(weights), values
            cached._reach(words.rows_U)
            cached.add(words, vectors_UO)
            return cached, cached.find(tokens)

    def _valid(
        self, vocab: Any, weights: Sequence[Any], values: Sequence[Any], generation: int
    ) -> CachedWords | None:
        """Return the current words if vocabulary and weights are unchanged, without words freed meanwhile."""
        same = self._vocab is vocab and len(self._weights) == len(weights)
        same = same and all(was is now for was, now in zip(self._weights, weights, strict=True))
        same = same and all(map(np.array_equal, self._values, values))
        if not same or self._now is None:
            return None
        if self._generation != generation:
            freed = vocab.lexemes.freed_since(self._generation)
            if freed is None:
                return None
            self._now.drop(freed)
            self._generation = generation
        return self._now
