"""64-bit MurmurHash2 of strings, one at a time and many at once.

Source: Austin Appleby, MurmurHash2.cpp, function MurmurHash64A (public domain). Everything that interchanges
strings here uses it with seed 1 over UTF-8, so the numbers equal those in `.spacy` files.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import unpack_from

import numpy as np
import numpy.typing as npt

SEED = 1

_MASK = 0xFFFFFFFFFFFFFFFF
_MULTIPLIER = 0xC6A4A7935BD1E995
_SHIFT = 47
# Longer strings are rare and would widen the matrix for all the others.
_WIDEST = 64


def hash_bytes(key: bytes, seed: int = SEED) -> int:
    """Hash bytes to an unsigned 64-bit integer."""
    length = len(key)
    value = seed ^ (length * _MULTIPLIER & _MASK)
    n_blocks = length >> 3
    for block in unpack_from(f"<{n_blocks}Q", key):
        block = block * _MULTIPLIER & _MASK
        block = (block ^ block >> _SHIFT) * _MULTIPLIER & _MASK
        value = (value ^ block) * _MULTIPLIER & _MASK
    if length & 7:
        value = (value ^ int.from_bytes(key[n_blocks << 3 :], "little")) * _MULTIPLIER & _MASK
    value = (value ^ value >> _SHIFT) * _MULTIPLIER & _MASK
    return value ^ value >> _SHIFT


def hash_string(text: str, seed: int = SEED) -> int:
    """Hash a string's UTF-8 bytes; a lone surrogate counts as its three-byte encoding."""
    return hash_bytes(text.encode("utf-8", "surrogatepass"), seed)


def hash_strings(texts: Sequence[str], seed: int = SEED) -> npt.NDArray[np.uint64]:
    """Hash many strings at once.

    Returns:
        The result of `hash_string` for each text.
    """
    keys = [text.encode("utf-8", "surrogatepass") for text in texts]
    lengths = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
    hashes = np.empty(len(keys), dtype=np.uint64)
    for i in np.flatnonzero(lengths > _WIDEST):
        hashes[i] = hash_bytes(keys[i], seed)
    short = np.flatnonzero(lengths <= _WIDEST)
    if short.size:
        hashes[short] = _hash_padded([keys[i] for i in short], lengths[short], seed)
    return hashes


def _hash_padded(keys: list[bytes], lengths: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.uint64]:
    """Hash short byte strings as rows of 8-byte blocks, padded with zeros."""
    n_columns = int(lengths.max()) // 8 + 1
    blocks = np.array(keys, dtype=f"S{n_columns * 8}").view("<u8").reshape(len(keys), n_columns)
    multiplier = np.uint64(_MULTIPLIER)
    shift = np.uint64(_SHIFT)
    values = np.uint64(seed) ^ (lengths.astype(np.uint64) * multiplier)
    n_full = lengths // 8
    for column in range(n_columns - 1):
        block = blocks[:, column] * multiplier
        block = (block ^ (block >> shift)) * multiplier
        values = np.where(n_full > column, (values ^ block) * multiplier, values)
    tail = np.take_along_axis(blocks, n_full[:, None], axis=1)[:, 0]
    values = np.where(lengths % 8 != 0, (values ^ tail) * multiplier, values)
    values = (values ^ (values >> shift)) * multiplier
    hashes: npt.NDArray[np.uint64] = values ^ (values >> shift)
    return hashes
