"""A pack of documents cut into pieces; and those documents that are whole, where some are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.doc.doc import Doc
from kernel.text.storage.binreader import Packed, read_docs, together
from kernel.text.vocab.vocab import Vocab

# Of a pack that is in memory; larger pieces have more words in common.
_TOKENS = 1 << 16
# Of what is taken to be good until one document is not, and then read one by one.
_TOKENS_TRIED = 1 << 12


def cuts(
    lengths: Sequence[int] | npt.NDArray[np.int64], n_tokens: int
) -> Iterator[tuple[int, int, int, int]]:
    """Cut documents into pieces of at most so many tokens, or of one document.

    Yields:
        First document and the one behind the last; the same of tokens.
    """
    ends = np.cumsum(lengths, dtype=np.int64)
    start = first = 0
    while start < len(ends):
        end = max(start + 1, int(np.searchsorted(ends, first + n_tokens, side="right")))
        behind = int(ends[end - 1])
        yield start, end, first, behind
        start, first = end, behind


def pieces(packed: Packed, n_tokens: int = _TOKENS) -> Iterator[tuple[int, Packed]]:
    """Cut a pack.

    Args:
        packed: The pack.
        n_tokens: The most that a piece of several documents has.

    Yields:
        How many documents come before, and the piece.
    """
    if not packed.lengths:
        return
    tokens, spaces = together(packed.tokens), together(packed.spaces)
    for start, end, first, behind in cuts(packed.lengths, n_tokens):
        yield (
            start,
            Packed(
                [tokens[first:behind]],
                [spaces[first:behind]],
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
    """Make those documents of a pack that are whole, one by one; see `read_docs`.

    Args:
        packed: The pack.
        names: Its attributes, ORTH first.
        vocab: The vocabulary to use; it knows the strings.
        with_user_data: Whether to read what people stored with the documents.
        on_bad: Called with the number, from 1, of each other document and the reason, which calls it document 1.
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
