"""Detect scores that are not finite at the cost of one dot product; the error names component and document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernel.errors import NotFinite
from kernel.text.doc.doc import Doc

#: Characters of a document that a message quotes.
_N_CHARS = 30


def is_finite(ops: Any, *arrays: Any) -> bool:
    """Return whether arrays are finite; values above about 1e19 overflow here and count as infinite."""
    with np.errstate(all="ignore"):
        total: Any = 0.0
        for array in arrays:
            total = total + squares(ops, array)
    # False for nan and inf only.
    return float(total) < float("inf")


def squares(ops: Any, array: Any) -> Any:
    """Return the sum of squares of an array, on its device; not finite if any value is not."""
    flat = array.reshape(-1)
    return ops.xp.dot(flat, flat)


def check_scores(ops: Any, name: str, docs: Sequence[Doc], scores: Any, whole: Any = None) -> None:
    """Check that the scores of a batch are finite.

    Args:
        ops: The model's operations.
        name: The component's name.
        docs: The batch.
        scores: One array or row per document.
        whole: The same scores as one array, if available.

    Raises:
        NotFinite: A score is nan or inf.
    """
    if not is_finite(ops, *(scores if whole is None else [whole])):
        raise no_scores(name, docs, first_bad(ops, scores))


def first_bad(ops: Any, Xs: Sequence[Any]) -> int | None:
    """Return the index of the first array that is not finite; None if all are."""
    return next((index for index, X in enumerate(Xs) if not is_finite(ops, X)), None)


def no_scores(name: str, docs: Sequence[Doc], index: int | None = None, why: str = "") -> NotFinite:
    """Create the error for scores that are not finite.

    Args:
        name: The component's name.
        docs: The batch.
        index: Index in the batch of the document concerned; None if unknown.
        why: The reason if known, as a continuation of the message.
    """
    if index is None and len(docs) == 1:
        index = 0
    position = f" {index + 1} of {len(docs)}" if index is not None and len(docs) > 1 else ""
    where = (
        "" if index is None else f", got nan or inf for document{position} {docs[index].text[:_N_CHARS]!r}"
    )
    return NotFinite(
        f"{name}: the scores are not finite{where}{why}; load a pipeline with intact weights, or train "
        "again with a lower training.optimizer.learn_rate"
    )
