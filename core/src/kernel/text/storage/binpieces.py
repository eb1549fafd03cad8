"""Cut packed documents into pieces, and read only the intact documents if some are damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.doc.doc import Doc
from kernel.text.storage.binreader import Packed, concatenated, read_docs
from kernel.text.vocab.vocab import Vocab

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
