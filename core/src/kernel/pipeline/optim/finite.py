"""Scores that are not finite: found at the price of one product, and told with component and document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernel.errors import NotFinite
from kernel.text.doc.doc import Doc

#: Characters of a document that a message quotes.
_N_CHARS = 30


def is_finite(ops: Any, *arrays: Any) -> bool:
    """Whether arrays hold numbers only, all of them below about 1e19."""
    with np.errstate(all="ignore"):
        total: Any = 0.0
        for array in arrays:
            total = total + squares(ops, array)
    # Not so are nan and inf alone.
    return float(total) < float("inf")


def squares(ops: Any, array: Any) -> Any:
    """Add up the squares of an array, which is not finite where a number is not; it stays where it is computed."""
    flat = array.reshape(-1)
    return ops.xp.dot(flat, flat)


def check_scores(ops: Any, name: str, docs: Sequence[Doc], scores: Any, whole: Any = None) -> None:
    """Raise unless the scores of a batch are numbers.

    Args:
        ops: Of the model.
        name: The component.
        docs: The batch.
        scores: One array, or one row, for each document.
        whole: All of them in one array, where there is such.

    Raises:
        NotFinite: One is not.
    """
    if not is_finite(ops, *(scores if whole is None else [whole])):
        raise no_scores(name, docs, first_bad(ops, scores))


def first_bad(ops: Any, Xs: Sequence[Any]) -> int | None:
    """Find the first document whose numbers are not finite; None where all are."""
    return next((place for place, X in enumerate(Xs) if not is_finite(ops, X)), None)


def no_scores(name: str, docs: Sequence[Doc], place: int | None = None, why: str = "") -> NotFinite:
    """Make the error about scores that are not finite.

    Args:
        name: The component.
        docs: The batch.
        place: The document of the batch that it is about; None where it may be any.
        why: What is known of the reason.
    """
    if place is None and len(docs) == 1:
        place = 0
    of_batch = f" {place + 1} of {len(docs)}" if place is not None and len(docs) > 1 else ""
    where = (
        "" if place is None else f", got nan or inf for document{of_batch} {docs[place].text[:_N_CHARS]!r}"
    )
    return NotFinite(
        f"{name}: the scores are not finite{where}{why}; load a pipeline whose weights are whole, or train it again "
        "with a lower training.optimizer.learn_rate"
    )
