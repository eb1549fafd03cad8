"""Buckets of segments of similar length, padded, for batched matrix products.

A segment is a sentence, or a part of one that is too long. Axes
    K   words of all segments, one segment after the other
    G   segments
    B   segments of one bucket
    T   words of a segment, with padding
    S   possible heads: the root, then the words; T + 1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kernel.system.concurrency import lazy_property

#: Maximum number of scores in a bucket of more than one segment; bounds memory.
MAX_CELLS = 500_000
#: Minimum length of a bucket's shortest segment as a share of its longest, less SLACK words.
SIMILAR, SLACK = 0.8, 2


@dataclass(frozen=True)
class Bucket:
    """Some segments, padded to the length of the longest.

    Attributes:
        segment_B: Indices of the segments.
        first_B: Row of the first word of each.
        length_B: Number of words of each.
    """

    segment_B: Any
    first_B: Any
    length_B: Any

    @property
    def width(self) -> int:
        """T, the length of the longest."""
        return int(self.length_B.max())

    @lazy_property
    def is_word_BT(self) -> Any:
        """Which cells are words, not padding."""
        return np.arange(self.width) < self.length_B[:, None]

    @lazy_property
    def rows_BT(self) -> Any:
        """The row of each word; padding has the row of the first word."""
        return self.first_B[:, None] + np.where(self.is_word_BT, np.arange(self.width), 0)

    @lazy_property
    def is_arc_BTS(self) -> Any:
        """Which arcs are possible: from the root or another word of the segment to a word."""
        T = self.width
        is_head_BS = np.concatenate([np.ones((len(self.first_B), 1), dtype=bool), self.is_word_BT], axis=1)
        return (
            self.is_word_BT[:, :, None]
            & is_head_BS[:, None, :]
            & (np.arange(1, T + 1)[:, None] != np.arange(T + 1))
        )


def bucketed(lengths_G: Any) -> list[Bucket]:
    """Group segments into non-empty buckets; segments without words are left out."""
    lengths_G = np.asarray(lengths_G, dtype=np.int64)
    first_G = np.cumsum(lengths_G) - lengths_G
    order = np.argsort(-lengths_G, kind="stable")
    order = order[: int((lengths_G > 0).sum())]
    sorted_G = lengths_G[order]
    buckets, start = [], 0
    while start < len(order):
        longest = int(sorted_G[start])
        shortest = min(longest, max(1, int(SIMILAR * longest) - SLACK))
        end = int(np.searchsorted(-sorted_G, -shortest, side="right"))
        end = min(end, start + max(1, MAX_CELLS // (longest * (longest + 1))))
        some = order[start:end]
        buckets.append(Bucket(some, first_G[some], lengths_G[some]))
        start = end
    return buckets
