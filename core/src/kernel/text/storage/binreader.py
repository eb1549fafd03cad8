"""Create documents from packed ones; work that depends only on words is done once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.base import messages, symbols
from kernel.text.base.cats import checked_cats
from kernel.text.base.strings import UnknownString
from kernel.text.base.tree import follow
from kernel.text.doc.columns import DTYPES, Columns
from kernel.text.doc.doc import Doc
from kernel.text.doc.doc_arrays import as_column
from kernel.text.vocab.vocab import Vocab

Array = npt.NDArray[Any]

_OF_STRINGS = frozenset(("TAG", "MORPH", "LEMMA", "DEP", "ENT_TYPE", "ENT_KB_ID", "ENT_ID", "NORM"))
_POS_IDS = [0, *(symbols.IDS[name] for name in symbols.PARTS_OF_SPEECH)]
#: Smallest and largest value of attributes that are not strings.
_RANGES = {"ENT_IOB": (0, 3), "SENT_START": (-1, 1), "HEAD": (-(2**31), 2**31 - 1)}


@dataclass
class Packed:
    """Documents as they are stored in a file, not yet tied to a vocabulary."""

    tokens: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    spaces: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    cats: list[Any] = field(default_factory=list)
    flags: list[Any] = field(default_factory=list)
    span_groups: list[bytes] = field(default_factory=list)
    user_data: list[bytes | None] = field(default_factory=list)

    def extend(self, other: Packed) -> None:
        """Append the documents of another."""
        for name, values in vars(self).items():
            values.extend(getattr(other, name))


def concatenated(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Concatenate arrays without copying a single one."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


class Borrowed:
    """Strings of packed documents: the vocabulary keeps them while this object exists, then only those in use."""

    def __init__(self, vocab: Vocab, strings: Iterable[str]) -> None:
        with vocab.memory:
            self._numbers = vocab.strings.add_words(list(strings))
            vocab.memory.watch(self)

    def used_rows(self) -> npt.NDArray[np.int32]:
        """Return no rows: only strings are kept."""
        return np.zeros(0, dtype=np.int32)

    def used_strings(self) -> npt.NDArray[np.uint64]:
        """Return the numbers of the strings."""
        return self._numbers


def read_docs(
    packed: Packed,
    names: Sequence[str],
    vocab: Vocab,
    source: str,
    with_user_data: bool,
    *,
    first: int = 1,
) -> Iterator[Doc]:
    """Create the documents from packed ones.

    Args:
        packed: The packed documents.
        names: Their attributes, ORTH first.
        vocab: The vocabulary to use; it must have the strings.
        source: Prefix of messages.
        with_user_data: Whether to read user data.
        first: Number of the first document.

    Raises:
        DataError: A document is damaged; the message says which.
    """
    if not packed.lengths:
        return
    ends = np.cumsum(packed.lengths)
    tokens, spaces = concatenated(packed.tokens), concatenated(packed.spaces)
    try:
        with vocab.memory:
            # Keeps the words of documents that are not yet created.
            words = Columns(vocab, _rows_of(tokens[:, 0], vocab), spaces)
        columns = _columns_of(tokens, names, words.used_rows(), vocab)
        _check_trees(columns, packed.lengths)
    except _BadToken as error:
        i = int(np.searchsorted(ends, error.i, side="right"))
        start = int(ends[i]) - packed.lengths[i]
        part = slice(start, int(ends[i]))
        text, characters = _text_of(tokens[part, 0], spaces[part], vocab, error.i - start)
        raise DamagedDocument(
            error.what,
            where=f"{source}document {first + i}",
            got=error.got,
            advice=error.advice,
            text=text,
            characters=characters,
        ) from None
    set_in = _documents_with(columns, ends)
    for i, (length, end) in enumerate(zip(packed.lengths, ends.tolist(), strict=True)):
        part = slice(end - length, end)
        doc = Doc.from_rows(vocab, words.used_rows()[part].copy(), spaces[part].copy())
        doc.adopt_columns({name: columns[name][part].copy() for name in columns if set_in[name][i]})
        try:
            _complete(doc, packed, i, with_user_data)
        except DataError as error:
            raise error.within(f"{source}document {first + i}") from None
        yield doc


class DamagedDocument(DataError):
    """A document has a token with an invalid value.

    Attributes:
        text: The text of the document, as far as it can be read.
        characters: The first character of the token and the one after its last.
    """

    def __init__(
        self, *args: Any, text: str = "", characters: tuple[int, int] | None = None, **fields: Any
    ) -> None:
        self.text = text
        self.characters = characters
        super().__init__(*args, **fields)

    def _worded(self, joint: str) -> str:
        span = "" if self.characters is None else " (characters {} to {})".format(*self.characters)
        return f"{super()._worded(joint)}{span}"


class _BadToken(DataError):
    """A token has an invalid value."""

    def __init__(self, *args: Any, i: int = 0, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.i = i


def _text_of(orths: Array, spaces: Array, vocab: Vocab, token: int) -> tuple[str, tuple[int, int] | None]:
    """Return a document's text and the offsets of a token in it; nothing if the string of a word is missing."""
    if not all(orth in vocab.strings for orth in orths.tolist()):
        return "", None
    words = [vocab.strings[orth] for orth in orths.tolist()]
    pieces = [word + " " * bool(space) for word, space in zip(words, spaces.tolist(), strict=True)]
    start = sum(map(len, pieces[:token]))
    return "".join(pieces), (start, start + len(words[token]))


