"""The tokens that a matcher looks at: columns of a document or of a slice, each gathered once a call."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.tokens import Doc, Span

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.uint64]

#: Annotation that a rule can only ask for where some component wrote it.
_ANNOTATION = ("TAG", "POS", "MORPH", "LEMMA", "DEP")


class Condition(Protocol):
    """What a token must be; equal conditions are worked out once."""

    def mask(self, window: Window) -> Mask:
        """Tell for each token whether it is so."""

    def __hash__(self) -> int: ...


class Window:
    """A document or a slice of one, of N tokens."""

    def __init__(self, doclike: Doc | Span) -> None:
        if not isinstance(doclike, Doc | Span):
            raise DataError(f"matcher: expected a Doc or a Span, got {type(doclike).__name__}")
        self.doc = doclike.doc
        self.start, self.end = (0, len(doclike)) if isinstance(doclike, Doc) else (doclike.start, doclike.end)
        self._columns: dict[str, Numbers] = {}
        self._values: dict[str, frozenset[int]] = {}
        self._masks: dict[Condition, Mask] = {}
        self._added: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return self.end - self.start

    def column(self, name: str) -> Numbers:
        """One attribute of all tokens (N,); signed numbers wrap around."""
        if name not in self._columns:
            column = self.doc.features([name])[:, 0]
            if name == "SENT_START":
                column[:1] = 1  # a document's first token starts a sentence, even if nothing was said of any
            self._columns[name] = column[self.start : self.end]
        return self._columns[name]

    def has(self, name: str, value: int) -> bool:
        """Whether some token has a value: cheaper than a mask, for patterns that cannot match at all."""
        if name not in self._values:
            self._values[name] = frozenset(self.column(name).tolist())
        return value in self._values[name]

    def mask(self, condition: Condition) -> Mask:
        """Where a condition holds (N,)."""
        if condition not in self._masks:
            self._masks[condition] = condition.mask(self)
        return self._masks[condition]

    def added(self, name: str) -> list[Any]:
        """An attribute that people added, `token._.name`, of every token: a function of theirs, called one by one."""
        if name not in self._added:
            self._added[name] = [self.doc[i]._.get(name) for i in range(self.start, self.end)]
        return self._added[name]

    def check_annotated(self, names: frozenset[str]) -> None:
        """See that the document has the annotation that patterns ask for.

        Raises:
            DataError: It lacks some.
        """
        for name in _ANNOTATION:
            if name in names and not self.doc.has_annotation(name):
                raise DataError(
                    f"matcher: a pattern asks for {name}, which the document does not have; run a component that "
                    "sets it before, or pass allow_missing=True"
                )
