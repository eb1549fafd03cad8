"""The two-way table between strings and their 64-bit numbers."""

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
from kernel.text.base.jsonvalues import read_json

# From so many strings on, arrays hash faster.
_MANY = 16


class UnknownString(DataError, KeyError):
    """A number is asked for its string and nobody stored that string."""

    def __str__(self) -> str:
        # KeyError would show the message as a quoted literal.
        return str(self.args[0])


class Zone:
    """A memory zone.

    Attributes:
        store: The strings that it is about.
        start: How many passing strings had come before it.
        strings: Those that were stored in it.
        is_open: Whether it still holds them.
    """

    def __init__(self, store: StringStore) -> None:
        self.store = store
        self.start = store.n_came
        self.strings: set[str] = set()
        self.is_open = True


#: The zones that this thread or task has opened, of whatever store, the innermost last. A zone lives as long as its
#: block, so that one whose end is interrupted does not stay open.
_opened: ContextVar[tuple[weakref.ref[Zone], ...]] = ContextVar("kernel_memory_zones", default=())


class StringStore:
    """Strings by number and numbers by string.

    A string's number is its 64-bit MurmurHash2, so it is the same in every process; the names of `symbols` keep
    their small fixed numbers. Only a stored string can be looked up by number.

    Threads may share a store. A string either stays for good, and is then found without a lock, or is passing: it is
    one of a word, or came in a memory zone, and goes when neither a zone that it was stored in nor a document needs it.

    Attributes:
        lock: Held by whoever adds or forgets strings, or words of the vocabulary.
        n_came: How many passing strings were ever stored.
    """

    def __init__(self, strings: Iterable[str] = ()) -> None:
        self.lock = ForkSafeLock()
        self._numbers: dict[str, int] = {}
        self._strings: dict[int, str] = {}
        # Numbers of strings that stay; None has that of the empty string.
        self._settled: dict[str | None, int] = {None: 0}
        # Passing strings in the order in which they came, with how many had come before.
        self._passing: dict[str, int] = {}
        self.n_came = 0
        self._zones: WeakRegistry[Zone] = WeakRegistry()
        watch_forks(self)
        for string in strings:
            self.add(string)

    def after_fork(self) -> None:
        """Close the zones of threads that are gone."""
        mine = [reference() for reference in _opened.get()]
        for zone in self._zones:
            zone.is_open = zone in mine

    def __deepcopy__(self, memo: dict[int, Any]) -> StringStore:
        """Copy the strings as they are now; the copy has no zones open."""
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
            allow_transient: Whether it may be forgotten at the end of a memory zone; where not given, what this
                thread stores in a zone may.

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
        known = self.known(strings)
        if known is not None:
            return known
        with self.lock:
            zone = self._zone()
            numbers = self._add_all(strings, passes=zone is not None)
            self._keep_in(zone, strings)
        return numbers

    def known(self, strings: Collection[str | None]) -> npt.NDArray[np.uint64] | None:
        """Numbers of strings that were all stored to stay, 0 for None; None where one was not."""
        try:
            return np.fromiter(map(self._settled.__getitem__, strings), dtype=np.uint64, count=len(strings))
        except (KeyError, TypeError):
            return None

    def add_word(self, word: str) -> int:
        """Store a string that may be forgotten when no word or document has it."""
        number = self._numbers.get(word)
        if number is not None or word in symbols.IDS:
            return self[word]
        with self.lock:
            number = hash_string(word)
            if word not in self._numbers:
                self._store([word], [number], passes=True)
        return number

    def add_words(self, words: list[str]) -> npt.NDArray[np.uint64]:
        """Store many strings that may be forgotten when no word or document has them; see `add_all`."""
        with self.lock:
            return self._add_all(words, passes=True)

    def keep(self, string: str) -> None:
        """Never forget a string that is stored."""
        with self.lock:
            self._keep_in(None, [string])

    def passing(self, start: int = 0) -> list[str]:
        """The strings that may be forgotten and that no open zone holds, newest first.

        Args:
            start: Only those before which so many had come.
        """
        with self.lock:
            held = set().union(*(zone.strings for zone in self._zones if zone.is_open))
            newest = takewhile(lambda item: item[1] >= start, reversed(self._passing.items()))
            return [string for string, _ in newest if string not in held]

    @property
    def n_passing(self) -> int:
        """Number of strings that may be forgotten."""
        return len(self._passing)

    def forget(self, strings: Iterable[str]) -> None:
        """Remove strings; their numbers lead nowhere until they are added again."""
        with self.lock:
            for string in strings:
                number = self._numbers.pop(string, None)
                # A person may have stopped the program while the string was stored.
                self._strings.pop(hash_string(string) if number is None else number, None)
                self._passing.pop(string, None)

    @contextmanager
    def memory_zone(self, mem: object = None) -> Iterator[Zone]:
        """A block after which what was stored in it is forgotten; `Vocab.memory_zone` sees to words as well.

        Args:
            mem: Taken for people's habit; there is nothing to allocate.
        """
        with self.open_zone() as zone:
            yield zone
        with self.lock:
            # Not the words that other threads met meanwhile: a vocabulary knows which documents have them.
            self.forget([string for string in self.passing(zone.start) if string in zone.strings])

    @contextmanager
    def open_zone(self) -> Iterator[Zone]:
        """A block whose new strings may be forgotten; whoever opens it forgets them.

        Other threads and tasks are not in it: what they store stays, unless they have opened a zone of their own.
        """
        with self.lock:
            zone = Zone(self)
            self._zones.add(zone)
        reference = weakref.ref(zone)
        try:
            # Without those that have ended in another thread.
            _opened.set((*(other for other in _opened.get() if other()), reference))
            yield zone
        finally:
            zone.is_open = False
            # A task that goes on may have a copy of the context, so there is no state to go back to.
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
        known = self._numbers
        new = [
            string for string in dict.fromkeys(strings) if string not in known and string not in symbols.IDS
        ]
        self._store(new, hash_strings(new).tolist() if len(new) > _MANY else [*map(hash_string, new)], passes)
        numbers = [known[string] if string in known else symbols.IDS[string] for string in strings]
        return np.array(numbers, dtype=np.uint64)

    def _store(self, strings: list[str], numbers: list[int], passes: bool) -> None:
        """Store new strings. Who sees a number must find its string, so that comes first."""
        self._strings.update(zip(numbers, strings, strict=True))
        if passes:
            self._passing.update(zip(strings, count(self.n_came), strict=False))
            self.n_came += len(strings)
        self._numbers.update(zip(strings, numbers, strict=True))

    def _keep_in(self, zone: Zone | None, strings: Iterable[str]) -> None:
        """Keep stored strings for as long as a zone is open, or for good; those that stay for good do in any case."""
        if zone is not None:
            zone.strings.update(string for string in strings if string in self._passing)
            return
        numbers = self._numbers
        for string in strings:
            self._passing.pop(string, None)
            self._settled[string] = numbers[string] if string in numbers else symbols.IDS[string]

    def missing(self, numbers: Iterable[int]) -> list[int]:
        """Those of some numbers that no stored string has."""
        stored = self._strings
        return [number for number in numbers if number not in stored and number not in symbols.NAMES]

    def strings_of(self, numbers: list[int]) -> list[str]:
        """The strings with some numbers.

        Raises:
            UnknownString: There is none.
        """
        found = list(map(self._strings.get, numbers))
        return [
            self[number] if string is None else string for number, string in zip(numbers, found, strict=True)
        ]

    def as_int(self, key: str | int) -> int:
        """Number of a string; a number stays as it is."""
        return self[key] if isinstance(key, str) else int(key)

    def as_string(self, key: str | int) -> str:
        """String of a number; a string stays as it is."""
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
                raise UnknownString(
                    f"strings: no string has this number, got {int(key)}; add the string first"
                )
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
        """Every stored string."""
        return list(self._numbers)

    def values(self) -> Iterable[int]:
        """The number of every stored string."""
        return list(self._numbers.values())

    def items(self) -> Iterable[tuple[str, int]]:
        """Every stored string with its number."""
        return list(self._numbers.items())

    def to_bytes(self) -> bytes:
        """Write the strings as a sorted JSON list."""
        return json.dumps(sorted(self._numbers), ensure_ascii=True, indent=0).encode("ascii")

    def from_bytes(self, bytes_data: bytes) -> StringStore:
        """Replace the strings by those that `to_bytes` wrote."""
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
        """Replace the strings by those of a JSON file."""
        try:
            return self.from_bytes(regular(path).read_bytes())
        except OSError as error:
            raise DataError(f"{path}: cannot be read, {error.strerror}") from None
        except DataError as error:
            raise DataError(f"{path}: {error}") from None


def checked_number(number: int) -> int:
    """Give a number back that may be a string's: a hash of 64 bits, or 0.

    Raises:
        DataError: No string has such a number.
    """
    try:
        checked = operator.index(number)
    except TypeError:
        raise DataError(f"strings: expected a string or its number, got {number!r:.60}") from None
    if not 0 <= checked < 1 << 64:
        raise DataError("strings: expected the number of a string, of 64 bits, got one out of range")
    return checked
