"""One row of numbers for every distinct word.

A word gets its row when it is first seen; what the row holds is worked out in bulk when it is first asked for, the
forms and the flags apart, because most jobs never look at the flags.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError, did_you_mean
from kernel.text.base import attrs
from kernel.text.base.strings import StringStore
from kernel.text.vocab.lex_attrs import LEX_ATTR_GETTERS

LexAttrGetter = Callable[[str], object]

#: The rank of a word that no list ranks.
NO_RANK = 0xFFFFFFFFFFFFFFFF

#: Boolean attributes: bit `attrs.IDS[name]` of the FLAGS column.
FLAG_NAMES = frozenset(
    name for name in attrs.IDS if name.startswith(("IS_", "LIKE_", "FLAG")) and name != "IS_OOV_DEPRECATED"
)

_FORMS = ("LOWER", "NORM", "SHAPE", "PREFIX", "SUFFIX")
_FIRST_CAPACITY = 256
#: What `freed_since` remembers: generations, and rows of all of them.
_GENERATIONS, _ROWS_TOLD = 64, 1 << 16


class _RowOfWord(dict[str, int]):
    """Rows by word; a word that is looked up gets a row."""

    def __init__(self, add: Callable[[str], int]) -> None:
        super().__init__()
        self._add = add

    def __missing__(self, word: str) -> int:
        return self._add(word)


class LexemeTable:
    """What the distinct words of a vocabulary look like, as columns of numbers.

    Row 0 is the empty word. A row stands for its word until the word is forgotten (`word_memory` says when);
    then another word may get the row.

    Threads may share a table: known words are found without a lock, and everything that changes is changed under that
    of the strings, in an order in which a row that can be found is complete or listed as incomplete.

    Attributes:
        words: The word of each row; rows that are free have the empty word.
        n_came: How many words were ever added.
        generation: How many times words were forgotten.
    """

    COLUMNS: Mapping[str, int] = {
        name: i
        for i, name in enumerate(("ORTH", *_FORMS, "LENGTH", "LANG", "RANK", "FLAGS"))
    }  # fmt: skip

    def __init__(
        self, strings: StringStore, getters: Mapping[str, LexAttrGetter] | None = None, lang: str = ""
    ) -> None:
        """Make a table that knows the empty word only.

        Args:
            strings: Where words and their forms are stored.
            getters: What to compute instead of, or besides, the language-neutral attributes; by attribute name.
            lang: Code of the language of all words.
        """
        self.getters: dict[str, LexAttrGetter] = {**LEX_ATTR_GETTERS, **(getters or {})}
        self.words: list[str] = []
        self.n_came = 0
        self.generation = 0
        self._strings = strings
        self._lang = lang
        self._array = np.zeros((_FIRST_CAPACITY, len(self.COLUMNS)), dtype=np.uint64)
        self._without_forms: list[int] = []
        self._without_flags: list[int] = []
        self._free: list[int] = []
        self._set_by_hand: set[int] = {0}
        # How many words had come before the one of each row; as long as the array.
        self._came_after = np.zeros(_FIRST_CAPACITY, dtype=np.int64)
        # Of each generation the rows that were freed, and how many words had come before the oldest of these.
        self._freed: deque[tuple[npt.NDArray[np.int32], int]] = deque(maxlen=_GENERATIONS)
        self._row_of = _RowOfWord(self._add)
        self._row_of[""]

    def __len__(self) -> int:
        return len(self.words) - len(self._free)

    def __contains__(self, word: str) -> bool:
        return word in self._row_of

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._row_of))

    def row(self, word: str) -> int:
        """Row of a word, which is added if it is new."""
        return self._row_of[word]

    def rows(self, words: Sequence[str]) -> npt.NDArray[np.int32]:
        """Rows of many words, the new ones added."""
        return np.fromiter(map(self._row_of.__getitem__, words), dtype=np.int32, count=len(words))

    @property
    def array(self) -> npt.NDArray[np.uint64]:
        """All rows and columns, complete; do not keep it over the addition of words."""
        self.complete()
        return self._array[: len(self.words)]

    def complete(self) -> None:
        """Work out everything about the words that came since the last time."""
        self._complete_forms()
        self._complete_flags()

    def features(self, rows: npt.NDArray[np.int32], names: Sequence[str]) -> npt.NDArray[np.uint64]:
        """Gather attributes of words.

        Args:
            rows: Words, by row.
            names: Columns, or flags such as IS_ALPHA.

        Returns:
            One row a word, one column a name.
        """
        self._complete_forms()
        columns = _columns_of(tuple(names))
        if columns is not None:
            # Whole rows, then columns: faster than both at once. Nothing is outside, and not to check saves more.
            return self._array.take(rows, axis=0, mode="clip").take(columns, axis=1, mode="clip")
        gathered = np.empty((len(rows), len(names)), dtype=np.uint64)
        for i, name in enumerate(names):
            column = self._complete(name)
            gathered[:, i] = self._array[rows, column]
            if name in FLAG_NAMES:
                gathered[:, i] = gathered[:, i] >> np.uint64(attrs.IDS[name]) & np.uint64(1)
        return gathered

    def forget(self, rows: Iterable[int]) -> npt.NDArray[np.int32]:
        """Free rows whose words nobody needs any more; those that something was set of by hand stay.

        Returns:
            The rows that were freed.
        """
        with self._strings.lock:
            freed = [row for row in rows if row not in self._set_by_hand]
            oldest = int(self._came_after[freed].min(initial=self.n_came))
            # First, so that nobody trusts what is remembered of these rows, should a person stop the rest.
            self._remember(np.array(freed, dtype=np.int32), oldest)
            for row in freed:
                del self._row_of[self.words[row]]
                self.words[row] = ""
            gone = set(freed)
            self._without_forms[:] = [row for row in self._without_forms if row not in gone]
            self._without_flags[:] = [row for row in self._without_flags if row not in gone]
            self._array[freed] = 0
            self._free.extend(reversed(freed))
            return np.array(freed, dtype=np.int32)

    def newest(self, start: int = 0) -> list[int]:
        """The rows of words, newest first.

        Args:
            start: Only those of words before which so many had come.
        """
        with self._strings.lock:
            newest = list(islice(reversed(self._row_of.values()), max(self.n_came - start, 0)))
            found: list[int] = np.array(newest, dtype=np.int64)[self._came_after[newest] >= start].tolist()
            return found

    def freed_since(self, generation: int) -> npt.NDArray[np.int32] | None:
        """The rows that were freed since a generation; None where that was too many generations ago to tell."""
        events = self._events(generation)
        if events is None:
            return None
        return np.concatenate([np.zeros(0, dtype=np.int32), *(rows for rows, _ in events)])

    def freed_from(self, generation: int) -> int:
        """How many words had come before the oldest that was forgotten since a generation; 0 where none can tell."""
        events = self._events(generation)
        return 0 if events is None else min((oldest for _, oldest in events), default=self.n_came)

    def _events(self, generation: int) -> list[tuple[npt.NDArray[np.int32], int]] | None:
        """What was freed since a generation; None where that was too many generations ago to tell."""
        with self._strings.lock:
            n_since = self.generation - generation
            return None if n_since > len(self._freed) else [self._freed[-i] for i in range(n_since, 0, -1)]

    def strings_of(self, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
        """Numbers of the words of some rows and of their forms."""
        return self._array[rows, : 1 + len(_FORMS)]

    def get(self, row: int, name: str) -> int:
        """One attribute of one word."""
        # The array is read last: adding words may replace it.
        column = self._complete(name)
        value = int(self._array[row, column])
        return value >> attrs.IDS[name] & 1 if name in FLAG_NAMES else value

    def set(self, row: int, name: str, value: int) -> None:
        """Change one attribute of one word, which is then never forgotten."""
        with self._strings.lock:
            self.complete()
            self._set_by_hand.add(row)
            self._strings.keep(self.words[row])
            if name in FLAG_NAMES:
                bit = np.uint64(1 << attrs.IDS[name])
                flags = self._array[row, self.COLUMNS["FLAGS"]]
                self._array[row, self.COLUMNS["FLAGS"]] = flags | bit if value else flags & ~bit
            elif name in self.COLUMNS:
                self._array[row, self.COLUMNS[name]] = value
            else:
                raise self._unknown(name)

    def set_flag_getter(self, name: str, getter: LexAttrGetter) -> None:
        """Compute a flag with another function, for the words that are known and those to come."""
        if name not in FLAG_NAMES:
            raise self._unknown(name)
        with self._strings.lock:
            self._complete_flags()
            self.getters[name] = getter
            rows = list(self._row_of.values())
            raised = [bool(getter(self.words[row])) for row in rows]
            bit = np.uint64(1 << attrs.IDS[name])
            flags = self._array[rows, self.COLUMNS["FLAGS"]]
            self._array[rows, self.COLUMNS["FLAGS"]] = np.where(raised, flags | bit, flags & ~bit)

    def set_norm_getter(self, getter: LexAttrGetter) -> None:
        """Compute the norm with another function, for the words that are known and those to come.

        A norm stays where something was set of the word by hand. What others remember of a word whose norm changes
        is as old as if the word were forgotten.
        """
        with self._strings.lock:
            self.getters["NORM"] = getter
            others = set(self._without_forms) | self._set_by_hand
            rows = np.array([row for row in self._row_of.values() if row not in others], dtype=np.int32)
            # To stay: words that are older than a memory zone must not have norms that go with it.
            forms = [str(getter(self.words[row])) for row in rows]
            norms = np.array(
                [self._strings.add(form, allow_transient=False) for form in forms], dtype=np.uint64
            )
            changed = rows[self._array[rows, self.COLUMNS["NORM"]] != norms]
            self._array[rows, self.COLUMNS["NORM"]] = norms
            if len(changed):
                self._remember(changed, 0)

    def _add(self, word: str) -> int:
        if not isinstance(word, str):
            raise DataError(f"words: expected a string, got {word!r:.80}")
        with self._strings.lock:
            known = self._row_of.get(word)
            if known is not None:
                return known
            if self._free:
                row = self._free.pop()
                self.words[row] = word
            else:
                row = len(self.words)
                if row == len(self._array):
                    self._came_after = np.concatenate([self._came_after, np.zeros_like(self._came_after)])
                    self._array = np.concatenate([self._array, np.zeros_like(self._array)])
                self.words.append(word)
            self._came_after[row] = self.n_came
            self.n_came += 1
            self._array[row, 0] = self._strings.add_word(word)
            self._without_forms.append(row)
            self._without_flags.append(row)
            # Last, for threads that look the word up now.
            self._row_of[word] = row
            return row

    def _remember(self, rows: npt.NDArray[np.int32], oldest: int) -> None:
        """Begin a generation in which some rows stand for something else."""
        self._freed.append((rows, oldest))
        while len(self._freed) > 1 and sum(len(freed) for freed, _ in self._freed) > _ROWS_TOLD:
            self._freed.popleft()
        self.generation += 1

    def _complete(self, name: str) -> int:
        """Work out what an attribute needs.

        Returns:
            The column where it is.
        """
        self._complete_forms()
        if name == "FLAGS" or name in FLAG_NAMES:
            self._complete_flags()
            return self.COLUMNS["FLAGS"]
        if name not in self.COLUMNS:
            raise self._unknown(name)
        return self.COLUMNS[name]

    def _complete_forms(self) -> None:
        """Work out the forms of the words that came since the last time."""
        while self._without_forms:
            with self._strings.lock:
                rows = list(self._without_forms)
                words = [self.words[row] for row in rows]
                for name in _FORMS:
                    forms = [str(form) for form in map(self.getters[name], words)]
                    self._array[rows, self.COLUMNS[name]] = self._strings.add_words(forms)
                self._array[rows, self.COLUMNS["LENGTH"]] = [len(word) for word in words]
                self._array[rows, self.COLUMNS["LANG"]] = self._strings.add(self._lang, allow_transient=False)
                self._array[rows, self.COLUMNS["RANK"]] = NO_RANK
                # Others go on without the lock once the list is empty; a getter may have added words to it.
                del self._without_forms[: len(rows)]

    def _complete_flags(self) -> None:
        """Work out the flags of the words that came since the last time."""
        while self._without_flags:
            with self._strings.lock:
                rows = list(self._without_flags)
                words = [self.words[row] for row in rows]
                flags = np.zeros(len(rows), dtype=np.uint64)
                for name in FLAG_NAMES & self.getters.keys():
                    raised = map(bool, map(self.getters[name], words))
                    raised_flags = np.fromiter(raised, dtype=np.uint64, count=len(words))
                    flags |= raised_flags << np.uint64(attrs.IDS[name])
                self._array[rows, self.COLUMNS["FLAGS"]] = flags
                del self._without_flags[: len(rows)]

    def _unknown(self, name: str) -> DataError:
        known = [*self.COLUMNS, *FLAG_NAMES]
        return DataError(f"lexemes: no such attribute, got {name!r:.80}{did_you_mean(name, known)}")


@lru_cache(maxsize=256)
def _columns_of(names: tuple[str, ...]) -> npt.NDArray[np.intp] | None:
    """The columns with some names, if they are columns and need no flags."""
    known = LexemeTable.COLUMNS
    if any(name not in known or name == "FLAGS" for name in names):
        return None
    return np.array([known[name] for name in names], dtype=np.intp)
