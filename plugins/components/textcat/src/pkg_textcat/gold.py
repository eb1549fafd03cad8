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

#: Maximum number of characters of a document to quote in an error.
_SHOWN = 40


@dataclass(frozen=True)
class GoldCategories:
    """The gold categories of some documents.

    Attributes:
        truth_BL: 1 where a label applies, else 0; float32.
        known_BL: 1 where this is annotated, else 0; float32.
        unknown: Labels of the documents that the component does not have.
    """

    truth_BL: Any
    known_BL: Any
    unknown: frozenset[str]


def read_gold(examples: Sequence[Example], labels: Sequence[str]) -> GoldCategories:
    """Read the categories of documents.

    Args:
        examples: The documents, whose categories have been checked.
        labels: The labels, in the order of the columns.
    """
    columns = {label: column for column, label in enumerate(labels)}
    cells = [
        (row, columns.get(label, -1), label, value)
        for row, eg in enumerate(examples)
        for label, value in eg.reference.cats.items()
    ]
    truth_BL = np.zeros((len(examples), len(labels)), dtype=np.float32)
    known_BL = np.zeros_like(truth_BL)
    for row, column, _, value in cells:
        if column >= 0:
            truth_BL[row, column], known_BL[row, column] = value, 1.0
    return GoldCategories(truth_BL, known_BL, frozenset(label for _, column, label, _ in cells if column < 0))


def check_cats(name: str, examples: Iterable[Example], *, is_exclusive: bool) -> None:
    """Check that the categories of documents are valid for training.

    Args:
        name: Name of the component.
        examples: The documents.
        is_exclusive: Whether each may have at most one label.

    Raises:
        DataError: A value is neither 0 nor 1, or a document has several exclusive labels.
    """
    for number, eg in enumerate(examples, start=1):
        cats = eg.reference.cats
        for label, value in cats.items():
            if not isinstance(value, (int, float)) or value not in (0, 1):
                raise DataError(
                    f"{_where(name, number, eg.reference)}: expected categories of 1 (applies) or 0 (does not), got "
                    f"{value!r} for {label!r}; leave out unknown ones"
                )
        if is_exclusive and sum(cats.values()) > 1:
            positive = ", ".join(repr(label) for label, value in cats.items() if value)
            raise DataError(
                f"{_where(name, number, eg.reference)}: expected at most one category, got {positive}; "
                "keep one, or use textcat_multilabel"
            )


def _where(name: str, number: int, doc: Doc) -> str:
    """Name the component and quote the document that an error is about."""
    text = " ".join(doc.text.split())
    excerpt = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return f"{name}: document {number}, {excerpt!r}"
