"""Floret vectors: a word's vector is the mean of rows that its character n-grams hash to, so every word has one.

Source: the `floret` extension of fastText; rows come from MurmurHash3_x64_128 (Austin Appleby, public domain), of
whose 128 bits each 32 are one hash.
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
_MOST_HASHES = 4


@dataclass(frozen=True)
class NgramSettings:
    """How words become n-grams and n-grams rows.

    Attributes:
        minn: Characters of the shortest n-gram.
        maxn: Characters of the longest.
        hash_count: Rows of each n-gram, 1 to 4.
        hash_seed: Seed of the hash.
        bow: Stands before a word.
        eow: Stands behind it.
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
        if not 1 <= self.hash_count <= _MOST_HASHES:
            raise DataError(f"vectors: hash_count must be 1 to {_MOST_HASHES}, got {self.hash_count}")

    def ngrams(self, word: str) -> list[str]:
        """The word and its n-grams, with the signs for its ends."""
        whole = self.bow + word + self.eow
        # None is longer than the word, whatever a file says.
        sizes = range(self.minn, min(self.maxn, len(whole)) + 1)
        return [whole, *(whole[i : i + n] for n in sizes for i in range(len(whole) - n + 1))]


def floret_vectors(table: Any, words: Sequence[str], settings: NgramSettings) -> Any:
    """Look words up.

    Args:
        table: Rows of numbers, (R, D).
        words: The words; the empty one has zeros.
        settings: How words become rows.

    Returns:
        Vectors, float32 (len(words), D).
    """
    known: dict[str, list[int]] = {}
    vectors: dict[str, Any] = {"": np.zeros(table.shape[1], dtype=np.float32)}
    for word in words:
        if word not in vectors:
            rows = [
                row for ngram in settings.ngrams(word) for row in _rows(ngram, len(table), settings, known)
            ]
            vectors[word] = table[rows].mean(axis=0)
    return np.stack([vectors[word] for word in words]) if len(words) else table[:0]


def _rows(ngram: str, n_rows: int, settings: NgramSettings, known: dict[str, list[int]]) -> list[int]:
    rows = known.get(ngram)
    if rows is None:
        low, high = hash128(ngram.encode("utf-8", "surrogatepass"), settings.hash_seed)
        parts = (low & 0xFFFFFFFF, low >> 32, high & 0xFFFFFFFF, high >> 32)
        rows = known[ngram] = [part % n_rows for part in parts[: settings.hash_count]]
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
