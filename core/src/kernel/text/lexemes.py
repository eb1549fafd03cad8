"""One row of numbers for every distinct word.

A word gets its row when it is first seen; what the row holds is worked out in bulk when it is first asked for, the
forms and the flags apart, because most jobs never look at the flags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

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


class _RowOfWord(dict[str, int]):
    """Rows by word; a word that is looked up gets a row."""

    def __init__(self, add: Callable[[str], int]) -> None:
        super().__init__()
        self._add = add

    def __missing__(self, word: str) -> int:
        return self._add(word)


class LexemeTable:
    """What the distinct words of a vocabulary look like, as columns of numbers.

    Row 0 is the empty word. A row, once given, stands for its word as long as the table lives.
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
        self._strings = strings
        self._lang = lang
        self._array = np.zeros((_FIRST_CAPACITY, len(self.COLUMNS)), dtype=np.uint64)
        self._n_formed = 0
        self._n_flagged = 0
        self._row_of = _RowOfWord(self._add)
        self._row_of[""]

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._row_of

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def row(self, word: str) -> int:
        """Row of a word, which is added if it is new."""
        return self._row_of[word]

    def rows(self, words: Sequence[str]) -> npt.NDArray[np.int32]:
        """Rows of many words, the new ones added."""
        return np.fromiter(map(self._row_of.__getitem__, words), dtype=np.int32, count=len(words))

    @property
    def array(self) -> npt.NDArray[np.uint64]:
        """All rows and columns, complete; do not keep it over the addition of words."""
        self._complete_forms()
        self._complete_flags()
        return self._array[: len(self.words)]

    def features(self, rows: npt.NDArray[np.int32], names: Sequence[str]) -> npt.NDArray[np.uint64]:
        """Gather attributes of words.

        Args:
            rows: Words, by row.
            names: Columns, or flags such as IS_ALPHA.

        Returns:
            One row a word, one column a name.
        """
        self._complete_forms()
        if all(name in self.COLUMNS and name != "FLAGS" for name in names):
            return self._array[rows[:, None], [self.COLUMNS[name] for name in names]]
        gathered = np.empty((len(rows), len(names)), dtype=np.uint64)
        for i, name in enumerate(names):
            gathered[:, i] = self._array[rows, self._complete(name)]
            if name in FLAG_NAMES:
                gathered[:, i] = gathered[:, i] >> np.uint64(attrs.IDS[name]) & np.uint64(1)
        return gathered

    def get(self, row: int, name: str) -> int:
        """One attribute of one word."""
        value = int(self._array[row, self._complete(name)])
        return value >> attrs.IDS[name] & 1 if name in FLAG_NAMES else value

    def set(self, row: int, name: str, value: int) -> None:
        """Change one attribute of one word."""
        self._complete_forms()
        self._complete_flags()
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
        self.getters[name] = getter
        for row in range(self._n_flagged):
            self.set(row, name, bool(getter(self.words[row])))

    def _add(self, word: str) -> int:
        if not isinstance(word, str):
            raise DataError(f"words: expected a string, got {word!r}")
        row = len(self.words)
        if row == len(self._array):
            self._array = np.concatenate([self._array, np.zeros_like(self._array)])
        self._array[row, 0] = self._strings.add(word)
        self.words.append(word)
        self._row_of[word] = row
        return row

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
        first, end = self._n_formed, len(self.words)
        if first == end:
            return
        words = self.words[first:end]
        for name in _FORMS:
            forms = [str(form) for form in map(self.getters[name], words)]
            self._array[first:end, self.COLUMNS[name]] = self._strings.add_all(forms)
        self._array[first:end, self.COLUMNS["LENGTH"]] = [len(word) for word in words]
        self._array[first:end, self.COLUMNS["LANG"]] = self._strings.add(self._lang)
        self._array[first:end, self.COLUMNS["RANK"]] = NO_RANK
        self._n_formed = end

    def _complete_flags(self) -> None:
        """Work out the flags of the words that came since the last time."""
        first, end = self._n_flagged, len(self.words)
        if first == end:
            return
        words = self.words[first:end]
        flags = np.zeros(end - first, dtype=np.uint64)
        for name in FLAG_NAMES & self.getters.keys():
            raised = np.fromiter(map(bool, map(self.getters[name], words)), dtype=np.uint64, count=len(words))
            flags |= raised << np.uint64(attrs.IDS[name])
        self._array[first:end, self.COLUMNS["FLAGS"]] = flags
        self._n_flagged = end

    def _unknown(self, name: str) -> DataError:
        known = [*self.COLUMNS, *FLAG_NAMES]
        return DataError(f"lexemes: no such attribute, got {name!r}{did_you_mean(name, known)}")
