"""The lexeme table: one row of numbers per distinct word.

A word gets a row when it is first seen. Its attributes are computed in bulk on first use, forms and flags separately,
because most jobs never read the flags.
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

#: The rank of a word without a rank.
NO_RANK = 0xFFFFFFFFFFFFFFFF

#: Boolean attributes: bit `attrs.IDS[name]` of the FLAGS column.
FLAG_NAMES = frozenset(
    name for name in attrs.IDS if name.startswith(("IS_", "LIKE_", "FLAG")) and name != "IS_OOV_DEPRECATED"
)

_FORMS = ("LOWER", "NORM", "SHAPE", "PREFIX", "SUFFIX")
_FIRST_CAPACITY = 256
#: Limits of what `freed_since` remembers: generations, and rows of all generations together.
_MAX_GENERATIONS, _MAX_FREED_ROWS = 64, 1 << 16


class _RowOfWord(dict[str, int]):
    """Rows by word; looking up a new word adds a row."""

    def __init__(self, add: Callable[[str], int]) -> None:
        super().__init__()
        self._add = add

    def __missing__(self, word: str) -> int:
        return self._add(word)


class LexemeTable:
    """Lexical attributes of the distinct words of a vocabulary, as columns of numbers.

    Row 0 is the empty word. A row belongs to its word until the word is forgotten (see `word_memory`); then it may be
    reused for another word.

    Threads may share a table. Existing words are found without a lock; all changes are made under the string store's
    lock, in such an order that every row that can be found is either complete or listed as incomplete.

    Attributes:
        words: The word of each row; the empty word for free rows.
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
        """Create a table that contains only the empty word.

        Args:
            strings: Where words and their forms are stored.
            getters: Functions by attribute name that override or extend the language-independent ones.
            lang: Language code of all words.
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
        # For each row, how many words had been added before its word; as long as the array.
        self._came_after = np.zeros(_FIRST_CAPACITY, dtype=np.int64)
        # For each generation, the freed rows, and how many words had been added before the oldest of them.
        self._freed: deque[tuple[npt.NDArray[np.int32], int]] = deque(maxlen=_MAX_GENERATIONS)
        self._row_of = _RowOfWord(self._add)
        self._row_of[""]

    def __len__(self) -> int:
        return len(self.words) - len(self._free)

    def __contains__(self, word: str) -> bool:
        return word in self._row_of

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._row_of))

    def row(self, word: str) -> int:
        """Return the row of a word, adding it if it is new."""
        return self._row_of[word]

    def rows(self, words: Sequence[str]) -> npt.NDArray[np.int32]:
        """Return the rows of many words, adding new ones."""
        return np.fromiter(map(self._row_of.__getitem__, words), dtype=np.int32, count=len(words))

    @property
    def array(self) -> npt.NDArray[np.uint64]:
        """All rows and columns, complete; only valid until words are added."""
        self.complete()
        return self._array[: len(self.words)]

    def complete(self) -> None:
        """Compute all attributes of the words added since the last time."""
        self._complete_forms()
        self._complete_flags()

    def features(self, rows: npt.NDArray[np.int32], names: Sequence[str]) -> npt.NDArray[np.uint64]:
        """Return attributes of words.

        Args:
            rows: Rows of the words.
            names: Columns, or flags such as IS_ALPHA.

        Returns:
            One row per word, one column per name.
        """
        self._complete_forms()
        columns = _columns_of(tuple(names))
        if columns is not None:
            # Taking rows, then columns, is faster than both at once; "clip" skips the bounds check, which always holds.
            return self._array.take(rows, axis=0, mode="clip").take(columns, axis=1, mode="clip")
        gathered = np.empty((len(rows), len(names)), dtype=np.uint64)
        for i, name in enumerate(names):
            column = self._complete(name)
            gathered[:, i] = self._array[rows, column]
            if name in FLAG_NAMES:
                gathered[:, i] = gathered[:, i] >> np.uint64(attrs.IDS[name]) & np.uint64(1)
        return gathered

    def forget(self, rows: Iterable[int]) -> npt.NDArray[np.int32]:
        """Free the rows of words that are no longer needed, except those with attributes set by hand.

        Returns:
            The freed rows.
        """
        with self._strings.lock:
            freed = [row for row in rows if row not in self._set_by_hand]
            oldest = int(self._came_after[freed].min(initial=self.n_came))
            # First, so that caches of these rows are invalid even if Ctrl-C interrupts what follows.
            self._remember(np.array(freed, dtype=np.int32), oldest)
            for row in freed:
                del self._row_of[self.words[row]]
                self.words[row] = ""
            freed_set = set(freed)
            self._without_forms[:] = [row for row in self._without_forms if row not in freed_set]
            self._without_flags[:] = [row for row in self._without_flags if row not in freed_set]
            self._array[freed] = 0
            self._free.extend(reversed(freed))
            return np.array(freed, dtype=np.int32)

    def newest(self, start: int = 0) -> list[int]:
        """Return the rows of words, newest first.

        Args:
            start: Leave out the first `start` words ever added.
        """
        with self._strings.lock:
            newest = list(islice(reversed(self._row_of.values()), max(self.n_came - start, 0)))
            rows: list[int] = np.array(newest, dtype=np.int64)[self._came_after[newest] >= start].tolist()
            return rows

    def freed_since(self, generation: int) -> npt.NDArray[np.int32] | None:
        """Return the rows freed since a generation; None if that was too many generations ago."""
        events = self._events(generation)
        if events is None:
            return None
        return np.concatenate([np.zeros(0, dtype=np.int32), *(rows for rows, _ in events)])

    def freed_from(self, generation: int) -> int:
        """Return how many words had been added before the oldest word forgotten since a generation; 0 if unknown."""
        events = self._events(generation)
        return 0 if events is None else min((oldest for _, oldest in events), default=self.n_came)

    def _events(self, generation: int) -> list[tuple[npt.NDArray[np.int32], int]] | None:
        """Return what was freed since a generation; None if that was too many generations ago."""
        with self._strings.lock:
            n_since = self.generation - generation
            return None if n_since > len(self._freed) else [self._freed[-i] for i in range(n_since, 0, -1)]

    def strings_of(self, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
        """Return the numbers of the words of these rows and of their forms."""
        return self._array[rows, : 1 + len(_FORMS)]

    def get(self, row: int, name: str) -> int:
        """Return one attribute of one word."""
        # The array is read last: adding words may replace it.
        column = self._complete(name)
        value = int(self._array[row, column])
        return value >> attrs.IDS[name] & 1 if name in FLAG_NAMES else value

    def set(self, row: int, name: str, value: int) -> None:
        """Set one attribute of one word, which is then never forgotten."""
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
        """Replace the function that computes a flag, and recompute it for existing words."""
        if name not in FLAG_NAMES:
            raise self._unknown(name)
        with self._strings.lock:
            self._complete_flags()
            self.getters[name] = getter
            rows = list(self._row_of.values())
            is_set = [bool(getter(self.words[row])) for row in rows]
            bit = np.uint64(1 << attrs.IDS[name])
            flags = self._array[rows, self.COLUMNS["FLAGS"]]
            self._array[rows, self.COLUMNS["FLAGS"]] = np.where(is_set, flags | bit, flags & ~bit)

    def set_norm_getter(self, getter: LexAttrGetter) -> None:
        """Replace the function that computes the norm, and recompute it for existing words.

        Words with attributes set by hand keep their norm. Rows whose norm changes count as freed, so that caches of
        them become invalid.
        """
        with self._strings.lock:
            self.getters["NORM"] = getter
            others = set(self._without_forms) | self._set_by_hand
            rows = np.array([row for row in self._row_of.values() if row not in others], dtype=np.int32)
            # Permanent: words older than the current memory zone must not have norms that end with it.
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
            existing = self._row_of.get(word)
            if existing is not None:
                return existing
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
            # Last, so that other threads only find a complete row.
            self._row_of[word] = row
            return row

    def _remember(self, rows: npt.NDArray[np.int32], oldest: int) -> None:
        """Begin a new generation, in which these rows have changed their meaning."""
        self._freed.append((rows, oldest))
        while len(self._freed) > 1 and sum(len(freed) for freed, _ in self._freed) > _MAX_FREED_ROWS:
            self._freed.popleft()
        self.generation += 1

    def _complete(self, name: str) -> int:
        """Compute an attribute for all words.

        Returns:
            The index of its column.
        """
        self._complete_forms()
        if name == "FLAGS" or name in FLAG_NAMES:
            self._complete_flags()
            return self.COLUMNS["FLAGS"]
        if name not in self.COLUMNS:
            raise self._unknown(name)
        return self.COLUMNS[name]

    def _complete_forms(self) -> None:
        """Compute the forms of the words added since the last time."""
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
                # Last: other threads read without the lock once the list is empty. A getter may have added words to it.
                del self._without_forms[: len(rows)]

    def _complete_flags(self) -> None:
        """Compute the flags of the words added since the last time."""
        while self._without_flags:
            with self._strings.lock:
                rows = list(self._without_flags)
                words = [self.words[row] for row in rows]
                flags = np.zeros(len(rows), dtype=np.uint64)
                for name in FLAG_NAMES & self.getters.keys():
                    values = map(bool, map(self.getters[name], words))
                    bits = np.fromiter(values, dtype=np.uint64, count=len(words))
                    flags |= bits << np.uint64(attrs.IDS[name])
                self._array[rows, self.COLUMNS["FLAGS"]] = flags
                del self._without_flags[: len(rows)]

    def _unknown(self, name: str) -> DataError:
        names = [*self.COLUMNS, *FLAG_NAMES]
        return DataError(f"lexemes: unknown attribute, got {name!r:.80}{did_you_mean(name, names)}")


@lru_cache(maxsize=256)
def _columns_of(names: tuple[str, ...]) -> npt.NDArray[np.intp] | None:
    """Return the indices of columns, or None if a name is not a column or needs the flags."""
    columns = LexemeTable.COLUMNS
    if any(name not in columns or name == "FLAGS" for name in names):
        return None
    return np.array([columns[name] for name in names], dtype=np.intp)
