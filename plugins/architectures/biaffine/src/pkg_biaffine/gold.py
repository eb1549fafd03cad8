"""The gold annotation of a batch as heads and labels of the words of segments.

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
    """What is known of each word.

    Attributes:
        token_K: The word's token in the batch.
        windows_G: Words of each window.
        in_window_K: Place of the head in the window, as in `in_segment_K`.
        lengths_G: Words of each segment.
        in_segment_K: Place of the head in the segment, 0 for the root; MISSING where it is not known, or elsewhere.
        row_K: The head as a word of the batch; a word without one has its own.
        label_K: Index of the label of the arc; MISSING for roots and where it is not known.
        start_K: 1 where a sentence starts, -1 where none does, 0 where it is not known or always does.
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
        DataError: A tree goes round in a circle.
    """
    trees = read_trees(examples, learn_tokens)
    places = trees.places
    head_K, start_K = trees.heads_K(), trees.starts_K()
    label_K = _label_indices(trees.key_N[places.token_K], labels, examples)
    place_K = np.arange(len(head_K))
    lengths_G, goes_on_G = cut_segments(start_K == 1)
    windows_G = cut_windows(places.first_D)
    in_segment_K, is_inside_K = _in_segments(head_K, lengths_G)
    in_window_K, _ = _in_segments(head_K, windows_G)
    is_root_K = head_K == place_K
    # The root of a sentence's later part is nobody's business.
    in_segment_K[is_root_K & np.repeat(goes_on_G, lengths_G)] = MISSING
    label_K[~is_inside_K | is_root_K] = MISSING
    start_K[places.first_D[:-1][places.first_D[:-1] < places.first_D[1:]]] = 0
    row_K = np.where(head_K >= 0, head_K, place_K)
    return GoldArcs(places.token_K, windows_G, in_window_K, lengths_G, in_segment_K, row_K, label_K, start_K)


def _in_segments(head_K: Any, lengths_G: Any) -> tuple[Any, Any]:
    """Give heads as their place in their segment, 0 for the root, MISSING where not in it; and which are in it."""
    segment_K = np.repeat(np.arange(len(lengths_G)), lengths_G)
    first_K = (np.cumsum(lengths_G) - lengths_G)[segment_K]
    is_inside_K = (head_K >= 0) & (segment_K[head_K] == segment_K)
    inside_K = np.where(head_K == np.arange(len(head_K)), 0, head_K - first_K + 1)
    return np.where(is_inside_K, inside_K, MISSING), is_inside_K


def count_labels(eg: Example, number: int, learn_tokens: bool) -> list[tuple[bool, str, int]]:
    """Count the labels of an example: of roots (True) and of arcs."""
    heads_X, keys_X = gold_tree(eg, number, learn_tokens)
    tokens = np.flatnonzero((heads_X >= 0) & (keys_X != 0))
    keys, which = np.unique(keys_X[tokens], return_inverse=True)
    pairs, counts = np.unique(which * 2 + (heads_X[tokens] == tokens), return_counts=True)
    return [
        (bool(pair % 2), label_of(int(keys[pair // 2]), [eg]), count)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
    ]


def _label_indices(key_K: Any, labels: Sequence[str], examples: Sequence[Example]) -> Any:
    """Find the indices of labels by key: FALLBACK's for one that is none of them, MISSING for none."""
    index = {label: i for i, label in enumerate(labels)}
    keys, which_K = np.unique(key_K, return_inverse=True)
    found = [label_of(key, examples) for key in keys.tolist()]
    indices = [index.get(label, index.get(FALLBACK, MISSING)) if label else MISSING for label in found]
    return np.array(indices, dtype=np.int64)[which_K] if indices else np.zeros(0, dtype=np.int64)
