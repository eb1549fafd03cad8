"""Read texts without annotation, for pretraining vectors or layers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from kernel.convert.readable_text import OnInvalid, Sieve, TextFault, checked
from kernel.limits import Count, DataPath
from kernel.text.base.json_data import read_json
from kernel.tokens import Doc
from kernel.training import Example
from pkg_readers.ahead import look_ahead
from pkg_readers.paths import checked_path, corpus_files


class _Lengths(NamedTuple):
    """The lengths of documents to keep, in tokens; 0: no limit."""

    shortest: int
    longest: int

    def allow(self, doc: Doc) -> bool:
        return len(doc) >= self.shortest and (self.longest == 0 or len(doc) < self.longest)


class JsonlCorpus:
    """Texts from files with one JSON object per line: `{"text": "..."}` or `{"tokens": ["...", "..."]}`."""

    def __init__(
        self,
        path: str | Path,
        *,
        limit: int = 0,
        min_length: int = 0,
        max_length: int = 0,
        on_invalid: str = "fail",
    ) -> None:
        """Store the settings; see `jsonl_corpus` for the arguments."""
        self.path = Path(path)
        self.on_invalid = checked(on_invalid)
        self.limit = limit
        self.lengths = _Lengths(min_length, max_length)

    def __call__(self, nlp: Any) -> Iterator[Example]:
        """Read the texts.

        Args:
            nlp: The pipeline whose vocabulary and tokenizer to use.

        Raises:
            DataError: A file is missing, or a line is not such an object: `file:line: what`.
        """
        return islice(self._examples(nlp), self.limit or None)

    def check(self, nlp: Any) -> None:
        """Look at the lines, for half a minute at most, for what would stop a run that streams the corpus.

        Raises:
            DataError: As for reading it.
        """
        if self.on_invalid == "fail":
            sieve = Sieve(self.path, self.on_invalid)
            # The lines that a limit covers depend on their lengths in tokens.
            look_ahead(self(nlp) if self.limit else self._records(sieve), self.path)

    def _records(self, sieve: Sieve) -> Iterator[str | list[str]]:
        for file in corpus_files(self.path, ".jsonl"):
            for number, line in _lines(file, sieve):
                record = _record(f"{file}:{number}", line, sieve)
                if record is not None:
                    sieve.n_read += 1
                    yield record

    def _examples(self, nlp: Any) -> Iterator[Example]:
        sieve = Sieve(self.path, self.on_invalid)
        for record in self._records(sieve):
            doc = nlp.make_doc(record) if isinstance(record, str) else Doc(nlp.vocab, words=record)
            if self.lengths.allow(doc):
                yield _unannotated(doc)
        sieve.finish()


class PlainTextCorpus:
    """Texts from files with one text per line."""

    def __init__(
        self, path: str | Path, *, min_length: int = 0, max_length: int = 0, on_invalid: str = "fail"
    ) -> None:
        """Store the settings; see `plain_text_corpus` for the arguments."""
        self.path = Path(path)
        self.on_invalid = checked(on_invalid)
        self.lengths = _Lengths(min_length, max_length)

    def __call__(self, nlp: Any) -> Iterator[Example]:
        """Read the texts.

        Args:
            nlp: The pipeline whose vocabulary and tokenizer to use.

        Raises:
            DataError: A file is missing or not UTF-8.
        """
        sieve = Sieve(self.path, self.on_invalid)
        for line in self._texts(sieve):
            doc = nlp.make_doc(line)
            sieve.n_read += 1
            if self.lengths.allow(doc):
                yield _unannotated(doc)
        sieve.finish()

    def check(self, nlp: Any) -> None:
        """Look at the lines, for half a minute at most, for what would stop a run that streams the corpus.

        Raises:
            DataError: As for reading it.
        """
        if self.on_invalid == "fail":
            look_ahead(self._texts(Sieve(self.path, self.on_invalid)), self.path)

    def _texts(self, sieve: Sieve) -> Iterator[str]:
        for file in corpus_files(self.path, ".txt"):
            yield from (line for _, line in _lines(file, sieve))


def _lines(file: Path, sieve: Sieve) -> Iterator[tuple[int, str]]:
    """Yield the numbers and stripped texts of the lines that are not blank."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError as exc:
                wrong = exc.object[exc.start : exc.end]
                reason = f"expected UTF-8, got {wrong!r:.80}; convert the file"
                decoded = line.decode("utf-8", "replace").strip()
                start = len(line[: exc.start].decode("utf-8"))
                sieve.refuse(TextFault(f"{file}:{number}", reason, "not UTF-8", decoded, (start, start + 1)))
                continue
            if text:
                yield number, text


