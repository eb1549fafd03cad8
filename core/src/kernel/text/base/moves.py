"""Compute where a slice of a document is after tokens were merged or split."""

from __future__ import annotations

from typing import NamedTuple


class Change(NamedTuple):
    """A slice of tokens that was replaced by `n_tokens` tokens."""

    start: int
    end: int
    n_tokens: int


#: Changes made together: in order, not overlapping, with positions from before any of them.
Move = tuple[Change, ...]


def moved(start: int, end: int, move: Move) -> tuple[int, int]:
    """Return the new start and end of a slice; a slice that overlapped a merged one grows to cover all of it."""
    new_start, new_end = start, end
    for change in move:
        grown = change.n_tokens - (change.end - change.start)
        if change.end <= start:
            new_start += grown
        elif change.start < start:
            new_start -= start - change.start
        if change.end <= end:
            new_end += grown
        elif change.start < end:
            new_end += change.start + change.n_tokens - end
    return new_start, new_end
