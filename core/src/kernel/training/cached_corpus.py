"""A corpus that is read once and then held."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from kernel.contracts import Reader
from kernel.text.gold.example import Example

logger = logging.getLogger(__name__)

#: Examples after which it is worth saying that an endless corpus is never held.
MANY = 200_000


class CachedCorpus:
    """A reader that reads another once, and gives the same examples every time.

    What uses it must not annotate them.
    """

    def __init__(self, corpus: Reader) -> None:
        self.corpus = corpus
        self.examples: list[Example] | None = None

    def __call__(self, nlp: Any) -> Iterator[Example]:
        """Give the examples, reading them the first time."""
        if self.examples is None:
            self.examples = list(told(self.corpus(nlp)))
        return iter(self.examples)


def told(examples: Iterable[Example]) -> Iterator[Example]:
    """Pass examples on, and say once when there are so many that they may have no end."""
    for number, example in enumerate(examples, 1):
        if number == MANY:
            logger.warning(
                "[training]: %s examples read and more to come; if the corpus has no end, set max_epochs = -1 to "
                "read it as a stream", f"{MANY:,}"
            )  # fmt: skip
        yield example
