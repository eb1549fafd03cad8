"""Convert tables of texts and their categories; the first row names the columns.

text,label               one category per text; the others of the file are 0
text,labels              several categories, separated by | or ;
text,GOOD,BAD            a number for each category
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kernel.convert.readable_text import Refuse, refuse_or_raise
from kernel.errors import DataError
from kernel.text.base.lines import read_lines
from kernel.tokens import Doc
from kernel.vocab import Vocab
from pkg_records.pipeline import tokenizing
from pkg_records.record import record_doc

_TEXT = ("text", "sentence", "content")
_ONE = ("label", "category", "class")
_SEVERAL = ("labels", "categories", "classes")


class TableColumns(NamedTuple):
    """The columns that the first row names.

    Attributes:
        text: Index of the column of texts.
        label: Index of the column of labels; -1 if there is none.
        several: Whether a text may have several labels.
        numbers: Maps the indices of columns with numbers to their categories.
    """

    text: int
    label: int
    several: bool
    numbers: dict[int, str]


def convert_csv(
    path: Path,
    *,
    lang: str = "",
    vocab: Vocab | None = None,
    nlp: Any = None,
    refuse: Refuse | None = None,
) -> Iterator[Doc]:
    """Read a table with cells separated by commas or semicolons as documents, one at a time.

    Args:
        path: The file, plain or compressed with gzip.
        lang: Code of the language whose tokenizer to use; "" for a language-independent one.
        vocab: The vocabulary of the documents; None uses that of `nlp`.
        nlp: The pipeline whose tokenizer to use; None creates a blank one.
        refuse: Called for malformed rows, which are then skipped; None raises at the first.

    Returns:
        An iterator over the documents.

    Raises:
        DataError: The file cannot be read or a row is malformed: `file:line: what`.
    """
    first = next(read_lines(path), "")
    return _convert(
        path, ";" if first.count(";") > first.count(",") else ",", tokenizing(nlp, lang, vocab), refuse
    )


def convert_tsv(
    path: Path,
    *,
    lang: str = "",
    vocab: Vocab | None = None,
    nlp: Any = None,
    refuse: Refuse | None = None,
) -> Iterator[Doc]:
    """Read a table with cells separated by tabs; see `convert_csv`."""
    return _convert(path, "\t", tokenizing(nlp, lang, vocab), refuse)


def _recognises(head: list[str], delimiter: str) -> bool:
    """Return whether the first line of a file names the columns of texts and labels."""
    names = [name.strip().strip('"').lower() for name in (head[0] if head else "").split(delimiter)]
    return any(name in names for name in _TEXT) and any(name in names for name in (*_ONE, *_SEVERAL))


convert_csv.recognises = lambda head: _recognises(head, ",") or _recognises(head, ";")  # type: ignore[attr-defined]
convert_tsv.recognises = lambda head: _recognises(head, "\t")  # type: ignore[attr-defined]


def _convert(
    path: Path, delimiter: str, tokenizer: tuple[Any, Vocab], refuse: Refuse | None
) -> Iterator[Doc]:
    make_doc, vocab = tokenizer
    labels: dict[str, None] = {}
    columns: TableColumns | None = None
    for _, row in _rows(path, delimiter):
        if columns is None:
            columns = _columns(path, row)
        elif len(row) > columns.label:
            labels.update(dict.fromkeys(_labels(columns, row)))
    n_columns = 0
    for number, row in _rows(path, delimiter):
        if not n_columns or columns is None:
            n_columns = len(row)
            continue
        try:
            yield record_doc(_record(columns, n_columns, row), make_doc, vocab, {}, labels)
        except DataError as error:
            refuse_or_raise(error.within(f"{path}:{number}"), delimiter.join(row), refuse)


def _rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the line numbers on which they begin; rows without cells are skipped."""
    lines = (f"{line}\n" for line in read_lines(path))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise DataError(
                f"{path}:{number}: expected a row of a table ({error}); close each quote, or double it"
            ) from None
        if row is None:
            return
        if row:
            yield number, row
        number = reader.line_num + 1


def _columns(path: Path, row: list[str]) -> TableColumns:
    names = [name.strip() for name in row]
    lowered = [name.lower() for name in names]
    text = next((lowered.index(name) for name in _TEXT if name in lowered), -1)
    if text < 0:
        raise DataError(
            f"{path}:1: expected a first row that names a column 'text', got {row!r:.80}; write text,label or the like"
        )
    label = next((lowered.index(name) for name in (*_ONE, *_SEVERAL) if name in lowered), -1)
    numbers = {} if label >= 0 else {i: name for i, name in enumerate(names) if i != text and name}
    return TableColumns(text, label, label >= 0 and lowered[label] in _SEVERAL, numbers)


def _labels(columns: TableColumns, row: list[str]) -> list[str]:
    if columns.label < 0 or columns.label >= len(row):
        return []
    cell = row[columns.label].strip()
    cells = cell.replace(";", "|").split("|") if columns.several else [cell]
    return [label.strip() for label in cells if label.strip()]


def _record(columns: TableColumns, n_columns: int, row: list[str]) -> dict[str, Any]:
    if len(row) != n_columns:
        raise DataError(f"expected {n_columns} cells, got {len(row)}; quote cells that contain the separator")
    record: dict[str, Any] = {"text": row[columns.text]}
    if columns.label >= 0:
        labels = _labels(columns, row)
        if not labels and not columns.several:
            raise DataError("expected a label, got ''; write one, or leave the row out")
        return {**record, "labels": labels}
    cats = {}
    for i, name in columns.numbers.items():
        try:
            cats[name] = float(row[i])
        except ValueError:
            raise DataError(
                f"{name:.40}: expected a number from 0 to 1, got {row[i]!r:.40}; write one"
            ) from None
    return {**record, "cats": cats}