def _rows_of(orths_of_tokens: Array, vocab: Vocab) -> npt.NDArray[np.int32]:
    """Return the lexeme rows of words given by number."""
    orths, inverse = np.unique(orths_of_tokens, return_inverse=True)
    try:
        rows_of_orths = vocab.rows(vocab.strings.strings_of(orths.tolist()))
    except UnknownString:
        _check_strings("ORTH", orths_of_tokens, orths, vocab)
        raise
    return rows_of_orths[inverse.reshape(-1)]


def _columns_of(
    tokens: Array, names: Sequence[str], rows: npt.NDArray[np.int32], vocab: Vocab
) -> dict[str, Array]:
    """Split the attributes into columns, leaving out those without annotation."""
    columns: dict[str, Array] = {}
    for i, name in enumerate(names):
        if name not in DTYPES or name in ("LEX", "SPACY"):
            continue
        values = tokens[:, i].copy()
        if name == "NORM":
            values[values == vocab.lexemes.features(rows, ["NORM"])[:, 0]] = 0
        if not values.any() and name != "HEAD":
            continue
        if name in _OF_STRINGS:
            _check_strings(name, values, np.unique(values), vocab)
        elif name == "POS":
            _check_values(name, values, np.isin(values, _POS_IDS))
        else:
            smallest, largest = _RANGES[name]
            signed = values.view(np.int64)
            _check_values(name, signed, (signed >= smallest) & (signed <= largest))
        columns[name] = as_column(name, values)
    return columns


def _check_trees(columns: dict[str, Array], lengths: list[int]) -> None:
    """Check that heads are inside their document and lead to a root."""
    if "HEAD" not in columns:
        return
    heads = np.arange(len(columns["HEAD"])) + columns["HEAD"]
    ends = np.repeat(np.cumsum(lengths), lengths)
    starts = ends - np.repeat(lengths, lengths)
    outside = np.flatnonzero((heads < starts) | (heads >= ends))
    if outside.size:
        what = "the head of a token is outside the document; the file is damaged"
        raise _BadToken(what, i=int(outside[0]))
    tops = follow(heads)
    lost = np.flatnonzero(heads[tops] != tops)
    if lost.size:
        what = "heads must lead to a root"
        raise _BadToken(what, i=int(lost[0]), got="a cycle", advice="the file is damaged")


def _documents_with(columns: dict[str, Array], ends: Array) -> dict[str, list[bool]]:
    """Return for each column which documents have annotation in it; heads count if there are labels."""
    bounds = np.concatenate([[0], ends])
    set_in: dict[str, Array] = {}
    for name, values in columns.items():
        n_set = np.concatenate([[0], np.cumsum(values != 0)])
        set_in[name] = np.diff(n_set[bounds]) > 0
    if "HEAD" in set_in and "DEP" in set_in:
        set_in["HEAD"] = set_in["HEAD"] | set_in["DEP"]
    return {name: is_set.tolist() for name, is_set in set_in.items()}


#: Serialized user data of a document that has none.
_NO_USER_DATA = b"\x80"


def _complete(doc: Doc, packed: Packed, i: int, with_user_data: bool) -> None:
    """Set the data of a document that are not in columns."""
    doc.cats = checked_cats(packed.cats[i])
    _read_flags(doc, packed.flags[i])
    if packed.span_groups[i] not in (b"", b"\x90"):
        doc.spans.from_bytes(packed.span_groups[i])
        _check_span_strings(doc)
    user_data = packed.user_data[i]
    if with_user_data and user_data and user_data != _NO_USER_DATA:
        try:
            doc.user_data = dict(messages.unpack(user_data, use_list=False))
        except (ValueError, TypeError) as error:
            raise DataError(f"user_data cannot be read, {type(error).__name__}") from None


def _read_flags(doc: Doc, flags: Mapping[str, Any]) -> None:
    doc.has_unknown_spaces = bool(flags.get("has_unknown_spaces", False))
    sentiment, tensor = flags.get("sentiment", 0.0), flags.get("tensor", doc.tensor)
    if not isinstance(sentiment, float):
        raise DataError(f"the sentiment must be a number, got {sentiment!r:.60}; the file is damaged")
    is_tensor = isinstance(tensor, np.ndarray) and tensor.dtype.kind == "f" and tensor.ndim > 0
    if not is_tensor or len(tensor) not in (0, len(doc)):
        raise DataError(f"the tensor must have a row per token, got {tensor!r:.60}; the file is damaged")
    doc.sentiment, doc.tensor = sentiment, tensor


def _check_strings(name: str, values: Array, numbers: Array, vocab: Vocab) -> None:
    for number in vocab.strings.missing(numbers.tolist()):
        i = int(np.flatnonzero(values == number)[0])
        what = f"{name} of a token has no string"
        raise _BadToken(what, i=i, got=str(number), advice="the file is damaged")


def _check_span_strings(doc: Doc) -> None:
    for name, group in doc.spans.items():
        for number in doc.vocab.strings.missing({number for key in group.keys for number in key[2:]}):
            raise DataError(f"a label in spans {name!r} has no string, got {number}; the file is damaged")


def _check_values(name: str, values: Array, is_valid: Array) -> None:
    if not is_valid.all():
        i = int(np.argmin(is_valid))
        what = f"{name} of a token is out of range"
        raise _BadToken(what, i=i, got=str(int(values[i])), advice="the file is damaged")
