"""Which tokens of two tokenizations of one text cover the same characters.

Axes
    X   tokens of the first tokenization
    Y   tokens of the second
    P   aligned pairs, in the order of the text
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
    """One row of token numbers for every token: `rows[i]` are the tokens that token i shares characters with.

    Attributes:
        data: The rows after each other.
        lengths: How many numbers each row has.
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
        """The rows after each other, under the name that Thinc's Ragged uses."""
        return self.data

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, index: int | slice) -> Ints:
        """Give the row of one token, or the rows of a slice after each other."""
        if not isinstance(index, slice):
            return self.data[self.starts[index] : self.ends[index]]
        rows = np.zeros(len(self), dtype=bool)
        rows[index] = True
        chosen: Ints = self.data[np.repeat(rows, self.lengths)]
        return chosen

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
        is_identical: Whether every token stands for itself.
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

        Takes time in proportion to the characters. Tokens of nothing but whitespace align with nothing,
        unless the two tokenizations are the same, token for token.

        Raises:
            DataError: The texts differ in more than whitespace and case.
        """
        if len(x) == len(y) and list(x) == list(y):
            return cls.identity(len(x))
        folded_x, folded_y = _same_text(x, y)
        # For every character k of the text: pair(token of x that k is in, token of y that k is in); equal
        # neighbours merge. Both numbers only grow along the text, so each pair comes once.
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
        """Build an alignment from rows of token numbers."""
        return cls(_from_rows(x2y), _from_rows(y2x))


def move_slices(
    starts_e: NDArray[Any], ends_e: NDArray[Any], there: AlignmentArray, back: AlignmentArray
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give slices of one tokenization as slices of the other.

    A slice is left out if it aligns with nothing, or with tokens that share characters with others than its own.

    Args:
        starts_e: First token of each slice.
        ends_e: The token behind its last.
        there: The rows of the tokens that the slices are of.
        back: The rows of the others.

    Returns:
        The numbers of the slices that can be given, their first tokens and those behind their last ones.
    """
    which = (starts_e < ends_e).nonzero()[0]
    first, last = there.starts[starts_e[which]], there.ends[ends_e[which] - 1] - 1
    is_aligned = first <= last
    which = which[is_aligned]
    first, last = (there.data[place[is_aligned]].astype(np.int64) for place in (first, last))
    is_whole = back.data[back.starts[first]] >= starts_e[which]
    is_whole &= back.data[back.ends[last] - 1] < ends_e[which]
    return which[is_whole], first[is_whole], last[is_whole] + 1


def check_same_text(x: Sequence[str], y: Sequence[str]) -> None:
    """See that two tokenizations are of one text; whitespace and case may differ.

    Raises:
        DataError: They are not; the message shows where they differ.
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
    # Folding and upper-casing, unlike lowercasing, look at one character at a time, so they commute with joining
    # tokens; they open ligatures and may lengthen the token, which is why characters are counted after it.
    # Upper case first, because a dotless i has none of its own when it is folded.
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
        f"alignment: the two texts differ at token {token_x} of the first and token {token_y} of the second, "
        f"got {_excerpt(x, token_x)} and {_excerpt(y, token_y)}; "
        f"give two tokenizations of one text (only whitespace and case may differ)"
    )


def _token_at(folded: Sequence[str], position: int) -> int:
    return int(np.searchsorted(np.cumsum([len(token) for token in folded]), position, side="right"))


def _excerpt(tokens: Sequence[str], index: int) -> str:
    shown = list(tokens[index : index + 3])
    return repr(shown)[:60] if shown else "nothing"
