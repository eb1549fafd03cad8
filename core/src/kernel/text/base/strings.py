"""The string store: strings by 64-bit number, and numbers by string."""

from __future__ import annotations

import json
import operator
import weakref
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count, takewhile
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.system.concurrency import ForkSafeLock, WeakRegistry, watch_forks
from kernel.system.files import regular
from kernel.text.base import symbols
from kernel.text.base.hashing import hash_string, hash_strings
from kernel.text.base.json_data import read_json

# Above this many strings, hashing them as arrays is faster.
_MANY = 16


class UnknownString(DataError, KeyError):
    """A number was looked up, but no stored string has it."""

    def __str__(self) -> str:
        # KeyError would show the repr of the message.
        return str(self.args[0])


class Zone:
    """A memory zone.

    Attributes:
        store: The string store it belongs to.
        start: How many transient strings had been stored before it was opened.
        strings: The strings stored in it.
        is_open: Whether it still keeps them from being forgotten.
    """

    def __init__(self, store: StringStore) -> None:
        self.store = store
        self.start = store.n_came
        self.strings: set[str] = set()
        self.is_open = True


#: The zones that this thread or task has opened, of any store, innermost last. The references are weak: a zone lives
#: only as long as its block, so one whose exit is interrupted does not stay open.
_opened: ContextVar[tuple[weakref.ref[Zone], ...]] = ContextVar("kernel_memory_zones", default=())


