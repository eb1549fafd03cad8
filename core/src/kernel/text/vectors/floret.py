"""Floret vectors: a word's vector is the mean of the rows that its character n-grams hash to, so every word has one.

Source: the `floret` extension of fastText; rows come from MurmurHash3_x64_128 (Austin Appleby, public domain), whose
128 bits give four hashes of 32 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import unpack_from
from typing import Any

import numpy as np

from kernel.errors import DataError

_MASK = 0xFFFFFFFFFFFFFFFF
_C1, _C2 = 0x87C37B91114253D5, 0x4CF5AD432745937F
_MAX_HASHES = 4


@dataclass(frozen=True)
class NgramSettings:
    """How words are split into n-grams, and n-grams mapped to rows.

    Attributes:
        minn: Length of the shortest n-grams.
        maxn: Length of the longest n-grams.
        hash_count: Rows per n-gram, 1 to 4.
        hash_seed: Seed of the hash.
        bow: Marks the beginning of a word.
        eow: Marks the end of a word.
    """

    minn: int = 0
    maxn: int = 0
    hash_count: int = 1
    hash_seed: int = 0
    bow: str = "<"
    eow: str = ">"

    def __post_init__(self) -> None:
        if self.maxn < self.minn:
            raise DataError(f"vectors: maxn must not be below minn, got {self.maxn} and {self.minn}")
        if not 1 <= self.hash_count <= _MAX_HASHES:
            raise DataError(f"vectors: hash_count must be 1 to {_MAX_HASHES}, got {self.hash_count}")

    def ngrams(self, word: str) -> list[str]:
        """Return the word with its boundary marks, and the n-grams of this."""
        marked = self.bow + word + self.eow
        # N-grams longer than the word are skipped, however large `maxn` is in a file.
        sizes = range(self.minn, min(self.maxn, len(marked)) + 1)
        return [marked, *(marked[i : i + n] for n in sizes for i in range(len(marked) - n + 1))]


def floret_vectors(table: Any, words: Sequence[str], settings: NgramSettings) -> Any:
    """Compute the vectors of words.

    Args:
        table: The vectors table, (R, D).
        words: The words; the vector of the empty word is zeros.
        settings: How words are mapped to rows.

    Returns:
        Vectors, float32 (len(words), D).
    """
    rows_of: dict[str, list[int]] = {}
    vectors: dict[str, Any] = {"": np.zeros(table.shape[1], dtype=np.float32)}
    for word in words:
        if word not in vectors:
            rows = [
                row for ngram in settings.ngrams(word) for row in _rows(ngram, len(table), settings, rows_of)
            ]
            vectors[word] = table[rows].mean(axis=0)
    return np.stack([vectors[word] for word in words]) if len(words) else table[:0]


def _rows(ngram: str, n_rows: int, settings: NgramSettings, rows_of: dict[str, list[int]]) -> list[int]:
    rows = rows_of.get(ngram)
    if rows is None:
        low, high = hash128(ngram.encode("utf-8", "surrogatepass"), settings.hash_seed)
        parts = (low & 0xFFFFFFFF, low >> 32, high & 0xFFFFFFFF, high >> 32)
        rows = rows_of[ngram] = [part % n_rows for part in parts[: settings.hash_count]]
    return rows


def hash128(key: bytes, seed: int = 0) -> tuple[int, int]:
    """Hash bytes to two unsigned 64-bit integers: MurmurHash3_x64_128."""
    h1 = h2 = seed
    n_blocks = len(key) >> 4
    blocks = unpack_from(f"<{2 * n_blocks}Q", key)
    for k1, k2 in zip(blocks[::2], blocks[1::2], strict=True):
        h1 ^= _mixed(k1, _C1, 31, _C2)
        h1 = (_rotated(h1, 27) + h2) * 5 + 0x52DCE729 & _MASK
        h2 ^= _mixed(k2, _C2, 33, _C1)
        h2 = (_rotated(h2, 31) + h1) * 5 + 0x38495AB5 & _MASK
    tail = key[n_blocks << 4 :]
    if len(tail) > 8:
        h2 ^= _mixed(int.from_bytes(tail[8:], "little"), _C2, 33, _C1)
    if tail:
        h1 ^= _mixed(int.from_bytes(tail[:8], "little"), _C1, 31, _C2)
    h1, h2 = h1 ^ len(key), h2 ^ len(key)
    h1 = h1 + h2 & _MASK
    h2 = h2 + h1 & _MASK
    h1, h2 = _finished(h1), _finished(h2)
    h1 = h1 + h2 & _MASK
    return h1, h2 + h1 & _MASK


def _mixed(block: int, first: int, shift: int, second: int) -> int:
    return _rotated(block * first & _MASK, shift) * second & _MASK


def _rotated(value: int, shift: int) -> int:
    return (value << shift | value >> 64 - shift) & _MASK


def _finished(value: int) -> int:
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & _MASK
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 & _MASK
    return value ^ value >> 33
