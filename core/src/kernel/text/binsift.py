"""Those documents of a pack that are whole, where some are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.binreader import PackedDocs, read_docs
from kernel.text.doc import Doc
from kernel.text.vocab import Vocab

# Documents that are taken to be good until one of them is not.
_TOGETHER = 256


@dataclass
class _Part:
    """Some documents of a pack."""

    tokens: list[npt.NDArray[np.uint64]]
    spaces: list[npt.NDArray[np.bool_]]
    lengths: list[int]
    cats: list[Any]
    flags: list[Any]
    span_groups: list[bytes]
    user_data: list[bytes | None]


def read_good_docs(
    packed: PackedDocs,
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
    if not packed.lengths:
        return
    tokens, spaces = np.concatenate(packed.tokens), np.concatenate(packed.spaces)
    bounds = np.concatenate([[0], np.cumsum(packed.lengths, dtype=np.int64)])

    def part(start: int, end: int) -> _Part:
        of_tokens, of_docs = slice(bounds[start], bounds[end]), slice(start, end)
        return _Part(
            [tokens[of_tokens]],
            [spaces[of_tokens]],
            packed.lengths[of_docs],
            packed.cats[of_docs],
            packed.flags[of_docs],
            packed.span_groups[of_docs],
            packed.user_data[of_docs],
        )

    for start in range(0, len(packed.lengths), _TOGETHER):
        end = min(start + _TOGETHER, len(packed.lengths))
        try:
            good = list(read_docs(part(start, end), names, vocab, "", with_user_data))
        except DataError:
            good = []
        yield from good
        for i in range(start, end) if not good else ():
            try:
                yield from read_docs(part(i, i + 1), names, vocab, "", with_user_data)
            except DataError as error:
                on_bad(i + 1, error)
