"""What a vocabulary may forget: words that no document has any more, and the strings that only they had.

A service sees new words for ever. In a memory zone what was new is forgotten when the zone ends; outside of one, words
are forgotten when there are many more than documents need. A word stays as long as a document that has it does, when
something was set of it by hand, and as a string when somebody else stored it too, such as a component its labels.
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

#: Words that are kept at least before any are looked through for those to forget; the first half of them stays, as
#: what comes first is what comes most.
KEPT = 1 << 15
#: Strings that may be forgotten, to a word: its forms, and annotation.
_STRINGS_A_WORD = 4
#: Numbers of strings that are looked through together.
_AT_ONCE = 1 << 18


class WordUser(Protocol):
    """What has rows of the lexeme table, and numbers of strings."""

    def used_rows(self) -> npt.NDArray[np.int32]:
        """Rows of its words."""
        ...

    def used_strings(self) -> npt.NDArray[np.uint64]:
        """Numbers of strings that its annotation points to; some may come several times."""
        ...


class WordMemory:
    """Who uses the words of a vocabulary, and when those that nobody uses are forgotten.

    Threads may share a vocabulary. Who holds rows that no document has yet does so inside `with memory:`, which keeps
    all words for that long, or in a function that is handed to `undisturbed`, which costs no lock.

    Attributes:
        kept: Words that are kept at least.
        watch: `watch(user)` keeps the words of an object for as long as it lives.
    """

    def __init__(self, vocab: Vocab, kept: int = KEPT) -> None:
        """Begin to watch.

        Args:
            vocab: Whose words and strings.
            kept: Words to keep at least.
        """
        self._start(vocab, vocab.strings, kept)

    def _start(self, vocab: Vocab, strings: StringStore, kept: int) -> None:
        self.kept = kept
        self._vocab = weakref.ref(vocab)
        self._holders = SharedLock(strings.lock)
        self._users: WeakRegistry[WordUser] = WeakRegistry()
        self.watch: Callable[[WordUser], None] = self._users.add
        self._limit = kept
        self._string_limit = kept * _STRINGS_A_WORD
        # Odd while words are being forgotten.
        self._n_turns = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> WordMemory:
        """Begin to watch the copy of the vocabulary; documents that are copied with it join by themselves."""
        vocab, copied = self._of(), WordMemory.__new__(WordMemory)
        memo[id(self)] = copied
        copied._start(deepcopy(vocab, memo), deepcopy(vocab.strings, memo), self.kept)
        return copied

    def __enter__(self) -> None:
        self._holders.__enter__()

    def __exit__(self, *error: object) -> None:
        self._holders.__exit__(*error)

    def undisturbed(self, work: Callable[[], T]) -> T:
        """Do work that looks up rows and gives them to what is watched.

        It is done without a lock, and once more inside `with memory:` where words were forgotten meanwhile.

        Args:
            work: A function that can be called twice.
        """
        turn = self._n_turns
        if not turn & 1:
            try:
                done = work()
            except Exception:
                if self._n_turns == turn:
                    raise
            else:
                # Forgetting first begins a turn and then looks who has words: it saw what is watched, or shows here.
                if self._n_turns == turn:
                    return done
        with self:
            return work()

    @property
    def in_zone(self) -> bool:
        """Whether this thread or task is in a memory zone."""
        return self._of().strings.in_memory_zone

    def tidy(self) -> None:
        """Forget unused words if there are many; to be called where no rows are held but by documents."""
        if self._has_many() and not self.in_zone:
            with self._holders.alone() as is_alone:
                # Another thread may have done it meanwhile.
                if is_alone and self._has_many():
                    self._forget_unused()

    def forget_unused(self) -> None:
        """Forget words that no document has, all but the first ones, and strings that nothing points to."""
        with self._holders.alone() as is_alone:
            if is_alone:
                self._forget_unused()

    @contextmanager
    def open_zone(self) -> Iterator[None]:
        """A block after which the words and strings that were new in it are forgotten, unless a document has them."""
        lexemes, strings = self._of().lexemes, self._of().strings
        with strings.lock:
            # The forms of words that were there before must not count as new.
            lexemes.complete()
            n_words, n_strings = lexemes.n_came, strings.n_came
        try:
            with strings.open_zone():
                yield
        finally:
            # A zone that nobody closed ends when it is garbage, perhaps together with the vocabulary.
            if self._vocab() is not None:
                with self._holders.alone() as is_alone:
                    if is_alone:
                        self._forget(lexemes.newest(n_words), strings.passing(n_strings))
                # What came before this zone and was kept for it alone: a service may never leave all zones.
                self.tidy()

    def _of(self) -> Vocab:
        vocab = self._vocab()
        if vocab is None:
            raise ReferenceError("memory: its vocabulary is gone")
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
        self._string_limit = max(self.kept * _STRINGS_A_WORD, 2 * strings.n_passing)

    def _forget(self, rows: list[int], strings: list[str], staying: Sequence[int] = ()) -> None:
        """Forget those words of some rows that nobody has, and strings that neither they nor the staying rows need."""
        # Odd from here on, even if the end of the turn before was interrupted.
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
        # What is left among the candidates, and whatever was there before, still needs its forms.
        is_left = np.zeros(len(lexemes.words), dtype=bool)
        is_left[candidates] = True
        is_left[freed] = False
        is_left[np.array(staying, dtype=np.int64)] = True
        of_words = lexemes.strings_of(np.flatnonzero(is_left).astype(np.int32)).reshape(-1)
        used = _distinct(chain([of_words], (user.used_strings() for user in users)))
        numbers = np.fromiter(map(store.__getitem__, strings), dtype=np.uint64, count=len(strings))
        stay = np.isin(numbers, used).tolist()
        store.forget([string for string, stays in zip(strings, stay, strict=True) if not stays])


def _distinct(arrays: Iterable[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    """The distinct numbers of many arrays, with room for few more than these."""
    found = np.zeros(0, dtype=np.uint64)
    pieces: list[npt.NDArray[np.uint64]] = []
    n_new = 0
    for array in arrays:
        pieces.append(array)
        n_new += len(array)
        if n_new > max(_AT_ONCE, len(found)):
            found, pieces, n_new = np.unique(np.concatenate([found, *pieces])), [], 0
    return np.unique(np.concatenate([found, *pieces]))
