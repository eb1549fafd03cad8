"""Gold categories of documents as arrays.

Axes
    B   documents
    L   labels
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernel.errors import DataError
from kernel.tokens import Doc
from kernel.training import Example

#: Characters of a document that an error shows.
_SHOWN = 40


@dataclass(frozen=True)
class GoldCategories:
    """What is known of the labels of some documents.

    Attributes:
        truth_BL: 1 where a label holds, else 0; float32.
        known_BL: 1 where that is known, else 0; float32.
        unknown: Labels that the documents have and that are none of these.
    """

    truth_BL: Any
    known_BL: Any
    unknown: frozenset[str]


def read_gold(examples: Sequence[Example], labels: Sequence[str]) -> GoldCategories:
    """Read the categories of documents.

    Args:
        examples: The documents, their categories checked.
        labels: In the order of the arrays.
    """
    places = {label: place for place, label in enumerate(labels)}
    cells = [
        (row, places.get(label, -1), label, value)
        for row, eg in enumerate(examples)
        for label, value in eg.reference.cats.items()
    ]
    truth_BL = np.zeros((len(examples), len(labels)), dtype=np.float32)
    known_BL = np.zeros_like(truth_BL)
    for row, place, _, value in cells:
        if place >= 0:
            truth_BL[row, place], known_BL[row, place] = value, 1.0
    return GoldCategories(truth_BL, known_BL, frozenset(label for _, place, label, _ in cells if place < 0))


def check_cats(name: str, examples: Iterable[Example], *, is_exclusive: bool) -> None:
    """See that the categories of documents are such as can be learnt from.

    Args:
        name: Of the component.
        examples: The documents.
        is_exclusive: Whether each has at most one label.

    Raises:
        DataError: A value is neither 0 nor 1, or a document has several labels where one excludes the others.
    """
    for number, eg in enumerate(examples, start=1):
        cats = eg.reference.cats
        for label, value in cats.items():
            if not isinstance(value, (int, float)) or value not in (0, 1):
                raise DataError(
                    f"{_place(name, number, eg.reference)}: a category must be 1 where it holds or 0 where it does "
                    f"not, got {value!r} for {label!r}; leave it out where that is not known"
                )
        if is_exclusive and sum(cats.values()) > 1:
            held = ", ".join(repr(label) for label, value in cats.items() if value)
            raise DataError(
                f"{_place(name, number, eg.reference)}: expected one category that excludes the others, got {held}; "
                "keep one, or use textcat_multilabel"
            )


def _place(name: str, number: int, doc: Doc) -> str:
    text = " ".join(doc.text.split())
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return f"{name}: document {number}, {shown!r}"
