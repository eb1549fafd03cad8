"""The n-grams of a batch, each hashed to two rows of a table.

Axes
    N   tokens of the batch, all documents one after the other
    F   n-grams of one size, all documents one after the other
    B   documents
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from kernel.text.doc.columns import features
from kernel.tokens import Doc

#: Constants of MurmurHash64A, which combines the keys of n words to one.
_MULTIPLIER = np.uint64(0xC6A4A7935BD1E995)
_SHIFT = np.uint64(47)


def ngram_rows(
    docs: Sequence[Doc], attr: str, sizes: Iterable[int], n_rows: int
) -> Iterator[tuple[Any, Any]]:
    """Hash the n-grams of each document.

    Args:
        docs: The documents.
        attr: The lexical attribute to hash.
        sizes: The sizes of n-grams, in words.
        n_rows: Rows of the table.

    Yields:
        For each size, the rows of each n-gram, int32 (F, 2), and the number of n-grams of each document, int32 (B).
    """
    sizes = list(sizes)
    if not sizes:
        return
    keys_N = features(docs, [attr])[:, 0]
    lengths_B = np.fromiter(map(len, docs), dtype=np.int32, count=len(docs))
    ends_N = np.repeat(np.cumsum(lengths_B), lengths_B)
    for n in sizes:
        starts_F = np.flatnonzero(np.arange(len(keys_N)) + n <= ends_N)
        keys_F = keys_N if n == 1 else sequence_keys(keys_N, starts_F, n)
        yield table_rows(keys_F, n_rows), np.maximum(lengths_B - (n - 1), 0)


def sequence_keys(keys_N: Any, starts_F: Any, n: int) -> Any:
    """Combine n consecutive keys to one, uint64 (F).

    Args:
        keys_N: Keys of tokens, uint64.
        starts_F: First token of each n-gram.
        n: Size of the n-grams.

    Source:
        Austin Appleby, MurmurHash2.cpp, function MurmurHash64A (public domain), seed 0, over the keys' bytes: the same
        keys as in spaCy's models.
    """
    value_F = np.full(len(starts_F), np.uint64(8 * n * int(_MULTIPLIER) & 0xFFFFFFFFFFFFFFFF))
    for offset in range(n):
        block_F = keys_N[starts_F + offset] * _MULTIPLIER
        block_F ^= block_F >> _SHIFT
        block_F *= _MULTIPLIER
        value_F ^= block_F
        value_F *= _MULTIPLIER
    value_F ^= value_F >> _SHIFT
    value_F *= _MULTIPLIER
    value_F ^= value_F >> _SHIFT
    return value_F


def table_rows(keys_F: Any, n_rows: int) -> Any:
    """Hash each key to two rows of a table, int32 (F, 2).

    Source:
        Austin Appleby, MurmurHash3.cpp, function MurmurHash3_x86_32 (public domain), of the key's 8 bytes with seeds 0
        and 1: the same rows as in spaCy's models.
    """
    blocks = _mixed(keys_F.astype(np.uint32)), _mixed((keys_F >> np.uint64(32)).astype(np.uint32))
    rows_F2 = np.empty((len(keys_F), 2), dtype=np.int32)
    for seed in range(2):
        value_F = np.full(len(keys_F), seed, dtype=np.uint32)
        for block_F in blocks:
            value_F ^= block_F
            value_F = value_F << np.uint32(13) | value_F >> np.uint32(19)
            value_F *= np.uint32(5)
            value_F += np.uint32(0xE6546B64)
        value_F ^= np.uint32(8)
        value_F ^= value_F >> np.uint32(16)
        value_F *= np.uint32(0x85EBCA6B)
        value_F ^= value_F >> np.uint32(13)
        value_F *= np.uint32(0xC2B2AE35)
        value_F ^= value_F >> np.uint32(16)
        rows_F2[:, seed] = value_F % np.uint32(n_rows)
    return rows_F2


def _mixed(block_F: Any) -> Any:
    block_F *= np.uint32(0xCC9E2D51)
    block_F = block_F << np.uint32(15) | block_F >> np.uint32(17)
    block_F *= np.uint32(0x1B873593)
    return block_F
