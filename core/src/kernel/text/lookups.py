"""Tables of a language: lemma exceptions, normal forms and what else is looked up by string."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.errors import DataError, did_you_mean

_FILE = "lookups.msgpack"


class Lookups:
    """Named dictionaries."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[Any, Any]] = {}

    @property
    def tables(self) -> list[str]:
        """Names of all tables."""
        return list(self._tables)

    def add_table(self, name: str, data: Mapping[Any, Any] | None = None) -> dict[Any, Any]:
        """Add a table.

        Raises:
            DataError: There is one of this name.
        """
        if name in self._tables:
            raise DataError(f"lookups: there is a table of this name, got {name!r}; remove it first")
        self._tables[name] = dict(data or {})
        return self._tables[name]

    def get_table(self, name: str, default: dict[Any, Any] | None = None) -> dict[Any, Any]:
        """Get a table, or the default where there is none.

        Raises:
            DataError: There is neither table nor default.
        """
        if name in self._tables:
            return self._tables[name]
        if default is None:
            raise DataError(f"lookups: no such table, got {name!r}{did_you_mean(name, self._tables)}")
        return default

    def remove_table(self, name: str) -> dict[Any, Any]:
        """Take a table out."""
        table = self.get_table(name)
        del self._tables[name]
        return table

    def has_table(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return name in self._tables

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __len__(self) -> int:
        return len(self._tables)

    def to_bytes(self) -> bytes:
        """Write all tables as msgpack."""
        import srsly

        written: bytes = srsly.msgpack_dumps(self._tables)
        return written

    def from_bytes(self, data: bytes) -> Lookups:
        """Replace the tables by those that `to_bytes` wrote."""
        import srsly

        try:
            tables = srsly.msgpack_loads(data)
        except ValueError as error:
            raise DataError(f"lookups: not msgpack, {error}") from None
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            raise DataError(f"lookups: expected tables by name, got {type(tables).__name__}")
        self._tables = tables
        return self

    def to_disk(self, path: str | Path) -> None:
        """Write into a folder; nothing where there are no tables."""
        if self._tables:
            Path(path).mkdir(parents=True, exist_ok=True)
            (Path(path) / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path) -> Lookups:
        """Read from a folder; a folder without tables leaves none."""
        file = Path(path) / _FILE
        if file.exists():
            try:
                self.from_bytes(file.read_bytes())
            except DataError as error:
                raise DataError(f"{file}: {error}") from None
        return self
