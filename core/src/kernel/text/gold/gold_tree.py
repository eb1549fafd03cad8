"""Project the gold dependency tree onto the predicted tokens.

Axes
    x   tokens of the predicted document
    y   tokens of the reference
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernel.text.doc.doc import Doc
from kernel.text.gold.alignment import Alignment
from kernel.text.gold.projective import UNKNOWN, crossing_arcs, projectivize


def aligned_tree(reference: Doc, alignment: Alignment) -> tuple[Any, Any]:
    """Return the gold heads and labels of the predicted tokens, as arrays.

    Args:
        reference: The document with the gold annotation.
        alignment: The alignment of the predicted tokens (x) with those of the reference (y).

    Returns:
        The index of each predicted token's head (its own for a root), int64, and the label's number, uint64. They are
        UNKNOWN and 0 if the token is not aligned with a single gold token, or if its gold head is unknown or not
        aligned with a single predicted token.

    Raises:
        DataError: The heads form a cycle.
    """
    offsets_y, labels_y = reference.column("HEAD").astype(np.int64), reference.column("DEP")
    if reference.has_column("HEAD"):
        reference.column("SENT_START")  # derived from the heads; raises if they have a cycle
    known_y = (offsets_y != 0) | (labels_y != 0)
    heads_y = np.where(known_y, np.arange(len(offsets_y)) + offsets_y, UNKNOWN)
    if alignment.is_identical:
        return heads_y, labels_y
    x2y, y2x = alignment.x2y, alignment.y2x
    x_of_y = np.full(len(heads_y) + 1, UNKNOWN, dtype=np.int64)
    single_y = np.flatnonzero(y2x.lengths == 1)
    x_of_y[single_y] = y2x.data[y2x.starts[single_y]]
    heads_x = np.full(len(x2y), UNKNOWN, dtype=np.int64)
    labels_x = np.zeros(len(x2y), dtype=np.uint64)
    single_x = np.flatnonzero(x2y.lengths == 1)
    y_of_x = x2y.data[x2y.starts[single_x]]
    heads_x[single_x] = x_of_y[heads_y[y_of_x]]
    labels_x[single_x] = np.where(heads_x[single_x] >= 0, labels_y[y_of_x], 0)
    return heads_x, labels_x


def aligned_parse(reference: Doc, alignment: Alignment, projective: bool) -> tuple[list[Any], list[Any]]:
    """Return heads and labels of the predicted tokens, projective if requested; None if unknown."""
    heads_x, keys_x = aligned_tree(reference, alignment)
    strings = reference.vocab.strings
    heads, labels = heads_x.tolist(), [strings[key] for key in keys_x.tolist()]
    if projective and crossing_arcs(heads_x).any():
        heads, labels = projectivize(heads, labels)
    return (
        [None if head == UNKNOWN else head for head in heads],
        [None if head == UNKNOWN else label for head, label in zip(heads, labels, strict=True)],
    )
