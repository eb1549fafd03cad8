"""Data in files, for arguments of a config: tables, lists, settings.

[corpora.train.augmenter.orth_variants]
@readers = "kernel.read_json.v1"
path = "corpus/orth_variants.json"
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import srsly

from kernel.errors import DataError


def read_json(path: str | Path) -> Any:
    """Read a JSON file.

    Raises:
        DataError: There is none.
    """
    return _read(path, "JSON", srsly.read_json)


def read_jsonl(path: str | Path, skip: bool = False) -> list[Any]:
    """Read a file with a JSON value a line.

    Args:
        path: The file.
        skip: Whether to pass over broken lines.

    Raises:
        DataError: There is none, or a line is broken.
    """
    lines: list[Any] = _read(path, "JSONL", lambda file: list(srsly.read_jsonl(file, skip)))
    return lines


def read_yaml(path: str | Path) -> Any:
    """Read a YAML file.

    Raises:
        DataError: There is none.
    """
    return _read(path, "YAML", srsly.read_yaml)


def read_msgpack(path: str | Path) -> Any:
    """Read a msgpack file.

    Raises:
        DataError: There is none.
    """
    return _read(path, "msgpack", srsly.read_msgpack)


def _read(path: str | Path, what: str, read: Callable[[Path], Any]) -> Any:
    file = Path(path)
    if not file.is_file():
        raise DataError(f"path: no such {what} file, got {str(path)!r}; give one that exists")
    try:
        return read(file)
    except (ValueError, OSError) as exc:
        raise DataError(f"{file}: not a {what} file, got {exc}; correct it") from exc
