"""A corpus that is read once and then held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kernel.contracts import Reader
from kernel.text.example import Example


class HeldCorpus:
    """A reader that reads another once, and gives the same examples every time.

    What uses it must not annotate them.
    """

    def __init__(self, corpus: Reader) -> None:
        self.corpus = corpus
        self.examples: list[Example] | None = None

    def __call__(self, nlp: Any) -> Iterator[Example]:
        """Give the examples, reading them the first time."""
        if self.examples is None:
            self.examples = list(self.corpus(nlp))
        return iter(self.examples)
