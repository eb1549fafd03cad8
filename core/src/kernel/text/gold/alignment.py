"""Align two tokenizations of one text by the characters that their tokens share.

Axes
    X   tokens of the first tokenization
    Y   tokens of the second
    P   aligned pairs, in text order
    e   slices
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernel.errors import DataError
from kernel.system.concurrency import lazy_property

Ints = NDArray[np.int32]


class AlignmentArray:
    """A ragged array of token indices: `rows[i]` are the tokens that token i shares characters with.

    Attributes:
        data: The rows, concatenated.
        lengths: The length of each row.
    """

    __slots__ = ("__dict__", "data", "lengths")

    def __init__(self, data: Ints, lengths: Ints) -> None:
        self.data = data
        self.lengths = lengths

    @lazy_property
    def ends(self) -> Ints:
        """Where each row ends in `data`."""
        ends: Ints = self.lengths.cumsum(dtype=np.int32)
        return ends

    @lazy_property
    def starts(self) -> Ints:
        """Where each row starts in `data`."""
        starts: Ints = self.ends - self.lengths
        return starts

    @property
    def dataXd(self) -> Ints:  # noqa: N802 (the name that Thinc's Ragged has)
        """The rows, concatenated; the name is that of Thinc's Ragged."""
        return self.data

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, index: int | slice) -> Ints:
        """Return the row of one token, or the concatenated rows of a slice."""
        if not isinstance(index, slice):
            return self.data[self.starts[index] : self.ends[index]]
        rows = np.zeros(len(self), dtype=bool)
        rows[index] = True
        selected: Ints = self.data[np.repeat(rows, self.lengths)]
        return selected

    def __iter__(self) -> Iterator[Ints]:
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AlignmentArray):
            return NotImplemented
        return np.array_equal(self.data, other.data) and np.array_equal(self.lengths, other.lengths)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"AlignmentArray({[row.tolist() for row in self]})"


@dataclass(frozen=True)
class Alignment:
    """The alignment in both directions.

    Attributes:
        x2y: For each token of the first tokenization, the tokens of the second.
        y2x: For each token of the second tokenization, the tokens of the first.
        is_identical: Whether every token is aligned with the token of the same index.
    """

    x2y: AlignmentArray
    y2x: AlignmentArray
    is_identical: bool = False

    @classmethod
    def identity(cls, n_tokens: int) -> Alignment:
        """Align a tokenization with itself."""
        rows = AlignmentArray(np.arange(n_tokens, dtype=np.int32), np.ones(n_tokens, dtype=np.int32))
        return cls(rows, rows, is_identical=True)

    @classmethod
    def from_strings(cls, x: Sequence[str], y: Sequence[str]) -> Alignment:
        """Align two tokenizations of one text; whitespace and case may differ.

        Takes time linear in the number of characters. Whitespace tokens align with nothing, unless the two
        tokenizations are identical.

        Raises:
            DataError: The texts differ in more than whitespace and case.
        """
        if len(x) == len(y) and list(x) == list(y):
            return cls.identity(len(x))
        folded_x, folded_y = _same_text(x, y)
        # For each character: the pair (its token in x, its token in y), with equal neighbours merged. Both indices
        # only grow along the text, so each pair occurs once.
        owner_x, owner_y = _owners(folded_x), _owners(folded_y)
        is_new = np.ones(len(owner_x), dtype=bool)
        is_new[1:] = (np.diff(owner_x) != 0) | (np.diff(owner_y) != 0)
        pair_x, pair_y = owner_x[is_new], owner_y[is_new]
        return cls(
            x2y=AlignmentArray(pair_y, np.bincount(pair_x, minlength=len(x)).astype(np.int32)),
            y2x=AlignmentArray(pair_x, np.bincount(pair_y, minlength=len(y)).astype(np.int32)),
        )

    @classmethod
    def from_indices(cls, x2y: Sequence[Sequence[int]], y2x: Sequence[Sequence[int]]) -> Alignment:
        """Build an alignment from rows of token indices."""
        return cls(_from_rows(x2y), _from_rows(y2x))


def move_slices(
    starts_e: NDArray[Any], ends_e: NDArray[Any], there: AlignmentArray, back: AlignmentArray
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Convert slices of one tokenization into slices of the other.

    A slice is left out if it aligns with nothing, or with tokens that also share characters with tokens outside it.

    Args:
        starts_e: First token of each slice.
        ends_e: The token after the last of each slice.
        there: The alignment from the slices' tokenization to the other.
        back: The alignment in the opposite direction.

    Returns:
        The indices of the slices that can be converted, their first tokens and the tokens after their last.
    """
    slices = (starts_e < ends_e).nonzero()[0]
    first, last = there.starts[starts_e[slices]], there.ends[ends_e[slices] - 1] - 1
    is_aligned = first <= last
    slices = slices[is_aligned]
    first, last = (there.data[position[is_aligned]].astype(np.int64) for position in (first, last))
    is_whole = back.data[back.starts[first]] >= starts_e[slices]
    is_whole &= back.data[back.ends[last] - 1] < ends_e[slices]
    return slices[is_whole], first[is_whole], last[is_whole] + 1


def check_same_text(x: Sequence[str], y: Sequence[str]) -> None:
    """Check that two tokenizations are of one text; whitespace and case may differ.

    Raises:
        DataError: They are not; the message says where they differ.
    """
    if len(x) != len(y) or list(x) != list(y):
        _same_text(x, y)


def _same_text(x: Sequence[str], y: Sequence[str]) -> tuple[list[str], list[str]]:
    folded_x, folded_y = [_fold(token) for token in x], [_fold(token) for token in y]
    if "".join(folded_x) != "".join(folded_y):
        raise DataError(_difference(x, y, folded_x, folded_y))
    return folded_x, folded_y


def _from_rows(rows: Sequence[Sequence[int]]) -> AlignmentArray:
    lengths = np.array([len(row) for row in rows], dtype=np.int32)
    return AlignmentArray(np.array([i for row in rows for i in row], dtype=np.int32), lengths)


@lru_cache(maxsize=32768)
def _fold(token: str) -> str:
    # Unlike lowercasing, upper-casing and case folding treat each character independently, so they commute with
    # joining tokens. They expand ligatures and may lengthen a token, so characters are counted afterwards.
    # Upper-casing comes first because case folding leaves a dotless i unchanged.
    return "".join(token.split()).upper().casefold()


def _owners(folded: Sequence[str]) -> Ints:
    lengths = np.array([len(token) for token in folded], dtype=np.int64)
    return np.repeat(np.arange(len(folded), dtype=np.int32), lengths)


def _difference(x: Sequence[str], y: Sequence[str], folded_x: list[str], folded_y: list[str]) -> str:
    text_x, text_y = "".join(folded_x), "".join(folded_y)
    pairs = zip(text_x, text_y, strict=False)
    same = next((k for k, (a, b) in enumerate(pairs) if a != b), min(len(text_x), len(text_y)))
    token_x, token_y = _token_at(folded_x, same), _token_at(folded_y, same)
    return (
        f"alignment: the texts differ at token {token_x} of the first and token {token_y} of the second, "
        f"got {_excerpt(x, token_x)} and {_excerpt(y, token_y)}; "
        f"give two tokenizations of one text (only whitespace and case may differ)"
    )


def _token_at(folded: Sequence[str], position: int) -> int:
    return int(np.searchsorted(np.cumsum([len(token) for token in folded]), position, side="right"))


def _excerpt(tokens: Sequence[str], index: int) -> str:
    excerpt = list(tokens[index : index + 3])
    return repr(excerpt)[:60] if excerpt else "nothing"
