"""Forget words that no document uses any more, and the strings that only these words used.

A long-running service keeps meeting new words. New words in a memory zone are forgotten when the zone ends; outside of
zones, words are forgotten when there are many more than documents use. A word is kept as long as a document uses it or
if an attribute of it was set by hand; its string is also kept if it was stored otherwise, such as a component's label.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from kernel.system.concurrency import SharedLock, WeakRegistry

if TYPE_CHECKING:
    from kernel.text.base.strings import StringStore
    from kernel.text.vocab.vocab import Vocab

T = TypeVar("T")

#: No words are forgotten while there are at most this many. The first half of them is always kept, because words seen
#: first tend to be the most frequent.
KEPT = 1 << 15
#: Transient strings per word: its forms, and annotation.
_STRINGS_PER_WORD = 4
#: How many string numbers are deduplicated together.
_BATCH = 1 << 18


class WordUser(Protocol):
    """An object that refers to rows of the lexeme table and to strings."""

    def used_rows(self) -> npt.NDArray[np.int32]:
        """Return the rows of its words."""
        ...

    def used_strings(self) -> npt.NDArray[np.uint64]:
        """Return the numbers of the strings that its annotation refers to, possibly with duplicates."""
        ...


class WordMemory:
    """Tracks which objects use the words of a vocabulary, and forgets unused words.

    Threads may share a vocabulary. Code that holds rows which no document uses yet must run inside `with memory:`,
    which keeps all words meanwhile, or in a function passed to `undisturbed`, which takes no lock.

    Attributes:
        kept: No words are forgotten while there are at most this many.
        watch: `watch(user)` keeps the words of an object for as long as it lives.
    """

    def __init__(self, vocab: Vocab, kept: int = KEPT) -> None:
        """Create the memory of a vocabulary.

        Args:
            vocab: The vocabulary.
            kept: No words are forgotten while there are at most this many.
        """
        self._start(vocab, vocab.strings, kept)

    def _start(self, vocab: Vocab, strings: StringStore, kept: int) -> None:
        self.kept = kept
        self._vocab = weakref.ref(vocab)
        self._holders = SharedLock(strings.lock)
        self._users: WeakRegistry[WordUser] = WeakRegistry()
        self.watch: Callable[[WordUser], None] = self._users.add
        self._limit = kept
        self._string_limit = kept * _STRINGS_PER_WORD
        # Odd while words are being forgotten.
        self._n_turns = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> WordMemory:
        """Create the memory of the copied vocabulary; documents copied with it register themselves."""
        vocab, copied = self._of(), WordMemory.__new__(WordMemory)
        memo[id(self)] = copied
        copied._start(deepcopy(vocab, memo), deepcopy(vocab.strings, memo), self.kept)
        return copied

    def __enter__(self) -> None:
        self._holders.__enter__()

    def __exit__(self, *error: object) -> None:
        self._holders.__exit__(*error)

    def undisturbed(self, work: Callable[[], T]) -> T:
        """Call a function that looks up rows and hands them to a watched object.

        It is called without a lock, and again inside `with memory:` if words were forgotten meanwhile.

        Args:
            work: The function; it may be called twice.
        """
        turn = self._n_turns
        if not turn & 1:
            try:
                result = work()
            except Exception:
                if self._n_turns == turn:
                    raise
            else:
                # Forgetting starts a turn before it collects the used words: either it saw the watched object, or the
                # turn has changed.
                if self._n_turns == turn:
                    return result
        with self:
            return work()

    @property
    def in_zone(self) -> bool:
        """Whether this thread or task is in a memory zone."""
        return self._of().strings.in_memory_zone

    def tidy(self) -> None:
        """Forget unused words if there are many; call it only while all rows in use belong to watched objects."""
        if self._has_many() and not self.in_zone:
            with self._holders.alone() as is_alone:
                # Checked again, because another thread may have done it meanwhile.
                if is_alone and self._has_many():
                    self._forget_unused()

    def forget_unused(self) -> None:
        """Forget words that no document uses, except the first ones, and strings that nothing refers to."""
        with self._holders.alone() as is_alone:
            if is_alone:
                self._forget_unused()

    @contextmanager
    def open_zone(self) -> Iterator[None]:
        """Open a block whose new words and strings are forgotten when it ends, unless a document uses them."""
        lexemes, strings = self._of().lexemes, self._of().strings
        with strings.lock:
            # The forms of existing words must not count as new.
            lexemes.complete()
            n_words, n_strings = lexemes.n_came, strings.n_came
        try:
            with strings.open_zone():
                yield
        finally:
            # A zone that was never closed ends when it is garbage-collected, perhaps together with the vocabulary.
            if self._vocab() is not None:
                with self._holders.alone() as is_alone:
                    if is_alone:
                        self._forget(lexemes.newest(n_words), strings.passing(n_strings))
                # Forgets older words that only this zone kept: a service may never be outside of all zones.
                self.tidy()

    def _of(self) -> Vocab:
        vocab = self._vocab()
        if vocab is None:
            raise ReferenceError("memory: the vocabulary no longer exists")
        return vocab

    def _has_many(self) -> bool:
        vocab = self._of()
        return len(vocab.lexemes) > self._limit or vocab.strings.n_passing > self._string_limit

    def _forget_unused(self) -> None:
        lexemes, strings = self._of().lexemes, self._of().strings
        n_first = min(self.kept // 2, len(lexemes))
        by_age = lexemes.newest()[::-1]
        self._forget(by_age[n_first:], strings.passing()[::-1], staying=by_age[:n_first])
        self._limit = max(self.kept, n_first + 2 * (len(lexemes) - n_first))
        self._string_limit = max(self.kept * _STRINGS_PER_WORD, 2 * strings.n_passing)

    def _forget(self, rows: list[int], strings: list[str], staying: Sequence[int] = ()) -> None:
        """Forget unused words among these rows, and strings that neither remaining nor `staying` rows need."""
        # Odd from here on, even if the end of the previous turn was interrupted.
        self._n_turns |= 1
        try:
            self._forget_all_but_used(rows, strings, staying)
        finally:
            self._n_turns += 1

    def _forget_all_but_used(self, rows: list[int], strings: list[str], staying: Sequence[int]) -> None:
        lexemes, store = self._of().lexemes, self._of().strings
        is_used = np.zeros(len(lexemes.words), dtype=bool)
        users = list(self._users)
        for user in users:
            is_used[user.used_rows()] = True
        candidates = np.array(rows, dtype=np.int64)
        stays = is_used[candidates]
        freed = lexemes.forget(candidates[~stays].tolist())
        # The remaining candidates, and the staying rows, still need their forms.
        remains = np.zeros(len(lexemes.words), dtype=bool)
        remains[candidates] = True
        remains[freed] = False
        remains[np.array(staying, dtype=np.int64)] = True
        of_words = lexemes.strings_of(np.flatnonzero(remains).astype(np.int32)).reshape(-1)
        used = _distinct(chain([of_words], (user.used_strings() for user in users)))
        numbers = np.fromiter(map(store.__getitem__, strings), dtype=np.uint64, count=len(strings))
        is_needed = np.isin(numbers, used).tolist()
        store.forget([string for string, needed in zip(strings, is_needed, strict=True) if not needed])


def _distinct(arrays: Iterable[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    """Return the distinct numbers of many arrays, using little more memory than for these."""
    distinct = np.zeros(0, dtype=np.uint64)
    pieces: list[npt.NDArray[np.uint64]] = []
    n_new = 0
    for array in arrays:
        pieces.append(array)
        n_new += len(array)
        if n_new > max(_BATCH, len(distinct)):
            distinct, pieces, n_new = np.unique(np.concatenate([distinct, *pieces])), [], 0
    return np.unique(np.concatenate([distinct, *pieces]))
