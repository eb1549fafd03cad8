"""The tokens that a matcher searches: columns of a document or span, each computed once per call."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.tokens import Doc, Span

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.uint64]

#: Annotation that must have been set by a component if a pattern uses it.
_ANNOTATION = ("TAG", "POS", "MORPH", "LEMMA", "DEP")


class Condition(Protocol):
    """A condition on a token; equal conditions are evaluated once."""

    def mask(self, window: Window) -> Mask:
        """Return for each token whether it meets the condition (N,)."""

    def __hash__(self) -> int: ...


class Window:
    """A document or span of N tokens."""

    def __init__(self, doclike: Doc | Span) -> None:
        if not isinstance(doclike, Doc | Span):
            raise DataError(f"matcher: expected a Doc or a Span, got {type(doclike).__name__}")
        self.doc = doclike.doc
        self.start, self.end = (0, len(doclike)) if isinstance(doclike, Doc) else (doclike.start, doclike.end)
        self._columns: dict[str, Numbers] = {}
        self._values: dict[str, frozenset[int]] = {}
        self._masks: dict[Condition, Mask] = {}
        self._custom: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return self.end - self.start

    def column(self, name: str) -> Numbers:
        """Return one attribute of all tokens (N,); negative numbers wrap around."""
        if name not in self._columns:
            column = self.doc.features([name])[:, 0]
            if name == "SENT_START":
                column[:1] = 1  # a document's first token starts a sentence, even without annotation
            self._columns[name] = column[self.start : self.end]
        return self._columns[name]

    def has(self, name: str, value: int) -> bool:
        """Return whether any token has a value; a cheap test that rules out whole patterns."""
        if name not in self._values:
            self._values[name] = frozenset(self.column(name).tolist())
        return value in self._values[name]

    def mask(self, condition: Condition) -> Mask:
        """Return where a condition holds (N,)."""
        if condition not in self._masks:
            self._masks[condition] = condition.mask(self)
        return self._masks[condition]

    def custom(self, name: str) -> list[Any]:
        """Return the custom attribute `token._.NAME` of every token, read one by one."""
        if name not in self._custom:
            self._custom[name] = [self.doc[i]._.get(name) for i in range(self.start, self.end)]
        return self._custom[name]

    def check_annotated(self, names: frozenset[str]) -> None:
        """Check that the document has the annotation that patterns use.

        Raises:
            DataError: Some of it is missing.
        """
        for name in _ANNOTATION:
            if name in names and not self.doc.has_annotation(name):
                raise DataError(
                    f"matcher: a pattern uses {name}, which the document does not have; run a component that "
                    "sets it first, or pass allow_missing=True"
                )
