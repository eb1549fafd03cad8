"""Parse CoNLL-U files into sentences; errors name file and line.

The format has ten columns: ID, FORM, LEMMA, UPOS, XPOS, FEATS, HEAD, DEPREL, DEPS, MISC. Empty nodes (`8.1`)
and enhanced dependencies (DEPS) are skipped. Values are kept as written; `documents.py` interprets them.

Source:
    https://universaldependencies.org/format.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, NoReturn

from kernel.convert.readable_text import Refuse, refuse_or_raise
from kernel.errors import DataError
from kernel.text.base.lines import is_whole_number, read_lines

N_COLUMNS = 10
UNSET = "_"
NO_HEAD = -1
_NO_SPACE = "SpaceAfter=No"
_ID, _FORM, _LEMMA, _UPOS, _XPOS, _FEATS, _HEAD, _DEPREL, _DEPS, _MISC = range(N_COLUMNS)

Row = list[str]


class Contraction(NamedTuple):
    """Several words written as one token, such as `dos` for `de os`.

    Attributes:
        start: Index of the first word, from 0.
        end: Index after the last word.
        form: The written form.
        misc: The last column of the contraction's line.
    """

    start: int
    end: int
    form: str
    misc: str


@dataclass
class ConlluSentence:
    """One sentence, with one list per column; words are indexed from 0.

    Attributes:
        heads: The head of each word; a root is its own head, NO_HEAD if the file has none.
        lines: Line number of each word in the file.
        text: The value of the comment `# text`.
        starts_document: Whether a comment `# newdoc` precedes the sentence.
    """

    words: list[str]
    lemmas: list[str]
    upos: list[str]
    xpos: list[str]
    feats: list[str]
    heads: list[int]
    deps: list[str]
    misc: list[str]
    lines: list[int]
    contractions: list[Contraction] = field(default_factory=list)
    text: str | None = None
    starts_document: bool = False


def read_sentences(path: Path, refuse: Refuse | None = None) -> Iterator[ConlluSentence]:
    """Read the sentences of a file, which may be compressed with gzip, one at a time.

    Args:
        path: The file.
        refuse: Called for malformed sentences, which are then skipped; None raises at the first.

    Raises:
        DataError: The file cannot be read, or a line is malformed: `file:line: what`.
    """
    for numbers, rows, comments in _blocks(path):
        try:
            yield _sentence(path, numbers, rows, comments)
        except DataError as error:
            refuse_or_raise(error, "\n".join("\t".join(row) for row in rows), refuse)


def _blocks(path: Path) -> Iterator[tuple[list[int], list[Row], list[str]]]:
    """Yield the lines between blank lines: their numbers, their columns, and the comments."""
    numbers: list[int] = []
    rows: list[Row] = []
    comments: list[str] = []
    for number, line in enumerate(read_lines(path), start=1):
        if line.startswith("#"):
            comments.append(line)
        elif line.strip():
            numbers.append(number)
            rows.append(line.split("\t"))
        elif rows:
            yield numbers, rows, comments
            numbers, rows, comments = [], [], []
    if rows:
        yield numbers, rows, comments


def _sentence(path: Path, numbers: list[int], rows: list[Row], comments: list[str]) -> ConlluSentence:
    for number, row in zip(numbers, rows, strict=True):
        if len(row) != N_COLUMNS:
            _fail(path, number, "expected 10 columns, separated by tabs", len(row), "is this CoNLL-U?")
    contractions: list[Contraction] = []
    if [row[_ID] for row in rows] != [str(i) for i in range(1, len(rows) + 1)]:
        numbers, rows, contractions = _only_words(path, numbers, rows)
    columns = list(zip(*rows, strict=True))
    for number, form in zip(numbers, columns[_FORM], strict=True):
        if not form.strip():
            _fail(path, number, "expected a form", form, "write the word in column 2")
    sentence = ConlluSentence(
        words=list(columns[_FORM]),
        lemmas=list(columns[_LEMMA]),
        upos=list(columns[_UPOS]),
        xpos=list(columns[_XPOS]),
        feats=list(columns[_FEATS]),
        heads=_heads(path, numbers, columns[_HEAD]),
        deps=list(columns[_DEPREL]),
        misc=list(columns[_MISC]),
        lines=numbers,
        contractions=contractions,
    )
    _read_comments(sentence, comments)
    return sentence


def _only_words(
    path: Path, numbers: list[int], rows: list[Row]
) -> tuple[list[int], list[Row], list[Contraction]]:
    """Separate the lines of words from those of contractions and empty nodes; check that words are numbered 1, 2, 3."""
    word_numbers: list[int] = []
    words: list[Row] = []
    contractions: list[Contraction] = []
    for number, row in zip(numbers, rows, strict=True):
        word_id = row[_ID]
        if word_id == str(len(words) + 1):
            word_numbers.append(number)
            words.append(row)
        elif "-" in word_id:
            contractions.append(_contraction(path, number, row, len(words), contractions))
        elif not _is_empty_node(word_id):
            _fail(path, number, f"expected the id {len(words) + 1}", word_id, "number the words 1, 2, 3")
    if not words:
        _fail(path, numbers[0], "expected a sentence with words", rows[0][_ID], "add its words, or delete it")
    if contractions and contractions[-1].end > len(words):
        last = f"{contractions[-1].start + 1}-{contractions[-1].end}"
        _fail(path, numbers[-1], f"expected a range up to {len(words)}", last, "add the words of the range")
    return word_numbers, words, contractions


def _contraction(path: Path, number: int, row: Row, n_before: int, earlier: list[Contraction]) -> Contraction:
    first, _, last = row[_ID].partition("-")
    is_range = first == str(n_before + 1) and is_whole_number(last) and int(last) > int(first)
    if not is_range or (earlier and earlier[-1].end > n_before):
        _fail(
            path, number, f"expected the id {n_before + 1} or a range from it", row[_ID], "correct the range"
        )
    return Contraction(int(first) - 1, int(last), row[_FORM], row[_MISC])


def _is_empty_node(word_id: str) -> bool:
    whole, dot, part = word_id.partition(".")
    return bool(dot) and whole.isdecimal() and part.isdecimal()


def _heads(path: Path, numbers: list[int], column: Iterable[str]) -> list[int]:
    """Parse the heads: as indices from 0; a root is its own head."""
    cells = list(column)
    heads: list[int] = []
    for i, head in enumerate(cells):
        if head == UNSET:
            heads.append(NO_HEAD)
        elif not (is_whole_number(head) and int(head) <= len(cells)):
            expected = f"expected a head from 0 to {len(cells)}"
            _fail(path, numbers[i], expected, head, "write the id of the word's head, or 0 for the root")
        else:
            heads.append(int(head) - 1 if head != "0" else i)
            if head == str(i + 1):
                _fail(path, numbers[i], "a word cannot be its own head", head, "write 0 for the root")
    in_cycle = _find_cycle(heads)
    if in_cycle is not None:
        _fail(path, numbers[in_cycle], "the heads have a cycle", cells[in_cycle], "correct the heads")
    return heads


def _find_cycle(heads: list[int]) -> int | None:
    """Return a word whose heads lead back to it, or None; visits each word at most twice."""
    walk_of = [0] * len(heads)
    for start in range(len(heads)):
        word = start
        while not walk_of[word]:
            walk_of[word] = start + 1
            head = heads[word]
            if head in (NO_HEAD, word):
                break
            if walk_of[head] == start + 1:
                return word
            word = head
    return None


def _read_comments(sentence: ConlluSentence, comments: list[str]) -> None:
    for comment in comments:
        key, has_value, value = comment.lstrip("# ").partition("=")
        if key.strip() == "text" and has_value:
            sentence.text = value.strip()
        elif key.split()[:1] == ["newdoc"]:
            sentence.starts_document = True


def has_space_after(misc: str) -> bool:
    """Return whether a space follows the token, by its last column."""
    return _NO_SPACE not in misc or _NO_SPACE not in misc.split("|")


def _fail(path: Path, number: int, expected: str, got: object, advice: str) -> NoReturn:
    raise DataError(expected, where=f"{path}:{number}", got=f"{got!r:.80}", advice=advice)
