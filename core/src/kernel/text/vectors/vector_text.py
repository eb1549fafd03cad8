"""Word vectors as text: a line for each word, as word2vec, GloVe and fastText write them, or each row of a floret one.

Letters: R rows of the table, D width.

Source: the format of word2vec's `-binary 0`, whose first line says R and D (GloVe's files lack it), and that of floret.
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

#: Lines whose numbers are read together.
_AT_A_TIME = 1000
#: A first line that asks for more numbers a word is not meant as one.
_WIDEST = 100_000
#: What the first line of a floret table says, in this order.
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
    """Read word vectors from a text file, which may be compressed with gzip or be alone in a zip file.

    Args:
        path: The file. A word that stands there twice keeps its first vector.
        n_words: Read only so many, the first; 0 reads all.
        mode: default, or floret for a table of n-grams' rows.
        name: What the vectors are called.
        attr: The attribute of a word that its key is.

    Raises:
        DataError: The file cannot be read or is not of this format, or is not whole; the message names the line.
    """
    # An attribute that does not exist is refused before a large file is read.
    given: dict[str, Any] = {"name": name, "attr": Vectors(attr=attr).attr}
    lines: Iterator[_Numbered] = (
        (number, line) for number, line in enumerate(read_lines(path), start=1) if line.strip()
    )
    first = next(lines, None)
    if first is None:
        raise DataError(f"{path}: expected word vectors as text, got an empty file; give another one")
    if mode == "floret":
        return _read_floret(path, first, lines, given)
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
    return Vectors(data=data, keys=row_of, **given)


def _read_floret(
    path: Path, first: _Numbered, lines: Iterator[_Numbered], given: Mapping[str, Any]
) -> Vectors:
    """Read a floret table; its name and attribute are given."""
    head = first[1].split()
    if len(head) != len(_FLORET_HEAD) or not all(map(is_whole_number, head[:6])):
        wanted = " ".join(_FLORET_HEAD)
        raise DataError(
            f"{path}:{first[0]}: expected the head of a floret table, {wanted}, got {first[1]!r:.80}"
        )
    n_rows, width, *counts = map(int, head[:6])
    names, data = _read_rows(path, lines, width)
    _check_rows(path, n_rows, len(data))
    wrong = next((row for row, given in enumerate(names) if given != str(row)), None)
    if wrong is not None:
        raise DataError(
            f"{path}: expected the rows of a floret table in order, got {names[wrong]!r:.40} for row {wrong}"
        )
    settings: dict[str, Any] = dict(zip(_FLORET_HEAD[2:], [*counts, *head[6:]], strict=True))
    try:
        return Vectors(data=data, mode="floret", **given, **settings)
    except DataError as exc:
        raise DataError(f"{path}:{first[0]}: {exc}") from None


def _read_rows(path: Path, lines: Iterator[_Numbered], width: int) -> tuple[list[str], Any]:
    """Read the words and the table, float32 (R, D)."""
    if not 1 <= width <= _WIDEST:
        raise DataError(
            f"{path}: expected a word and 1 to {_WIDEST:,} numbers a line, separated by spaces, "
            f"got {width:,} numbers; give a text file of vectors"
        )
    names: list[str] = []
    parts = [np.zeros((0, width), dtype=np.float32)]
    while some := list(islice(lines, _AT_A_TIME)):
        # From the right: a word may hold spaces.
        fields = [line.rstrip(" ").rsplit(" ", width) for _, line in some]
        short = next((i for i, found in enumerate(fields) if len(found) != width + 1), None)
        if short is not None:
            raise DataError(
                f"{path}:{some[short][0]}: expected a word and {width} numbers, separated by spaces, "
                f"got {len(fields[short])} fields; give vectors of one width"
            )
        try:
            numbers = np.array([found[1:] for found in fields], dtype=np.float32)
        except ValueError:
            numbers = None
        if numbers is None or not np.isfinite(numbers).all():
            raise _no_number(path, some, fields)
        names += [found[0] for found in fields]
        parts.append(numbers)
    return names, np.concatenate(parts)


def _no_number(path: Path, some: Sequence[_Numbered], fields: Sequence[Sequence[str]]) -> DataError:
    """Find the field that is no finite number."""
    for (line, _), found in zip(some, fields, strict=True):
        for field in found[1:]:
            try:
                is_number = bool(np.isfinite(np.float32(field)))
            except ValueError:
                is_number = False
            if not is_number:
                return DataError(f"{path}:{line}: expected a number, got {field!r:.40} for {found[0]!r:.40}")
    raise AssertionError("every field is a number")


def _check_rows(path: Path, expected: int | None, found: int) -> None:
    if not found:
        raise DataError(f"{path}: expected word vectors, got none behind the first line; give another file")
    if expected is not None and expected != found:
        raise DataError(
            f"{path}: expected {expected:,} vectors, as its first line says, got {found:,}; copy it anew, "
            "or correct that line"
        )
