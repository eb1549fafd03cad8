"""Parse IOB files into sentences; errors name file and line.

Three layouts are distinguished by the first lines:

- columns: one token per line, with the word in the first column and the tag in the last; of three or more columns, the
  second is the part-of-speech tag, as in CoNLL-2003;
- numbered: columns below comments, with the number of the token, the word and the tag, as in Universal NER;
- sentences: one sentence per line, of `word|TAG` or `word|POS|TAG`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from kernel.convert.readable_text import Refuse, refuse_or_raise
from kernel.errors import DataError
from kernel.text.base.lines import read_lines

_TAG = re.compile(r"O|-|[BILU]-\S+")
_COMMENT = re.compile(r"#\s*(?:[\w.:]+\s*=|new(?:doc|par)\b)")
_DOCUMENT = "-DOCSTART-"
_HOW = "write O, or a label after B-, I-, L- or U-"


@dataclass
class TaggedSentence:
    """One sentence, with one list per column.

    Attributes:
        words: The tokens.
        tags: The entity tag of each token, IOB or BILUO; `-` for a missing annotation.
        pos: The part-of-speech tag of each token, empty if the file has none.
        text: The value of the comment `# text`.
        starts_document: Whether the file marks the start of a document here.
    """

    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    pos: list[str] = field(default_factory=list)
    text: str | None = None
    starts_document: bool = False


@dataclass
class Block:
    """The lines between two blank lines."""

    starts_document: bool = False
    comments: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def read_sentences(path: Path, refuse: Refuse | None = None) -> Iterator[TaggedSentence]:
    """Read the sentences of a file, one at a time.

    Args:
        path: The file.
        refuse: Called for malformed sentences, which are then skipped; None raises at the first.

    Raises:
        DataError: The file cannot be read, or a line is malformed: `file:line: what`.
    """
    layout = None
    for block in _blocks(path):
        layout = layout or _find_layout(block)
        try:
            if layout == "sentences":
                yield from _whole_sentences(path, block)
            else:
                yield _sentence(path, block, is_numbered=layout == "numbered")
        except DataError as error:
            refuse_or_raise(error, "\n".join("\t".join(row) for row in block.rows), refuse)


def recognises(head: list[str]) -> bool:
    """Return whether the first lines of a file are words with entity tags, in columns or joined by `|`."""
    rows = [line.split() for line in head if line.strip() and not line.startswith((_DOCUMENT, "# "))]
    in_columns = all(len(row) > 1 and _TAG.fullmatch(row[-1]) for row in rows)
    joined = all("|" in token and _TAG.fullmatch(token.rpartition("|")[2]) for row in rows for token in row)
    return bool(rows) and (in_columns or joined)


def _blocks(path: Path) -> Iterator[Block]:
    """Yield the lines between blank lines and starts of documents."""
    block = Block()
    for number, line in enumerate(read_lines(path), start=1):
        if line.startswith(_DOCUMENT) or not line.strip():
            if block.rows:
                yield block
                block = Block()
            block.starts_document |= line.startswith(_DOCUMENT)
        elif _COMMENT.match(line) and not block.rows:
            block.comments.append(line)
            block.starts_document |= line.lstrip("# ").startswith("newdoc")
        else:
            block.numbers.append(number)
            block.rows.append(line.split("\t") if "\t" in line else line.split())
    if block.rows:
        yield block


def _find_layout(block: Block) -> str:
    if all("|" in token and _TAG.fullmatch(token.split("|")[-1]) for token in block.rows[0]):
        return "sentences"
    numbers = [str(i) for i in range(1, len(block.rows) + 1)]
    is_numbered = block.comments and [row[0] for row in block.rows] == numbers
    if is_numbered and all(len(row) > 2 and _TAG.fullmatch(row[2]) for row in block.rows):
        return "numbered"
    return "columns"


def _sentence(path: Path, block: Block, is_numbered: bool) -> TaggedSentence:
    sentence = TaggedSentence(starts_document=block.starts_document, text=_text(block.comments))
    word_column, tag_column = (1, 2) if is_numbered else (0, -1)
    n_columns = max(len(block.rows[0]), 3 if is_numbered else 2)
    for number, row in zip(block.numbers, block.rows, strict=True):
        if len(row) != n_columns:
            expected = f"expected {n_columns} columns"
            _fail(path, number, expected, " ".join(row), "separate word and tag by a tab or a space")
        pos = row[1] if n_columns > 2 and not is_numbered else ""
        _add(path, number, sentence, row[word_column], pos, row[tag_column])
    return sentence


def _whole_sentences(path: Path, block: Block) -> Iterator[TaggedSentence]:
    starts_document = block.starts_document
    for number, row in zip(block.numbers, block.rows, strict=True):
        sentence = TaggedSentence(starts_document=starts_document)
        starts_document = False
        n_parts = 3 if row[0].count("|") > 1 else 2
        for token in row:
            parts = token.rsplit("|", n_parts - 1)
            if len(parts) != n_parts:
                _fail(
                    path,
                    number,
                    f"expected {n_parts} parts separated by |",
                    token,
                    "write word|TAG or word|POS|TAG",
                )
            _add(path, number, sentence, parts[0], "".join(parts[1:-1]), parts[-1])
        yield sentence


def _add(path: Path, number: int, sentence: TaggedSentence, word: str, pos: str, tag: str) -> None:
    if not word.strip():
        _fail(path, number, "expected a word", word, "write it before the tag")
    if not _TAG.fullmatch(tag):
        _fail(path, number, "expected an entity tag", tag, _HOW)
    sentence.words.append(word)
    sentence.pos.append(pos)
    sentence.tags.append(tag)


def _text(comments: list[str]) -> str | None:
    for comment in comments:
        key, has_value, value = comment.lstrip("# ").partition("=")
        if has_value and key.strip() == "text":
            return value.strip()
    return None


def _fail(path: Path, number: int, expected: str, got: str, advice: str) -> NoReturn:
    raise DataError(expected, where=f"{path}:{number}", got=f"{got!r:.80}", advice=advice)
