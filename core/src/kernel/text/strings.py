"""The two-way table between strings and their 64-bit numbers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import overload

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text import symbols
from kernel.text.hashing import hash_string, hash_strings

# From so many strings on, arrays hash faster.
_MANY = 16


class UnknownString(DataError, KeyError):
    """A number is asked for its string and nobody stored that string."""

    def __str__(self) -> str:
        # KeyError would show the message as a quoted literal.
        return str(self.args[0])


class Zone:
    """An open memory zone: how many strings could be forgotten before it."""

    def __init__(self, n_before: int) -> None:
        self.n_before = n_before


class StringStore:
    """Strings by number and numbers by string.

    A string's number is its 64-bit MurmurHash2, so it is the same in every process; the names of `symbols` keep
    their small fixed numbers. Only a stored string can be looked up by number.
    """

    def __init__(self, strings: Iterable[str] = ()) -> None:
        self._numbers: dict[str, int] = {}
        self._strings: dict[int, str] = {}
        # Numbers of strings that stay, for whole lists at once; None has that of the empty string.
        self._settled: dict[str | None, int] = {None: 0}
        # Strings that may be forgotten, in the order in which they came.
        self._passing: dict[str, None] = {}
        self._zones: list[Zone] = []
        for string in strings:
            self.add(string)

    def add(self, string: str, allow_transient: bool | None = None) -> int:
        """Store a string.

        Args:
            string: The string.
            allow_transient: Whether it may be forgotten at the end of a memory zone; where not given, what is new
                in a zone may.

        Returns:
            Its number.
        """
        number = self._numbers.get(string)
        passes = allow_transient is not False and bool(self._zones)
        if number is None:
            number = symbols.IDS.get(string)
            if number is not None:
                return number
            number = hash_string(string)
            self._numbers[string] = number
            self._strings[number] = string
            if passes:
                self._passing[string] = None
        elif self._passing and not passes:
            self._passing.pop(string, None)
        return number

    def add_all(self, strings: list[str]) -> npt.NDArray[np.uint64]:
        """Store many strings; the new ones are hashed together.

        Returns:
            Their numbers, in order.
        """
        known = self.known(strings)
        if known is not None:
            return known
        numbers = self._add_all(strings, bool(self._zones))
        if not self._zones:
            for string in strings if self._passing else ():
                self._passing.pop(string, None)
            self._settled.update(zip(strings, numbers.tolist(), strict=True))
        return numbers

    def known(self, strings: Collection[str | None]) -> npt.NDArray[np.uint64] | None:
        """Numbers of strings that were all stored to stay, 0 for None; None where one was not."""
        try:
            return np.fromiter(map(self._settled.__getitem__, strings), dtype=np.uint64, count=len(strings))
        except (KeyError, TypeError):
            return None

    def add_word(self, word: str) -> int:
        """Store a string that may be forgotten when the lexeme table forgets the word."""
        number = self._numbers.get(word)
        if number is not None or word in symbols.IDS:
            return self[word]
        self._passing[word] = None
        number = hash_string(word)
        self._numbers[word] = number
        self._strings[number] = word
        return number

    def add_words(self, words: list[str]) -> npt.NDArray[np.uint64]:
        """Store many strings as `add_word` does; see `add_all`."""
        return self._add_all(words, True)

    def keep(self, string: str) -> None:
        """Never forget a string that is stored."""
        self._passing.pop(string, None)

    def passing(self, newest: int | None = None) -> list[str]:
        """The strings that may be forgotten: all, or the newest so many."""
        if newest is None:
            return list(self._passing)
        return list(islice(reversed(self._passing), max(newest, 0)))

    @property
    def n_passing(self) -> int:
        """Number of strings that may be forgotten."""
        return len(self._passing)

    def forget(self, strings: Iterable[str]) -> None:
        """Remove strings; their numbers lead nowhere until they are added again."""
        for string in strings:
            del self._strings[self._numbers.pop(string)]
            self._passing.pop(string, None)

    @contextmanager
    def memory_zone(self, mem: object = None) -> Iterator[Zone]:
        """A block after which what was stored in it is forgotten; `Vocab.memory_zone` sees to words as well.

        Args:
            mem: Taken for people's habit; there is nothing to allocate.
        """
        with self.open_zone() as zone:
            yield zone
            self.forget(self.passing(len(self._passing) - zone.n_before))

    @contextmanager
    def open_zone(self) -> Iterator[Zone]:
        """A block whose new strings may be forgotten; whoever opens it forgets them."""
        zone = Zone(len(self._passing))
        self._zones.append(zone)
        try:
            yield zone
        finally:
            self._zones.remove(zone)

    @property
    def in_memory_zone(self) -> bool:
        """Whether a memory zone is open."""
        return bool(self._zones)

    def _add_all(self, strings: list[str], passes: bool) -> npt.NDArray[np.uint64]:
        known = self._numbers
        new = [
            string for string in dict.fromkeys(strings) if string not in known and string not in symbols.IDS
        ]
        hashes = hash_strings(new).tolist() if len(new) > _MANY else map(hash_string, new)
        for string, number in zip(new, hashes, strict=True):
            known[string] = number
            self._strings[number] = string
        if passes:
            self._passing.update(dict.fromkeys(new))
        numbers = [known[string] if string in known else symbols.IDS[string] for string in strings]
        return np.array(numbers, dtype=np.uint64)

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
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def keys(self) -> Iterable[str]:
        """Every stored string."""
        return self._numbers.keys()

    def values(self) -> Iterable[int]:
        """The number of every stored string."""
        return self._numbers.values()

    def items(self) -> Iterable[tuple[str, int]]:
        """Every stored string with its number."""
        return self._numbers.items()

    def to_bytes(self) -> bytes:
        """Write the strings as a sorted JSON list."""
        return json.dumps(sorted(self._numbers), ensure_ascii=True, indent=0).encode("ascii")

    def from_bytes(self, bytes_data: bytes) -> StringStore:
        """Replace the strings by those that `to_bytes` wrote."""
        try:
            strings = json.loads(bytes_data)
        except ValueError as error:
            raise DataError(f"strings: not JSON, {error}") from None
        if not isinstance(strings, list) or not all(isinstance(string, str) for string in strings):
            raise DataError(f"strings: expected a list of strings, got {type(strings).__name__}")
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
            return self.from_bytes(Path(path).read_bytes())
        except OSError as error:
            raise DataError(f"{path}: cannot be read, {error.strerror}") from None
        except DataError as error:
            raise DataError(f"{path}: {error}") from None
