"""Words cut into segments, each of which gets a tree of its own: sentences, and parts of those that are too long.

Axes
    K   words of a batch
    D   documents
    G   segments
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Scoring all arcs of a segment takes memory by the square of its length, so none is longer.
LONGEST = 256


def find_starts(odds_K: Any, fixed_K: Any, first_D: Any) -> Any:
    """Decide where sentences start.

    A stretch without a start that is longer than LONGEST gets one in the second half of so many words, where it is
    likeliest of those places where a document leaves it open.

    Args:
        odds_K: Log of the odds that a sentence starts at a word.
        fixed_K: 1 where one is known to start, -1 where none does, 0 where it is open.
        first_D: First word of each document; one more for the end.

    Returns:
        bool (K)
    """
    start_K = (fixed_K == 1) | ((fixed_K == 0) & (odds_K > 0))
    start_K[_firsts(first_D)] = True
    for first, end in _too_long(start_K):
        while end - first > LONGEST:
            window = slice(first + LONGEST // 2, first + LONGEST)
            odds = np.where(fixed_K[window] == 0, odds_K[window], -np.inf)
            best = int(odds.argmax())
            first = window.start + best if np.isfinite(odds[best]) else window.stop
            start_K[first] = np.isfinite(odds[best])
    return start_K


def cut_segments(start_K: Any) -> tuple[Any, Any]:
    """Cut sentences that are longer than LONGEST.

    Args:
        start_K: Where sentences start; True at the first word.

    Returns:
        The words of each segment, int64 (G), and whether a segment goes on with the sentence before it, bool (G).
    """
    begin_K = start_K.copy()
    for first, end in _too_long(start_K):
        begin_K[first:end:LONGEST] = True
    begins = np.flatnonzero(begin_K)
    return np.diff(np.append(begins, len(start_K))), ~start_K[begins]


def cut_windows(first_D: Any) -> Any:
    """Cut documents into windows of about the same length, none longer than LONGEST; gives their words, int64 (G)."""
    lengths_D = np.diff(first_D)
    n_D = -(-lengths_D // LONGEST)
    nth_G = np.arange(n_D.sum()) - np.repeat(np.cumsum(n_D) - n_D, n_D)
    length_G, n_G = np.repeat(lengths_D, n_D), np.repeat(n_D, n_D)
    return length_G * (nth_G + 1) // n_G - length_G * nth_G // n_G


def _firsts(first_D: Any) -> Any:
    """List the first words of documents that have words."""
    return first_D[:-1][first_D[:-1] < first_D[1:]]


def _too_long(start_K: Any) -> list[tuple[int, int]]:
    """List the sentences that are too long: first word and end."""
    begins = np.append(np.flatnonzero(start_K), len(start_K))
    long = np.flatnonzero(np.diff(begins) > LONGEST)
    return list(zip(begins[long].tolist(), begins[long + 1].tolist(), strict=True))
