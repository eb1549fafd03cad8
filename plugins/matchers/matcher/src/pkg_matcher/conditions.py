"""Conditions of a pattern on a token, each evaluated as one comparison over a column.

Tests of strings (regular expressions, fuzzy matches, feature sets) run once per distinct value and are cached.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pkg_matcher.window import Mask, Window

#: Maximum number of results that a test of strings caches.
_MAX_CACHED = 1 << 16

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Equals:
    """An attribute equals a number."""

    name: str
    value: int

    def mask(self, window: Window) -> Mask:
        """Compare the column; see `Condition.mask`."""
        same: Mask = window.column(self.name) == np.uint64(self.value)
        return same


@dataclass(frozen=True)
class OneOf:
    """An attribute is one of several numbers, or none of them."""

    name: str
    values: tuple[int, ...]
    negated: bool = False

    def mask(self, window: Window) -> Mask:
        """Look up the column; see `Condition.mask`."""
        return np.isin(window.column(self.name), np.array(self.values, dtype=np.uint64), invert=self.negated)


@dataclass(frozen=True)
class Compared:
    """A numeric attribute passes a comparison."""

    name: str
    comparison: str
    value: float

    def mask(self, window: Window) -> Mask:
        """Compare the column; see `Condition.mask`."""
        mask: Mask = COMPARISONS[self.comparison](window.column(self.name).view(np.int64), self.value)
        return mask


@dataclass(frozen=True)
class StringTest:
    """The string of an attribute passes a test.

    Args:
        name: The attribute.
        what: Identifies the test: equal ones are evaluated once.
        test: The test.
    """

    name: str
    what: Hashable
    test: Callable[[str], bool] = field(compare=False)
    answers: dict[int, bool] = field(default_factory=dict, compare=False, repr=False)

    def mask(self, window: Window) -> Mask:
        """Test each distinct string; see `Condition.mask`."""
        values, inverse = np.unique(window.column(self.name), return_inverse=True)
        if len(self.answers) > _MAX_CACHED:
            self.answers.clear()
        strings, answers = window.doc.vocab.strings, self.answers
        for value in values.tolist():
            if value not in answers:
                answers[value] = bool(self.test(strings[value] if value else ""))
        passed = np.fromiter((answers[value] for value in values.tolist()), dtype=np.bool_, count=len(values))
        return passed[inverse]


@dataclass(frozen=True)
class CustomTest:
    """A custom attribute, `token._.NAME`, passes a test."""

    name: str
    what: Hashable
    test: Callable[[Any], bool] = field(compare=False)

    def mask(self, window: Window) -> Mask:
        """Test the value of every token; see `Condition.mask`."""
        values = window.custom(self.name)
        return np.fromiter((bool(self.test(value)) for value in values), dtype=np.bool_, count=len(values))
