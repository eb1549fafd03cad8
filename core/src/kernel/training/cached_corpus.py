"""Read a corpus once and keep its examples in memory."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from kernel.contracts import Reader
from kernel.text.gold.example import Example

logger = logging.getLogger(__name__)

#: Number of examples after which to warn that the corpus may be endless.
MANY = 200_000


class CachedCorpus:
    """A reader that reads another one once and returns the same examples every time.

    Callers must not annotate the examples.
    """

    def __init__(self, corpus: Reader) -> None:
        self.corpus = corpus
        self.examples: list[Example] | None = None

    def __call__(self, nlp: Any) -> Iterator[Example]:
        """Return the examples, reading them the first time."""
        if self.examples is None:
            self.examples = list(with_warning(self.corpus(nlp)))
        return iter(self.examples)


def with_warning(examples: Iterable[Example]) -> Iterator[Example]:
    """Yield the examples, and warn once when there are so many that the corpus may be endless."""
    for number, example in enumerate(examples, 1):
        if number == MANY:
            logger.warning(
                "[training]: %s examples read so far; if the corpus is endless, set max_epochs = -1 to read it as a "
                "stream", f"{MANY:,}"
            )  # fmt: skip
        yield example
