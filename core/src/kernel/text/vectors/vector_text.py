"""Read word vectors from text: one line per word, as in word2vec, GloVe and fastText, or per row of a floret table.

Axes: R rows of the table, D width.

Source: the format of word2vec's `-binary 0`, whose first line has R and D (GloVe's files lack it), and that of floret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from kernel.errors import DataError
from kernel.text.base.lines import is_whole_number, read_lines
from kernel.text.vectors.vectors import Vectors

#: Number of lines whose numbers are parsed together.
_BATCH = 1000
#: Maximum width; a larger one means that the file is something else.
_MAX_WIDTH = 100_000
#: Fields of the first line of a floret table, in order.
_FLORET_HEAD = ("rows", "width", "minn", "maxn", "hash_count", "hash_seed", "bow", "eow")

#: A line and its number in the file.
_Numbered = tuple[int, str]


def read_vectors(
    path: Path,
    *,
    n_words: int = 0,
    mode: str = "default",
    name: str | None = None,
    attr: str = "ORTH",
) -> Vectors:
    """Read word vectors from a text file, which may be gzipped or the only file in a zip archive.

    Args:
        path: The file. If a word occurs twice, its first vector is used.
        n_words: Number of words to read; 0 for all.
        mode: default, or floret for a table of n-gram rows.
        name: Name of the vectors.
        attr: The attribute of words that is used as key.

    Raises:
        DataError: The file cannot be read, has another format or is incomplete; the message has the line.
    """
    # Checks the attribute before reading a large file.
    arguments: dict[str, Any] = {"name": name, "attr": Vectors(attr=attr).attr}
    lines: Iterator[_Numbered] = (
        (number, line) for number, line in enumerate(read_lines(path), start=1) if line.strip()
    )
    first = next(lines, None)
    if first is None:
        raise DataError(f"{path}: expected word vectors as text, got an empty file; name another one")
    if mode == "floret":
        return _read_floret(path, first, lines, arguments)
    head = first[1].split()
    n_rows = None
    if len(head) == 2 and all(map(is_whole_number, head)):
        n_rows, width = map(int, head)
    else:
        width, lines = len(head) - 1, chain([first], lines)
    words, data = _read_rows(path, islice(lines, n_words) if n_words else lines, width)
    _check_rows(path, min(n_rows, n_words) if n_rows and n_words else n_rows, len(data))
    row_of: dict[str, int] = {}
    for row, word in enumerate(words):
        row_of.setdefault(word, row)
    if len(row_of) < len(data):
        data = data[list(row_of.values())]
    return Vectors(data=data, keys=row_of, **arguments)


def _read_floret(
    path: Path, first: _Numbered, lines: Iterator[_Numbered], arguments: Mapping[str, Any]
) -> Vectors:
    """Read a floret table; `arguments` are further arguments of `Vectors`."""
    head = first[1].split()
    if len(head) != len(_FLORET_HEAD) or not all(map(is_whole_number, head[:6])):
        wanted = " ".join(_FLORET_HEAD)
        raise DataError(
            f"{path}:{first[0]}: expected the header of a floret table, {wanted}, got {first[1]!r:.80}"
        )
    n_rows, width, *counts = map(int, head[:6])
    names, data = _read_rows(path, lines, width)
    _check_rows(path, n_rows, len(data))
    wrong = next((row for row, name in enumerate(names) if name != str(row)), None)
    if wrong is not None:
        raise DataError(
            f"{path}: expected the rows of a floret table in order, got {names[wrong]!r:.40} for row {wrong}"
        )
    settings: dict[str, Any] = dict(zip(_FLORET_HEAD[2:], [*counts, *head[6:]], strict=True))
    try:
        return Vectors(data=data, mode="floret", **arguments, **settings)
    except DataError as exc:
        raise DataError(f"{path}:{first[0]}: {exc}") from None


def _read_rows(path: Path, lines: Iterator[_Numbered], width: int) -> tuple[list[str], Any]:
    """Read the words and the table, float32 (R, D)."""
    if not 1 <= width <= _MAX_WIDTH:
        raise DataError(
            f"{path}: expected a word and 1 to {_MAX_WIDTH:,} numbers per line, separated by spaces, "
            f"got {width:,} numbers; name a text file of vectors"
        )
    names: list[str] = []
    parts = [np.zeros((0, width), dtype=np.float32)]
    while batch := list(islice(lines, _BATCH)):
        # From the right: a word may contain spaces.
        fields = [line.rstrip(" ").rsplit(" ", width) for _, line in batch]
        short = next((i for i, row in enumerate(fields) if len(row) != width + 1), None)
        if short is not None:
            raise DataError(
                f"{path}:{batch[short][0]}: expected a word and {width} numbers, separated by spaces, "
                f"got {len(fields[short])} fields; all vectors must have one width"
            )
        try:
            numbers = np.array([row[1:] for row in fields], dtype=np.float32)
        except ValueError:
            numbers = None
        if numbers is None or not np.isfinite(numbers).all():
            raise _no_number(path, batch, fields)
        names += [row[0] for row in fields]
        parts.append(numbers)
    return names, np.concatenate(parts)


def _no_number(path: Path, batch: Sequence[_Numbered], fields: Sequence[Sequence[str]]) -> DataError:
    """Return the error for the first field that is not a finite number."""
    for (line, _), row in zip(batch, fields, strict=True):
        for field in row[1:]:
            try:
                is_number = bool(np.isfinite(np.float32(field)))
            except ValueError:
                is_number = False
            if not is_number:
                return DataError(f"{path}:{line}: expected a number, got {field!r:.40} for {row[0]!r:.40}")
    raise AssertionError("every field is a number")


def _check_rows(path: Path, expected: int | None, n_rows: int) -> None:
    if not n_rows:
        raise DataError(f"{path}: expected word vectors, got none after the first line; name another file")
    if expected is not None and expected != n_rows:
        raise DataError(
            f"{path}: expected {expected:,} vectors according to the first line, got {n_rows:,}; copy the file again, "
            "or correct that line"
        )
