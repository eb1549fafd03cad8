"""Convert JSON Lines files, with one record per line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.convert.readable_text import Refuse, refuse_or_raise
from kernel.errors import DataError
from kernel.text.base import json_data
from kernel.text.base.lines import read_lines
from kernel.tokens import Doc
from kernel.vocab import Vocab
from pkg_records.pipeline import tokenizing
from pkg_records.record import as_record, labels_of, record_doc


def convert_jsonl(
    path: Path,
    *,
    ner_map: Mapping[str, str] | None = None,
    lang: str = "",
    vocab: Vocab | None = None,
    nlp: Any = None,
    refuse: Refuse | None = None,
) -> Iterator[Doc]:
    """Read a file with one JSON object per line as documents, one at a time; see `pkg_records.record` for the objects.

    Args:
        path: The file, plain or compressed with gzip.
        ner_map: Maps entity labels to the labels to write instead; an empty string drops the entity.
        lang: Code of the language whose tokenizer to use for texts without tokens; "" for a language-independent one.
        vocab: The vocabulary of the documents; None uses that of `nlp`.
        nlp: The pipeline whose tokenizer to use; None creates a blank one.
        refuse: Called for malformed lines, which are then skipped; None raises at the first.

    Yields:
        The documents.

    Raises:
        DataError: The file cannot be read or a line is malformed: `file:line: what`.
    """
    make_doc, vocab = tokenizing(nlp, lang, vocab)
    labels = _labels(path)
    for number, line in enumerate(read_lines(path), start=1):
        if line.strip():
            try:
                yield record_doc(as_record(read_json(line)), make_doc, vocab, ner_map or {}, labels)
            except DataError as error:
                refuse_or_raise(error.within(f"{path}:{number}"), line, refuse)


def recognises(head: list[str]) -> bool:
    """Return whether the first line of a file is a JSON object, or a pair of a text and an object."""
    try:
        return bool(head) and isinstance(as_record(json_data.read_json(head[0])), dict)
    except ValueError:
        return False


convert_jsonl.recognises = recognises  # type: ignore[attr-defined]


def read_json(text: str) -> Any:
    """Parse a JSON value.

    Raises:
        DataError: The text is not valid JSON.
    """
    try:
        return json_data.read_json(text)
    except json.JSONDecodeError as error:
        around = text[max(0, error.pos - 20) : error.pos + 20]
        raise DataError(
            f"not JSON ({error.msg} at character {error.pos}), got {around!r:.80}; write one object"
        ) from None
    except ValueError as error:
        raise DataError(f"not readable as JSON ({error}), got {text[:40]!r}; correct it") from None


def _labels(path: Path) -> list[str]:
    """Return all categories that lines of the file name by label alone, in order of first appearance."""
    labels: dict[str, None] = {}
    for line in read_lines(path):
        if '"label' in line:
            try:
                labels.update(dict.fromkeys(labels_of(json_data.read_json(line))))
            except ValueError:
                continue  # reported when the line is converted
    return list(labels)
