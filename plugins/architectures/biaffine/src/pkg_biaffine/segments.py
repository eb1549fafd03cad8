"""Cut words into segments, each with a tree of its own: sentences, and parts of sentences that are too long.

Axes
    K   words of a batch
    D   documents
    G   segments
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Maximum number of words in a segment: scoring all its arcs takes memory quadratic in its length.
LONGEST = 256


def find_starts(odds_K: Any, fixed_K: Any, first_D: Any) -> Any:
    """Decide where sentences start.

    A stretch of more than LONGEST words without a start gets one in the second half of its first LONGEST words, at the
    most likely word among those that the document leaves open.

    Args:
        odds_K: Log odds of a sentence start at each word.
        fixed_K: 1 where a sentence must start, -1 where none may, 0 where it is open.
        first_D: First word of each document, and the end; (D + 1).

    Returns:
        Whether a sentence starts at each word, bool (K).
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
        The number of words of each segment, int64 (G), and whether a segment continues the sentence of the one before,
        bool (G).
    """
    begin_K = start_K.copy()
    for first, end in _too_long(start_K):
        begin_K[first:end:LONGEST] = True
    begins = np.flatnonzero(begin_K)
    return np.diff(np.append(begins, len(start_K))), ~start_K[begins]


def cut_windows(first_D: Any) -> Any:
    """Cut documents into windows of about equal length, up to LONGEST; return their numbers of words, int64 (G)."""
    lengths_D = np.diff(first_D)
    n_D = -(-lengths_D // LONGEST)
    nth_G = np.arange(n_D.sum()) - np.repeat(np.cumsum(n_D) - n_D, n_D)
    length_G, n_G = np.repeat(lengths_D, n_D), np.repeat(n_D, n_D)
    return length_G * (nth_G + 1) // n_G - length_G * nth_G // n_G


def _firsts(first_D: Any) -> Any:
    """Return the first words of the documents that have words."""
    return first_D[:-1][first_D[:-1] < first_D[1:]]


def _too_long(start_K: Any) -> list[tuple[int, int]]:
    """Return the first word and the end of each sentence that is too long."""
    begins = np.append(np.flatnonzero(start_K), len(start_K))
    long = np.flatnonzero(np.diff(begins) > LONGEST)
    return list(zip(begins[long].tolist(), begins[long + 1].tolist(), strict=True))
