"""Smaller tables of vectors: the likeliest words keep theirs and lend it to the others; equal rows become one.

Letters: K rows that stay, P rows of words that lose theirs, D width.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kernel.errors import DataError
from kernel.text.vectors.vectors import Vectors


def prune(
    vectors: Vectors, n_rows: int, batch_size: int, prob: Callable[[int], float]
) -> tuple[Vectors, dict[str, tuple[str, float]]]:
    """Make a table of so many rows of a table.

    Args:
        vectors: The table.
        n_rows: Rows to keep.
        batch_size: Vectors that are compared at a time.
        prob: How likely the word with a number is; of words as likely the earlier rows come first.

    Returns:
        The new table, and for each word that lost its own vector the word whose vector it has and their likeness.
    """
    if vectors.mode != "default":
        raise DataError("vocab: floret vectors have no rows of words to prune; train a smaller table")
    if n_rows < 1:
        raise DataError(f"vocab: prune_vectors must keep a row or more, got {n_rows}")
    in_order = sorted(vectors.key2row.items(), key=lambda item: (-prob(item[0]), item[1], item[0]))
    keys = [key for key, _ in in_order]
    rows = np.array([row for _, row in in_order], dtype=np.int64)
    strings = vectors.strings
    pruned = Vectors(
        strings=strings,
        data=vectors.data[rows[:n_rows]].copy(),
        keys=keys[:n_rows],
        name=vectors.name,
        attr=vectors.attr,
    )
    if len(keys) <= n_rows:
        return pruned, {}
    near_keys, near_rows, scores = pruned.most_similar(vectors.data[rows[n_rows:]], batch_size=batch_size)
    remap = {}
    for i, key in enumerate(keys[n_rows:]):
        pruned.add(key, row=int(near_rows[i, 0]))
        remap[strings[key]] = (strings[int(near_keys[i, 0])], float(scores[i, 0]))
    return pruned, remap


def deduplicate(vectors: Vectors) -> Vectors:
    """Make a table in which equal rows are one row."""
    if vectors.mode != "default":
        raise DataError("vocab: floret vectors have no rows of words to compare")
    rows = np.array(list(vectors.key2row.values()), dtype=np.int64)
    data, new_rows = np.unique(vectors.data[rows], axis=0, return_inverse=True)
    fewer = Vectors(strings=vectors.strings, data=data, name=vectors.name, attr=vectors.attr)
    for key, row in zip(vectors.key2row, new_rows.reshape(-1).tolist(), strict=True):
        fewer.add(key, row=row)
    return fewer