def _record(source: str, line: str, sieve: Sieve) -> str | list[str] | None:
    """Return the text or the tokens of a line; None, after telling the sieve, if it has neither."""
    try:
        record = read_json(line)
    except json.JSONDecodeError as exc:
        reason = f"not JSON ({exc.msg}), got {line[:40]!r}; write one object"
        sieve.refuse(TextFault(source, reason, "not JSON", line, (exc.pos, exc.pos + 1)))
        return None
    except ValueError as exc:
        sieve.refuse(TextFault(source, f"not readable as JSON ({exc}), got {line[:40]!r}", "not JSON", line))
        return None
    text = record.get("text") if isinstance(record, dict) else None
    tokens = record.get("tokens") if isinstance(record, dict) else None
    if isinstance(tokens, list) and all(isinstance(token, str) for token in tokens):
        return tokens
    if isinstance(text, str):
        return text
    reason = f'expected an object with a text or a list of tokens, got {line[:40]!r}; write {{"text": "..."}}'
    sieve.refuse(TextFault(source, reason, "neither a text nor tokens", line))
    return None


def _unannotated(doc: Doc) -> Example:
    spaces = doc.column("SPACY").copy()
    return Example(doc, Doc.from_rows(doc.vocab, doc.rows, spaces, unknown_spaces=doc.has_unknown_spaces))


def jsonl_corpus(
    path: DataPath = None,
    *,
    limit: Count = 0,
    min_length: Count = 0,
    max_length: Count = 0,
    on_invalid: OnInvalid = "fail",
) -> JsonlCorpus:
    """Create a reader of texts from a `.jsonl` file, or from all in a folder and its subfolders.

    Args:
        path: The file or folder; each line is `{"text": "..."}` or `{"tokens": ["...", "..."]}`.
        limit: Maximum number of texts. 0: no limit.
        min_length: Skip texts of fewer tokens.
        max_length: Skip texts of this many tokens or more. 0: no limit.
        on_invalid: What to do with lines that are not such an object: "fail" stops at the first, "skip" skips them,
            "quarantine" also writes them to `PATH.invalid.jsonl`.

    Raises:
        DataError: No path is set, or it does not exist.
    """
    return JsonlCorpus(
        checked_path(path), limit=limit, min_length=min_length, max_length=max_length, on_invalid=on_invalid
    )


def plain_text_corpus(
    path: DataPath = None,
    *,
    min_length: Count = 0,
    max_length: Count = 0,
    on_invalid: OnInvalid = "fail",
) -> PlainTextCorpus:
    """Create a reader of texts from a `.txt` file, or from all in a folder and its subfolders, one text per line.

    Args:
        path: The file or folder.
        min_length: Skip texts of fewer tokens.
        max_length: Skip texts of this many tokens or more. 0: no limit.
        on_invalid: What to do with lines that are not UTF-8: "fail" stops at the first, "skip" skips them,
            "quarantine" also writes them to `PATH.invalid.jsonl`.

    Raises:
        DataError: No path is set, or it does not exist.
    """
    return PlainTextCorpus(
        checked_path(path), min_length=min_length, max_length=max_length, on_invalid=on_invalid
    )
