"""The parts of a DocBin: check that they have the right types and fit each other, and cut a large one into pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.base import attrs as attributes
from kernel.text.doc.doc import Doc
from kernel.text.storage.binreader import Packed, concatenated, read_docs
from kernel.text.storage.inflate import most_entries
from kernel.text.vocab.vocab import Vocab

#: Parts with one entry per document: the type of the entries, and the default if an older file lacks the part.
PER_DOCUMENT: dict[str, tuple[type, Any]] = {
    "cats": (dict, {}),
    "flags": (dict, {}),
    "span_groups": (bytes, b""),
    "user_data": (bytes, b""),
}


def checked(message: dict[str, Any], key: str, kind: type, of: type) -> Any:
    """Return a part after checking its type, and the type of the entries if it is a list."""
    value = message.get(key)
    if not isinstance(value, kind):
        raise DataError(f"docbin: {key} is missing or damaged, got {type(value).__name__}")
    if isinstance(value, list):
        check_kind(key, value, of)
    return value


def check_kind(key: str, entries: list[Any], of: type) -> None:
    """Check the type of the entries of a part."""
    if not {of}.issuperset(map(type, entries)):
        raise DataError(f"docbin: {key} must hold {of.__name__} only; the file is damaged")


def array(message: dict[str, Any], key: str, dtype: str) -> npt.NDArray[Any]:
    """Return a part that consists of numbers, as an array."""
    data = checked(message, key, bytes, int)
    check_numbers(key, len(data), dtype)
    return np.frombuffer(data, dtype=dtype)


def check_numbers(key: str, n_bytes: int, dtype: str) -> int:
    """Return how many numbers a part has, after checking that its size is a multiple of theirs."""
    if n_bytes % np.dtype(dtype).itemsize:
        raise DataError(f"docbin: {key} is damaged, got {n_bytes} bytes")
    return n_bytes // np.dtype(dtype).itemsize


def names_of(message: dict[str, Any]) -> list[str]:
    """Return the names of the attributes, ORTH first."""
    names = [attributes.attribute_name(attr) for attr in checked(message, "attrs", list, int)]
    if names[:1] != ["ORTH"]:
        raise DataError(f"docbin: the first attribute must be ORTH, got {names[:1]}")
    return names


def check_sizes(n_tokens: int, n_spaces: int, n_numbers: int, n_names: int) -> None:
    """Check that all parts have the same number of tokens; it is -1 if a length is negative."""
    if n_tokens != n_spaces or n_tokens * n_names != n_numbers:
        raise DataError(f"docbin: lengths say {n_tokens} tokens, got {n_spaces} spaces, {n_numbers} numbers")


def check_entries(key: str, n_entries: int, n_docs: int) -> None:
    """Check that a part has one entry per document."""
    if n_entries != n_docs:
        raise DataError(f"docbin: {key} has {n_entries} entries for {n_docs} documents; the file is damaged")


def check_most(key: str, n_entries: int, n_bytes: int) -> None:
    """Check that a part does not have more entries than a file of this size can have."""
    if n_entries > most_entries(n_bytes):
        raise DataError(
            f"docbin: {key} has {n_entries} entries in {n_bytes} bytes, the limit is {most_entries(n_bytes)}; "
            "the file is damaged"
        )


def per_document(message: dict[str, Any], key: str, n_docs: int) -> list[Any]:
    """Return a part with one entry per document, or default entries if an older file lacks it."""
    kind, default = PER_DOCUMENT[key]
    if key not in message:
        return [default] * n_docs
    values: list[Any] = checked(message, key, list, kind)
    check_entries(key, len(values), n_docs)
    return values


# Tokens per piece in memory; larger pieces share more words.
_TOKENS = 1 << 16
# Tokens per piece that is read together and, if a document in it is damaged, one document at a time.
_TOKENS_TRIED = 1 << 12


def cuts(
    lengths: Sequence[int] | npt.NDArray[np.int64], n_tokens: int
) -> Iterator[tuple[int, int, int, int]]:
    """Cut documents into pieces of at most `n_tokens` tokens, or of one longer document.

    Yields:
        The first document and the one after the last; the first token and the one after the last.
    """
    ends = np.cumsum(lengths, dtype=np.int64)
    start = first = 0
    while start < len(ends):
        end = max(start + 1, int(np.searchsorted(ends, first + n_tokens, side="right")))
        stop = int(ends[end - 1])
        yield start, end, first, stop
        start, first = end, stop


def pieces(packed: Packed, n_tokens: int = _TOKENS) -> Iterator[tuple[int, Packed]]:
    """Cut packed documents into pieces.

    Args:
        packed: The documents.
        n_tokens: Maximum number of tokens of a piece with several documents.

    Yields:
        The number of documents before the piece, and the piece.
    """
    if not packed.lengths:
        return
    tokens, spaces = concatenated(packed.tokens), concatenated(packed.spaces)
    for start, end, first, stop in cuts(packed.lengths, n_tokens):
        yield (
            start,
            Packed(
                [tokens[first:stop]],
                [spaces[first:stop]],
                packed.lengths[start:end],
                packed.cats[start:end],
                packed.flags[start:end],
                packed.span_groups[start:end],
                packed.user_data[start:end],
            ),
        )


def read_good_docs(
    packed: Packed,
    names: Sequence[str],
    vocab: Vocab,
    with_user_data: bool,
    on_bad: Callable[[int, DataError], None],
) -> Iterator[Doc]:
    """Create the documents that are intact; see `read_docs`.

    Args:
        packed: The packed documents.
        names: Their attributes, ORTH first.
        vocab: The vocabulary to use; it must have the strings.
        with_user_data: Whether to read user data.
        on_bad: Called for each damaged document, with its number, from 1, and the error, which says "document 1".
    """
    for n_before, piece in pieces(packed, _TOKENS_TRIED):
        try:
            docs = list(read_docs(piece, names, vocab, "", with_user_data))
        except DataError:
            docs = []
        yield from docs
        for i, single in pieces(piece, 0) if not docs else ():
            try:
                yield from read_docs(single, names, vocab, "", with_user_data)
            except DataError as error:
                on_bad(n_before + i + 1, error)
