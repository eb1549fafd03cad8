"""Make vectors tables smaller, by keeping the vectors of the most probable words or by merging equal rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kernel.errors import DataError
from kernel.text.vectors.vectors import Vectors


def prune(
    vectors: Vectors, n_rows: int, batch_size: int, prob: Callable[[int], float]
) -> tuple[Vectors, dict[str, tuple[str, float]]]:
    """Return a table with the vectors of the most probable words, to which all other words are mapped.

    Args:
        vectors: The table.
        n_rows: Number of rows to keep.
        batch_size: Number of vectors to compare at a time.
        prob: Returns the log probability of a word, given by number; ties are broken by row.

    Returns:
        The new table, and for each word that lost its vector, the word whose vector it has now and their similarity.
    """
    if vectors.mode != "default":
        raise DataError("vocab: floret vectors have no rows of words to prune; train a smaller table")
    if n_rows < 1:
        raise DataError(f"vocab: prune_vectors must keep at least one row, got {n_rows}")
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
    """Return a table in which equal rows are merged."""
    if vectors.mode != "default":
        raise DataError("vocab: floret vectors have no rows of words to compare")
    rows = np.array(list(vectors.key2row.values()), dtype=np.int64)
    data, new_rows = np.unique(vectors.data[rows], axis=0, return_inverse=True)
    merged = Vectors(strings=vectors.strings, data=data, name=vectors.name, attr=vectors.attr)
    for key, row in zip(vectors.key2row, new_rows.reshape(-1).tolist(), strict=True):
        merged.add(key, row=row)
    return merged