class StringStore:
    """A two-way mapping between strings and their 64-bit hashes.

    A string's number is its 64-bit MurmurHash2, the same in every process; the names in `symbols` keep their small
    fixed numbers. Only stored strings can be looked up by number.

    Threads may share a store. A string is either permanent, and then found without a lock, or transient: it belongs to
    a word or was stored in a memory zone, and is forgotten once no zone it was stored in and no document needs it.

    Attributes:
        lock: Held while strings, or words of the vocabulary, are added or forgotten.
        n_came: How many transient strings were ever stored.
    """

    def __init__(self, strings: Iterable[str] = ()) -> None:
        self.lock = ForkSafeLock()
        self._numbers: dict[str, int] = {}
        self._strings: dict[int, str] = {}
        # Numbers of the permanent strings; None counts as the empty string.
        self._settled: dict[str | None, int] = {None: 0}
        # Transient strings in order of arrival, each with the number of those that arrived before it.
        self._passing: dict[str, int] = {}
        self.n_came = 0
        self._zones: WeakRegistry[Zone] = WeakRegistry()
        watch_forks(self)
        for string in strings:
            self.add(string)

    def after_fork(self) -> None:
        """Close the zones of threads that do not exist in this process."""
        mine = [reference() for reference in _opened.get()]
        for zone in self._zones:
            zone.is_open = zone in mine

    def __deepcopy__(self, memo: dict[int, Any]) -> StringStore:
        """Copy the current strings; the copy has no open zones."""
        with self.lock:
            copied = memo[id(self)] = StringStore()
            copied._numbers, copied._strings = self._numbers.copy(), self._strings.copy()
            copied._settled, copied._passing = self._settled.copy(), self._passing.copy()
            copied.n_came = self.n_came
        return copied

    def add(self, string: str, allow_transient: bool | None = None) -> int:
        """Store a string.

        Args:
            string: The string.
            allow_transient: Whether it may be forgotten at the end of a memory zone. By default it may if this thread
                is in a zone.

        Returns:
            Its number.
        """
        number = self._settled.get(string)
        if number is None:
            number = symbols.IDS.get(string)
        if number is not None and string is not None:
            return number
        with self.lock:
            zone = None if allow_transient is False else self._zone()
            number = self._numbers.get(string)
            if number is None:
                number = hash_string(string)
                self._store([string], [number], passes=zone is not None)
            self._keep_in(zone, [string])
        return number

    def add_all(self, strings: list[str]) -> npt.NDArray[np.uint64]:
        """Store many strings; the new ones are hashed together.

        Returns:
            Their numbers, in order.
        """
        permanent = self.known(strings)
        if permanent is not None:
            return permanent
        with self.lock:
            zone = self._zone()
            numbers = self._add_all(strings, passes=zone is not None)
            self._keep_in(zone, strings)
        return numbers

    def known(self, strings: Collection[str | None]) -> npt.NDArray[np.uint64] | None:
        """Return the numbers of strings if all are permanent, with 0 for None; otherwise None."""
        try:
            return np.fromiter(map(self._settled.__getitem__, strings), dtype=np.uint64, count=len(strings))
        except (KeyError, TypeError):
            return None

    def add_word(self, word: str) -> int:
        """Store a string that may be forgotten once no word or document uses it."""
        number = self._numbers.get(word)
        if number is not None or word in symbols.IDS:
            return self[word]
        with self.lock:
            number = hash_string(word)
            if word not in self._numbers:
                self._store([word], [number], passes=True)
        return number

    def add_words(self, words: list[str]) -> npt.NDArray[np.uint64]:
        """Store many strings that may be forgotten once no word or document uses them; see `add_all`."""
        with self.lock:
            return self._add_all(words, passes=True)

    def keep(self, string: str) -> None:
        """Make a stored string permanent."""
        with self.lock:
            self._keep_in(None, [string])

    def passing(self, start: int = 0) -> list[str]:
        """Return the transient strings that no open zone needs, newest first.

        Args:
            start: Leave out the first `start` transient strings ever stored.
        """
        with self.lock:
            in_zones = set().union(*(zone.strings for zone in self._zones if zone.is_open))
            newest = takewhile(lambda item: item[1] >= start, reversed(self._passing.items()))
            return [string for string, _ in newest if string not in in_zones]

    @property
    def n_passing(self) -> int:
        """Number of transient strings."""
        return len(self._passing)

    def forget(self, strings: Iterable[str]) -> None:
        """Remove strings; their numbers cannot be looked up until they are added again."""
        with self.lock:
            for string in strings:
                number = self._numbers.pop(string, None)
                # Ctrl-C may have interrupted the storing of the string.
                self._strings.pop(hash_string(string) if number is None else number, None)
                self._passing.pop(string, None)

    @contextmanager
    def memory_zone(self, mem: object = None) -> Iterator[Zone]:
        """Open a block whose strings are forgotten when it ends; `Vocab.memory_zone` forgets words as well.

        Args:
            mem: Accepted for compatibility and ignored: there is no memory pool.
        """
        with self.open_zone() as zone:
            yield zone
        with self.lock:
            # Words that other threads added meanwhile stay: only a vocabulary knows which documents use them.
            self.forget([string for string in self.passing(zone.start) if string in zone.strings])

    @contextmanager
    def open_zone(self) -> Iterator[Zone]:
        """Open a block whose new strings are transient; the caller has to forget them.

        Other threads and tasks are outside the zone: what they store is permanent, unless they opened their own.
        """
        with self.lock:
            zone = Zone(self)
            self._zones.add(zone)
        reference = weakref.ref(zone)
        try:
            # Drops zones that have ended in another thread.
            _opened.set((*(other for other in _opened.get() if other()), reference))
            yield zone
        finally:
            zone.is_open = False
            # Another task may run on with a copy of the context, so the earlier value cannot simply be restored.
            _opened.set(tuple(other for other in _opened.get() if other is not reference and other()))

    @property
    def in_memory_zone(self) -> bool:
        """Whether this thread or task is in a memory zone."""
        return self._zone() is not None

    def _zone(self) -> Zone | None:
        """The innermost open zone that this thread or task is in."""
        if not self._zones:
            return None
        zones = (reference() for reference in reversed(_opened.get()))
        return next((zone for zone in zones if zone and zone.store is self and zone.is_open), None)

    def _add_all(self, strings: list[str], passes: bool) -> npt.NDArray[np.uint64]:
        stored = self._numbers
        new = [
            string for string in dict.fromkeys(strings) if string not in stored and string not in symbols.IDS
        ]
        self._store(new, hash_strings(new).tolist() if len(new) > _MANY else [*map(hash_string, new)], passes)
        numbers = [stored[string] if string in stored else symbols.IDS[string] for string in strings]
        return np.array(numbers, dtype=np.uint64)

    def _store(self, strings: list[str], numbers: list[int], passes: bool) -> None:
        """Store new strings; the number is added last, so that every visible number has its string."""
        self._strings.update(zip(numbers, strings, strict=True))
        if passes:
            self._passing.update(zip(strings, count(self.n_came), strict=False))
            self.n_came += len(strings)
        self._numbers.update(zip(strings, numbers, strict=True))

    def _keep_in(self, zone: Zone | None, strings: Iterable[str]) -> None:
        """Keep stored strings until a zone ends, or permanently if it is None; permanent ones stay permanent."""
        if zone is not None:
            zone.strings.update(string for string in strings if string in self._passing)
            return
        numbers = self._numbers
        for string in strings:
            self._passing.pop(string, None)
            self._settled[string] = numbers[string] if string in numbers else symbols.IDS[string]

    def missing(self, numbers: Iterable[int]) -> list[int]:
        """Return those of the numbers that no stored string has."""
        stored = self._strings
        return [number for number in numbers if number not in stored and number not in symbols.NAMES]

    def strings_of(self, numbers: list[int]) -> list[str]:
        """Return the strings with these numbers.

        Raises:
            UnknownString: No stored string has one of them.
        """
        strings = list(map(self._strings.get, numbers))
        return [
            self[number] if string is None else string
            for number, string in zip(numbers, strings, strict=True)
        ]

    def as_int(self, key: str | int) -> int:
        """Return the number of a string; a number is returned unchanged."""
        return self[key] if isinstance(key, str) else int(key)

    def as_string(self, key: str | int) -> str:
        """Return the string with a number; a string is returned unchanged."""
        return key if isinstance(key, str) else self[key]

    @overload
    def __getitem__(self, key: str) -> int: ...
    @overload
    def __getitem__(self, key: int) -> str: ...

    def __getitem__(self, key: str | int) -> int | str:
        if isinstance(key, str):
            number = self._numbers.get(key)
            if number is None:
                number = symbols.IDS.get(key)
            return hash_string(key) if number is None else number
        string = self._strings.get(key)
        if string is None:
            string = symbols.NAMES.get(int(key))
            if string is None:
                raise UnknownString(f"strings: unknown number, got {int(key)}; add the string first")
        return string

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            return key in self._numbers or key in symbols.IDS
        return key in self._strings or key in symbols.NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._numbers))

    def __len__(self) -> int:
        return len(self._numbers)

    def keys(self) -> Iterable[str]:
        """Return every stored string."""
        return list(self._numbers)

    def values(self) -> Iterable[int]:
        """Return the number of every stored string."""
        return list(self._numbers.values())

    def items(self) -> Iterable[tuple[str, int]]:
        """Return every stored string with its number."""
        return list(self._numbers.items())

    def to_bytes(self) -> bytes:
        """Serialize the strings as a sorted JSON list."""
        return json.dumps(sorted(self._numbers), ensure_ascii=True, indent=0).encode("ascii")

    def from_bytes(self, bytes_data: bytes) -> StringStore:
        """Replace the strings with those in the output of `to_bytes`."""
        try:
            strings = read_json(bytes_data, halves=True)
        except ValueError as error:
            raise DataError(f"strings: not JSON, {error}") from None
        if not isinstance(strings, list) or not all(isinstance(string, str) for string in strings):
            raise DataError(f"strings: expected a list of strings, got {type(strings).__name__}")
        with self.lock:
            self._numbers.clear()
            self._strings.clear()
            self._passing.clear()
            self._settled = {None: 0}
            self.add_all(strings)
        return self

    def to_disk(self, path: str | Path) -> None:
        """Write the strings to a JSON file."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path) -> StringStore:
        """Replace the strings with those in a JSON file."""
        try:
            return self.from_bytes(regular(path).read_bytes())
        except OSError as error:
            raise DataError(f"{path}: cannot be read, {error.strerror}") from None
        except DataError as error:
            raise DataError(f"{path}: {error}") from None


def checked_number(number: int) -> int:
    """Check that a number could be a string's, an unsigned 64-bit integer, and return it.

    Raises:
        DataError: It could not.
    """
    try:
        checked = operator.index(number)
    except TypeError:
        raise DataError(f"strings: expected a string or its number, got {number!r:.60}") from None
    if not 0 <= checked < 1 << 64:
        raise DataError("strings: expected a string's number, which has 64 bits, got one out of range")
    return checked
