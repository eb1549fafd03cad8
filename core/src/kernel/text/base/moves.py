"""Where a slice of a document is after tokens were merged or split."""

from __future__ import annotations

from typing import NamedTuple


class Change(NamedTuple):
    """A slice of tokens that became others, which are as many as `n_tokens`."""

    start: int
    end: int
    n_tokens: int


#: Changes that were made at once: in order, none in another, their places those of before.
Move = tuple[Change, ...]


def moved(start: int, end: int, move: Move) -> tuple[int, int]:
    """Follow a slice; one that had a part of what was merged gets all of it."""
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
