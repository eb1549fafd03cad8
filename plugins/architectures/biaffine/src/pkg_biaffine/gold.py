"""The gold annotation of a batch: heads and labels of the words, by segment.

Axes
    K   words of the segments, one segment after the other
    G   segments
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernel.training import Example
from pkg_biaffine.learn import MISSING
from pkg_biaffine.segments import cut_segments, cut_windows
from pkg_parser.gold import gold_tree, label_of, read_trees
from pkg_parser.moves import FALLBACK


@dataclass(frozen=True)
class GoldArcs:
    """The gold annotation of each word.

    Attributes:
        token_K: The word's token in the batch.
        windows_G: Number of words of each window.
        in_window_K: Position of the head in the window, as in `in_segment_K`.
        lengths_G: Number of words of each segment.
        in_segment_K: Position of the head in the segment, from 1, or 0 for the root; MISSING if not annotated or
            outside the segment.
        row_K: The head as a word of the batch; a word without a head has its own.
        label_K: Index of the label of the arc; MISSING for roots and if not annotated.
        start_K: 1 where a sentence starts, -1 where none does, 0 if not annotated or at the start of a document.
    """

    token_K: Any
    windows_G: Any
    in_window_K: Any
    lengths_G: Any
    in_segment_K: Any
    row_K: Any
    label_K: Any
    start_K: Any

    @property
    def is_any_known(self) -> bool:
        """Whether there is anything to learn."""
        return bool((self.in_window_K != MISSING).any() or (self.start_K != 0).any())


def read_gold(examples: Sequence[Example], labels: Sequence[str], learn_tokens: bool) -> GoldArcs:
    """Read the gold trees of a batch.

    Raises:
        DataError: The heads of an example have a cycle.
    """
    trees = read_trees(examples, learn_tokens)
    words = trees.words
    head_K, start_K = trees.heads_K(), trees.starts_K()
    label_K = _label_indices(trees.key_N[words.token_K], labels, examples)
    word_K = np.arange(len(head_K))
    lengths_G, continues_G = cut_segments(start_K == 1)
    windows_G = cut_windows(words.first_D)
    in_segment_K, is_inside_K = _in_segments(head_K, lengths_G)
    in_window_K, _ = _in_segments(head_K, windows_G)
    is_root_K = head_K == word_K
    # Prediction attaches later parts of a long sentence by rule, so a root there teaches nothing.
    in_segment_K[is_root_K & np.repeat(continues_G, lengths_G)] = MISSING
    label_K[~is_inside_K | is_root_K] = MISSING
    start_K[words.first_D[:-1][words.first_D[:-1] < words.first_D[1:]]] = 0
    row_K = np.where(head_K >= 0, head_K, word_K)
    return GoldArcs(words.token_K, windows_G, in_window_K, lengths_G, in_segment_K, row_K, label_K, start_K)


def _in_segments(head_K: Any, lengths_G: Any) -> tuple[Any, Any]:
    """Return heads as positions in the segment, 0 for the root, MISSING outside of it; and which are inside."""
    segment_K = np.repeat(np.arange(len(lengths_G)), lengths_G)
    first_K = (np.cumsum(lengths_G) - lengths_G)[segment_K]
    is_inside_K = (head_K >= 0) & (segment_K[head_K] == segment_K)
    inside_K = np.where(head_K == np.arange(len(head_K)), 0, head_K - first_K + 1)
    return np.where(is_inside_K, inside_K, MISSING), is_inside_K


def count_labels(eg: Example, number: int, learn_tokens: bool) -> list[tuple[bool, str, int]]:
    """Count the labels of an example, as tuples of whether they are of a root, the label, and the count.

    Raises:
        DataError: The heads have a cycle.
    """
    heads_X, keys_X = gold_tree(eg, number, learn_tokens)
    tokens = np.flatnonzero((heads_X >= 0) & (keys_X != 0))
    keys, which = np.unique(keys_X[tokens], return_inverse=True)
    pairs, counts = np.unique(which * 2 + (heads_X[tokens] == tokens), return_counts=True)
    return [
        (bool(pair % 2), label_of(int(keys[pair // 2]), [eg]), count)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
    ]


def _label_indices(key_K: Any, labels: Sequence[str], examples: Sequence[Example]) -> Any:
    """Return the indices of labels by key: that of FALLBACK for an unknown label, MISSING for no label."""
    index = {label: i for i, label in enumerate(labels)}
    keys, which_K = np.unique(key_K, return_inverse=True)
    names = [label_of(key, examples) for key in keys.tolist()]
    indices = [index.get(label, index.get(FALLBACK, MISSING)) if label else MISSING for label in names]
    return np.array(indices, dtype=np.int64)[which_K] if indices else np.zeros(0, dtype=np.int64)
