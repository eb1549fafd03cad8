"""Read data from files, as arguments in a config: tables, lists, settings.

[corpora.train.augmenter.orth_variants]
@readers = "kernel.read_json.v1"
path = "corpus/orth_variants.json"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import srsly

from kernel.errors import DataError
from kernel.text.base import messages
from kernel.text.base.json_data import DEEPEST
from kernel.text.base.json_data import read_json as read_json_value
from kernel.text.base.lines import read_lines

#: The number of values that any file may have, whatever its size.
_MANY = 1 << 16


def read_json(path: str | Path) -> Any:
    """Read a JSON file.

    Raises:
        DataError: The file is missing or not valid JSON.
    """
    return _read(path, "JSON", lambda file: read_json_value(file.read_bytes()))


def read_jsonl(path: str | Path, skip: bool = False) -> list[Any]:
    """Read a file with one JSON value per line.

    Args:
        path: The file.
        skip: Whether to skip lines that are not valid JSON.

    Raises:
        DataError: The file is missing, or a line is not valid JSON.
    """
    lines: list[Any] = _read(path, "JSONL", lambda file: list(_values(file, skip)))
    return lines


def read_yaml(path: str | Path) -> Any:
    """Read a YAML file.

    Raises:
        DataError: The file is missing or not valid YAML, or its aliases expand to too many values or are recursive.
    """
    return _read(path, "YAML", lambda file: _bounded(srsly.read_yaml(file), file.stat().st_size))


def read_msgpack(path: str | Path) -> Any:
    """Read a msgpack file.

    Raises:
        DataError: The file is missing or not valid msgpack.
    """
    return _read(path, "msgpack", lambda file: messages.unpack(file.read_bytes()))


def _values(file: Path, skip: bool) -> Iterator[Any]:
    for number, line in enumerate(read_lines(file), start=1):
        try:
            if line.strip():
                yield read_json_value(line)
        except ValueError as exc:
            if not skip:
                raise DataError(
                    f"{file}:{number}: not JSON, got {line[:40]!r} ({exc}); correct it, or set skip to true"
                ) from None


def _bounded(value: Any, n_bytes: int) -> Any:
    """Return a value after checking that aliases have not expanded it far beyond the size of its file.

    Raises:
        ValueError: It has too many values, or is nested too deeply.
    """
    level, n_values = [value], 1
    for _ in range(DEEPEST):
        level = [part for node in level for part in _parts(node)]
        n_values += len(level)
        if not level:
            return value
        if n_values > max(_MANY, n_bytes):
            raise ValueError(f"aliases that expand to more than {n_values:,} values in {n_bytes:,} bytes")
    raise ValueError(f"lists and mappings nested more than {DEEPEST} deep, or one that contains itself")


def _parts(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list | tuple | set) else ()


def _read(path: str | Path, what: str, read: Callable[[Path], Any]) -> Any:
    file = Path(path)
    if not file.is_file():
        raise DataError(f"path: no such {what} file, got {str(path)!r}; pass an existing one")
    try:
        return read(file)
    except DataError:
        raise
    except (ValueError, OSError) as exc:
        reason = " ".join(str(exc).split())
        raise DataError(f"{file}: expected a {what} file, got {reason:.300}; correct it") from exc
