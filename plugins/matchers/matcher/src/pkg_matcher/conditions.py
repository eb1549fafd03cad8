"""What a pattern can ask of a token, each as one comparison over a column.

A test of strings (a regex, a near word, a set of features) is made once per distinct value and remembered.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pkg_matcher.window import Mask, Window

#: Answers that one test of strings remembers.
_MOST_ANSWERS = 1 << 16

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
    """An attribute is a number."""

    name: str
    value: int

    def mask(self, window: Window) -> Mask:
        """Compare the column."""
        same: Mask = window.column(self.name) == np.uint64(self.value)
        return same


@dataclass(frozen=True)
class OneOf:
    """An attribute is among numbers, or among none of them."""

    name: str
    values: tuple[int, ...]
    negated: bool = False

    def mask(self, window: Window) -> Mask:
        """Look the column up."""
        return np.isin(window.column(self.name), np.array(self.values, dtype=np.uint64), invert=self.negated)


@dataclass(frozen=True)
class Compared:
    """A number that counts something is so large."""

    name: str
    comparison: str
    value: float

    def mask(self, window: Window) -> Mask:
        """Compare the column."""
        found: Mask = COMPARISONS[self.comparison](window.column(self.name).view(np.int64), self.value)
        return found


@dataclass(frozen=True)
class StringTest:
    """The string of an attribute passes a test.

    Args:
        name: The attribute.
        what: Says which test it is: equal ones are made once.
        test: The test.
    """

    name: str
    what: Hashable
    test: Callable[[str], bool] = field(compare=False)
    answers: dict[int, bool] = field(default_factory=dict, compare=False, repr=False)

    def mask(self, window: Window) -> Mask:
        """Test each distinct string."""
        values, places = np.unique(window.column(self.name), return_inverse=True)
        if len(self.answers) > _MOST_ANSWERS:
            self.answers.clear()
        strings, answers = window.doc.vocab.strings, self.answers
        for value in values.tolist():
            if value not in answers:
                answers[value] = bool(self.test(strings[value] if value else ""))
        passed = np.fromiter((answers[value] for value in values.tolist()), dtype=np.bool_, count=len(values))
        return passed[places]


@dataclass(frozen=True)
class AddedTest:
    """An attribute that people added passes a test."""

    name: str
    what: Hashable
    test: Callable[[Any], bool] = field(compare=False)

    def mask(self, window: Window) -> Mask:
        """Test every token's."""
        values = window.added(self.name)
        return np.fromiter((bool(self.test(value)) for value in values), dtype=np.bool_, count=len(values))
