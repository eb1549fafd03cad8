"""Write converted documents to files, each under a temporary name until all are complete."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import CheckpointError, DataError
from kernel.system.files import followed, put_file, reason
from kernel.text.doc.doc import Doc
from kernel.text.storage.docbin import ALL_ATTRS, DocBin

#: Maximum size of the documents of one `.spacy` file before compression. They are kept in memory until it is written.
SHARD_BYTES = 1 << 28

#: Without norms, which depend on the language: a converter does not know it, the reader's vocabulary does.
_ATTRS = tuple(attr for attr in ALL_ATTRS if attr != "NORM")


@dataclass(frozen=True)
class Conversion:
    """A file that was written.

    Attributes:
        path: The file.
        n_docs: Number of documents.
        n_sents: Number of sentences; 0 if sentences are not annotated.
    """

    path: Path
    n_docs: int
    n_sents: int


def write_docs(
    output: Path, docs: Iterable[Doc], file_type: str, shard_bytes: int = SHARD_BYTES
) -> list[Conversion]:
    """Write documents to a file, or to several numbered ones if it would be too large.

    Args:
        output: The file; `-1`, `-2` ... are added to its name if there are several.
        docs: The documents; they are not all kept in memory.
        file_type: `spacy` or `jsonl`.
        shard_bytes: Maximum size of the documents in one file, before compression.

    Raises:
        DataError: There are no documents.
        CheckpointError: The files cannot be written.
    """
    requested = output
    missing = [folder for folder in output.parents if not folder.exists()]
    parts: list[Path] = []

    def next_part() -> Path:
        parts.append(output.with_name(f".{output.name}.{os.getpid()}.{len(parts)}.part"))
        return parts[-1]

    write = _write_docbins if file_type == "spacy" else _write_jsonl
    try:
        output = followed(output)
        output.parent.mkdir(parents=True, exist_ok=True)
        try:
            counts = list(write(docs, next_part, shard_bytes))
            if not counts:
                raise DataError(f"{output}: nothing to write, the input has no documents; is it empty?")
            return _put_into_place(output, parts, counts)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
            for folder in missing:
                with suppress(OSError):  # folders that are not empty stay
                    folder.rmdir()
    except OSError as exc:
        raise CheckpointError(
            f"{requested}: cannot be written, got {reason(exc)}; choose another path"
        ) from exc


def _put_into_place(output: Path, parts: list[Path], counts: list[tuple[int, int]]) -> list[Conversion]:
    names = [f"{output.stem}-{i}{output.suffix}" for i in range(1, len(parts) + 1)]
    paths = [output] if len(parts) == 1 else [output.with_name(name) for name in names]
    for part, path in zip(parts, paths, strict=True):
        put_file(part, path)
    return [Conversion(path, *count) for path, count in zip(paths, counts, strict=True)]


def _write_docbins(
    docs: Iterable[Doc], next_part: Callable[[], Path], shard_bytes: int
) -> Iterator[tuple[int, int]]:
    """Write files of documents, and yield the number of documents and sentences in each."""
    packed, n_sents, n_bytes = DocBin(_ATTRS, store_user_data=True), 0, 0
    for doc in docs:
        size = len(doc) * 8 * len(packed.attrs)
        if len(packed) and n_bytes + size > shard_bytes:
            packed.to_disk(next_part())
            yield len(packed), n_sents
            packed, n_sents, n_bytes = DocBin(_ATTRS, store_user_data=True), 0, 0
        packed.add(doc)
        n_sents += _count_sents(doc)
        n_bytes += size
    if len(packed):
        packed.to_disk(next_part())
        yield len(packed), n_sents


def _write_jsonl(
    docs: Iterable[Doc], next_part: Callable[[], Path], shard_bytes: int
) -> Iterator[tuple[int, int]]:
    n_docs = n_sents = 0
    with next_part().open("w", encoding="utf-8") as lines:
        for doc in docs:
            lines.write(json.dumps(doc.to_json(), ensure_ascii=False) + "\n")
            n_docs += 1
            n_sents += _count_sents(doc)
    if n_docs:
        yield n_docs, n_sents


def _count_sents(doc: Doc) -> int:
    return len(doc.sentence_starts()) if doc.has_annotation("SENT_START") else 0
