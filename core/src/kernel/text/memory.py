"""What a vocabulary may forget: words that no document has any more, and the strings that only they had.

A service sees new words for ever. In a memory zone what was new is forgotten when the zone ends; outside of one, words
are forgotten when there are many more than documents need. A word stays as long as a document that has it does, when
something was set of it by hand, and as a string when somebody else stored it too, such as a component its labels.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from kernel.text.vocab import Vocab

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


class Memory:
    """Who uses the words of a vocabulary, and when those that nobody uses are forgotten."""

    def __init__(self, vocab: Vocab, kept: int = KEPT) -> None:
        """Begin to watch.

        Args:
            vocab: Whose words and strings.
            kept: Words to keep at least.
        """
        self.kept = kept
        #: The zone that was opened last, by number, and that whose end made words be forgotten last, if one did.
        self.zone = 0
        self.ended_zone: int | None = None
        self._vocab: Vocab = weakref.proxy(vocab)
        self._users: weakref.WeakSet[Any] = weakref.WeakSet()
        self._limit = kept
        self._string_limit = kept * _STRINGS_A_WORD

    @property
    def in_zone(self) -> bool:
        """Whether a memory zone is open."""
        return self._vocab.strings.in_memory_zone

    def watch(self, user: WordUser) -> None:
        """Keep the words of an object for as long as it lives."""
        self._users.add(user)

    def tidy(self) -> None:
        """Forget unused words if there are many; to be called where no rows are held but by documents."""
        n_words, n_strings = len(self._vocab.lexemes), self._vocab.strings.n_passing
        if (n_words > self._limit or n_strings > self._string_limit) and not self.in_zone:
            self.forget_unused()

    def forget_unused(self) -> None:
        """Forget words that no document has, all but the first ones, and strings that nothing points to."""
        lexemes, strings = self._vocab.lexemes, self._vocab.strings
        n_first = min(self.kept // 2, len(lexemes))
        by_age = lexemes.newest(len(lexemes))[::-1]
        self.ended_zone = None
        self._forget(by_age[n_first:], strings.passing(), staying=by_age[:n_first])
        self._limit = max(self.kept, n_first + 2 * (len(lexemes) - n_first))
        self._string_limit = max(self.kept * _STRINGS_A_WORD, 2 * strings.n_passing)

    @contextmanager
    def open_zone(self) -> Iterator[None]:
        """A block after which the words and strings that were new in it are forgotten, unless a document has them."""
        lexemes, strings = self._vocab.lexemes, self._vocab.strings
        # The forms of words that were there before must not count as new.
        lexemes.complete()
        n_words = len(lexemes)
        is_inner = self.in_zone
        if not is_inner:
            self.zone += 1
        with strings.open_zone() as zone:
            try:
                yield
            finally:
                n_new = len(lexemes) - n_words
                new = strings.passing(strings.n_passing - zone.n_before)
                self.ended_zone = None if is_inner else self.zone
                self._forget(lexemes.newest(n_new), new)

    def _forget(self, rows: list[int], strings: list[str], staying: Sequence[int] = ()) -> None:
        """Forget those words of some rows that nobody has, and strings that neither they nor the staying rows need."""
        lexemes, store = self._vocab.lexemes, self._vocab.strings
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
        self._vocab.morphology.forget()


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
