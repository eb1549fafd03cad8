"""Lookup tables of a language: lemma exceptions, norms and other data by string."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kernel.errors import DataError, did_you_mean
from kernel.text.base import messages, symbols
from kernel.text.base.hashing import hash_string, hash_strings

_FILE = "lookups.msgpack"
#: spaCy's name for the same file.
_FILE_OF_SPACY = "lookups.bin"


def _number(key: Any) -> Any:
    """Return the number of a string; any other key is returned unchanged."""
    if not isinstance(key, str):
        return key
    number = symbols.IDS.get(key)
    return hash_string(key) if number is None else number


def _numbers(keys: Iterable[Any]) -> list[Any]:
    """Return the numbers of many keys, hashing the strings together."""
    keys = list(keys)
    strings = [key for key in keys if isinstance(key, str) and key not in symbols.IDS]
    hashes = dict(zip(strings, hash_strings(strings).tolist(), strict=True))
    return [hashes[key] if key in hashes else _number(key) for key in keys]


class Table(OrderedDict[Any, Any]):
    """A dictionary whose keys can be strings or their numbers; it stores the numbers."""

    def __init__(self, name: str | None = None, data: Mapping[Any, Any] | None = None) -> None:
        """Create a table.

        Args:
            name: Name of the table.
            data: Initial entries.
        """
        super().__init__()
        self.name = name
        self.update(data or {})

    @classmethod
    def from_dict(cls, data: Mapping[Any, Any], name: str | None = None) -> Table:
        """Create a table from a dictionary."""
        return cls(name, data)

    def set(self, key: str | int, value: Any) -> None:
        """Set an entry."""
        self[key] = value

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Add entries, like `dict.update`; strings are hashed together, as tables have millions of entries."""
        entries = dict(*args, **kwargs)
        for number, value in zip(_numbers(entries), entries.values(), strict=True):
            super().__setitem__(number, value)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return an entry, or the default if there is none."""
        return super().get(_number(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_number(key), value)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(_number(key))

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(_number(key))

    def __contains__(self, key: object) -> bool:
        return super().__contains__(_number(key))

    def __reduce__(self) -> Any:
        return (type(self), (self.name, dict(self)))

    def to_bytes(self) -> bytes:
        """Serialize name and entries as msgpack."""
        return messages.pack({"name": self.name, "dict": dict(self)})

    def from_bytes(self, bytes_data: bytes) -> Table:
        """Replace name and entries with those in the output of `to_bytes`."""
        try:
            message = messages.unpack(bytes_data)
            name, entries = message["name"], dict(message["dict"])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"lookups: not a table, {type(error).__name__}") from None
        self.name = name
        self.clear()
        self.update(entries)
        return self


class Lookups:
    """Lookup tables by name."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}

    @property
    def tables(self) -> list[str]:
        """Names of all tables."""
        return list(self._tables)

    def add_table(self, name: str, data: Mapping[Any, Any] | None = None) -> Table:
        """Add a table.

        Raises:
            DataError: There is already a table with this name.
        """
        if name in self._tables:
            raise DataError(
                f"lookups: there is already a table with this name, got {name!r:.80}; remove it first"
            )
        self._tables[name] = Table(name, data)
        return self._tables[name]

    def set_table(self, name: str, table: Table) -> None:
        """Add a table, replacing one with the same name."""
        self._tables[name] = table

    def get_table(self, name: str, default: Any = None) -> Any:
        """Return a table, or the default if there is none.

        Raises:
            DataError: There is neither a table nor a default.
        """
        if name in self._tables:
            return self._tables[name]
        if default is None:
            raise DataError(f"lookups: unknown table, got {name!r:.80}{did_you_mean(name, self._tables)}")
        return default

    def remove_table(self, name: str) -> Table:
        """Remove a table and return it."""
        table: Table = self.get_table(name)
        del self._tables[name]
        return table

    def has_table(self, name: str) -> bool:
        """Return whether there is a table with this name."""
        return name in self._tables

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __len__(self) -> int:
        return len(self._tables)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialize the tables as msgpack.

        Args:
            exclude: Tables to leave out.
        """
        excluded = set(exclude)
        return messages.pack(
            {name: dict(table) for name, table in self._tables.items() if name not in excluded}
        )

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> Lookups:
        """Replace the tables with those in the output of `to_bytes`.

        Args:
            bytes_data: The output of `to_bytes`.
            exclude: Tables to leave out.
        """
        try:
            tables = messages.unpack(bytes_data)
        except ValueError as error:
            raise DataError(f"lookups: not msgpack, {error}") from None
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            raise DataError(f"lookups: expected tables by name, got {type(tables).__name__}")
        excluded = set(exclude)
        self._tables = {name: Table(name, table) for name, table in tables.items() if name not in excluded}
        return self

    def to_disk(self, path: str | Path, filename: str = _FILE, *, exclude: Iterable[str] = ()) -> None:
        """Write the tables to a file in a folder; without tables, nothing is written.

        Args:
            path: The folder; it is created if missing.
            filename: Name of the file in it.
            exclude: Tables to leave out.
        """
        if self._tables:
            Path(path).mkdir(parents=True, exist_ok=True)
            (Path(path) / filename).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: str | Path, filename: str = _FILE, *, exclude: Iterable[str] = ()) -> Lookups:
        """Read the tables from a folder, which may be one of spaCy; without a file, the tables stay as they are."""
        file = Path(path) / filename
        if filename == _FILE and not file.exists():
            file = file.with_name(_FILE_OF_SPACY)
        if file.exists():
            try:
                self.from_bytes(file.read_bytes(), exclude=exclude)
            except DataError as error:
                raise DataError(f"{file}: {error}") from None
        return self
