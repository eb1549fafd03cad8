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
from kernel.text import attrs
from kernel.text.lex_attrs import LEX_ATTR_GETTERS
from kernel.text.strings import StringStore

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

    Row 0 is the empty word. A row stands for its word until the word is forgotten (`kernel.text.memory` says when);
    then another word may get the row.

    Attributes:
        words: The word of each row; rows that are free have the empty word.
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
        self.generation = 0
        self._strings = strings
        self._lang = lang
        self._array = np.zeros((_FIRST_CAPACITY, len(self.COLUMNS)), dtype=np.uint64)
        self._without_forms: list[int] = []
        self._without_flags: list[int] = []
        self._free: list[int] = []
        self._set_by_hand: set[int] = {0}
        self._freed: deque[npt.NDArray[np.int32]] = deque(maxlen=_GENERATIONS)
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
            gathered[:, i] = self._array[rows, self._complete(name)]
            if name in FLAG_NAMES:
                gathered[:, i] = gathered[:, i] >> np.uint64(attrs.IDS[name]) & np.uint64(1)
        return gathered

    def forget(self, rows: Iterable[int]) -> npt.NDArray[np.int32]:
        """Free rows whose words nobody needs any more; those that something was set of by hand stay.

        Returns:
            The rows that were freed.
        """
        freed = [row for row in rows if row not in self._set_by_hand]
        for row in freed:
            del self._row_of[self.words[row]]
            self.words[row] = ""
        gone = set(freed)
        self._without_forms = [row for row in self._without_forms if row not in gone]
        self._without_flags = [row for row in self._without_flags if row not in gone]
        self._array[freed] = 0
        self._free.extend(reversed(freed))
        return self._remember(np.array(freed, dtype=np.int32))

    def newest(self, n_words: int) -> list[int]:
        """The rows of the words that came last."""
        return list(islice(reversed(self._row_of.values()), max(n_words, 0)))

    def freed_since(self, generation: int) -> npt.NDArray[np.int32] | None:
        """The rows that were freed since a generation; None where that was too many generations ago to tell."""
        n_since = self.generation - generation
        if n_since > len(self._freed):
            return None
        lists = [self._freed[-i] for i in range(n_since, 0, -1)]
        return np.concatenate([np.zeros(0, dtype=np.int32), *lists])

    def strings_of(self, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
        """Numbers of the words of some rows and of their forms."""
        return self._array[rows, : 1 + len(_FORMS)]

    def get(self, row: int, name: str) -> int:
        """One attribute of one word."""
        value = int(self._array[row, self._complete(name)])
        return value >> attrs.IDS[name] & 1 if name in FLAG_NAMES else value

    def set(self, row: int, name: str, value: int) -> None:
        """Change one attribute of one word, which is then never forgotten."""
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
        self.getters["NORM"] = getter
        others = set(self._without_forms) | self._set_by_hand
        rows = np.array([row for row in self._row_of.values() if row not in others], dtype=np.int32)
        norms = self._strings.add_words([str(getter(self.words[row])) for row in rows])
        changed = rows[self._array[rows, self.COLUMNS["NORM"]] != norms]
        self._array[rows, self.COLUMNS["NORM"]] = norms
        if len(changed):
            self._remember(changed)

    def _add(self, word: str) -> int:
        if not isinstance(word, str):
            raise DataError(f"words: expected a string, got {word!r}")
        if self._free:
            row = self._free.pop()
            self.words[row] = word
        else:
            row = len(self.words)
            if row == len(self._array):
                self._array = np.concatenate([self._array, np.zeros_like(self._array)])
            self.words.append(word)
        self._array[row, 0] = self._strings.add_word(word)
        self._row_of[word] = row
        self._without_forms.append(row)
        self._without_flags.append(row)
        return row

    def _remember(self, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Begin a generation in which some rows stand for something else."""
        self.generation += 1
        self._freed.append(rows)
        while len(self._freed) > 1 and sum(map(len, self._freed)) > _ROWS_TOLD:
            self._freed.popleft()
        return rows

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
        rows = self._without_forms
        if not rows:
            return
        words = [self.words[row] for row in rows]
        for name in _FORMS:
            forms = [str(form) for form in map(self.getters[name], words)]
            self._array[rows, self.COLUMNS[name]] = self._strings.add_words(forms)
        self._array[rows, self.COLUMNS["LENGTH"]] = [len(word) for word in words]
        self._array[rows, self.COLUMNS["LANG"]] = self._strings.add(self._lang)
        self._array[rows, self.COLUMNS["RANK"]] = NO_RANK
        self._without_forms = []

    def _complete_flags(self) -> None:
        """Work out the flags of the words that came since the last time."""
        rows = self._without_flags
        if not rows:
            return
        words = [self.words[row] for row in rows]
        flags = np.zeros(len(rows), dtype=np.uint64)
        for name in FLAG_NAMES & self.getters.keys():
            raised = np.fromiter(map(bool, map(self.getters[name], words)), dtype=np.uint64, count=len(words))
            flags |= raised << np.uint64(attrs.IDS[name])
        self._array[rows, self.COLUMNS["FLAGS"]] = flags
        self._without_flags = []

    def _unknown(self, name: str) -> DataError:
        known = [*self.COLUMNS, *FLAG_NAMES]
        return DataError(f"lexemes: no such attribute, got {name!r}{did_you_mean(name, known)}")


@lru_cache(maxsize=256)
def _columns_of(names: tuple[str, ...]) -> npt.NDArray[np.intp] | None:
    """The columns with some names, if they are columns and need no flags."""
    known = LexemeTable.COLUMNS
    if any(name not in known or name == "FLAGS" for name in names):
        return None
    return np.array([known[name] for name in names], dtype=np.intp)
