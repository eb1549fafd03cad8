"""The tables of spacy-lookups-data, read on demand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kernel.errors import DataError


def __getattr__(name: str) -> Callable[[], dict[str, Any]]:
    """Return a function that reads a table, by a name such as `en_lexeme_norm`."""
    lang, _, table = name.partition("_")
    if not lang or not table:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def read() -> dict[str, Any]:
        return read_table(lang, table)

    read.__doc__ = f"Read the table {table!r} of the language {lang!r}."
    return read


def read_table(lang: str, table: str) -> dict[str, Any]:
    """Read one table.

    Args:
        lang: Language code.
        table: Name of the table.

    Raises:
        DataError: The package is not installed, or its file is missing or cannot be read.
    """
    try:
        import spacy_lookups_data
    except ModuleNotFoundError:
        raise DataError(
            f"lookups: '{lang}.{table}' is in spacy-lookups-data, which is not installed; "
            "pip install spacy-lookups-data"
        ) from None
    path = Path(spacy_lookups_data.get_file(f"{lang}_{table}.json.gz"))
    try:
        return _read(path)
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"{path}: cannot be read, got {error}; reinstall spacy-lookups-data") from None


def _read(path: Path) -> dict[str, Any]:
    import srsly

    table = srsly.read_gzip_json(path)
    if not isinstance(table, dict):
        raise ValueError(f"a {type(table).__name__} instead of a table")
    return table
