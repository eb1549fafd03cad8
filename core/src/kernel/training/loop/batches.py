"""From a corpus to epochs to batches, in an order that seed and position determine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from kernel.contracts import Batcher, Reader
from kernel.errors import ConfigError, DataError
from kernel.pipeline.run.seeding import branch, drawn_seed
from kernel.text.gold.example import Example


class Batches:
    """The batches of a run, epoch after epoch.

    Each epoch's order is drawn afresh from seed and epoch, so (seed, epoch, n_batches) says all about a
    position: nothing that user code draws from Python's global generator moves it.

    Args:
        nlp: Given to the reader.
        corpus: Reads the examples: once, or once an epoch when they are streamed.
        batcher: Cuts a stream of examples into batches.
        max_epochs: Passes over the corpus; 0: no limit, -1: stream it without limit, in the order that it comes in.
        seed: Of the order; None draws one.
    """

    def __init__(
        self, nlp: Any, corpus: Reader, batcher: Batcher, *, max_epochs: int = 0, seed: int | None = 0
    ) -> None:
        self.nlp = nlp
        self.corpus = corpus
        self.batcher = batcher
        self.max_epochs = max_epochs
        self.seed = drawn_seed() if seed is None else seed
        self.epoch = 0
        self.n_batches = 0

    @property
    def is_streamed(self) -> bool:
        """Whether the corpus is read again for every epoch instead of being held."""
        return self.max_epochs < 0

    def __iter__(self) -> Iterator[tuple[int, list[Example]]]:
        """Yield (epoch, batch); `epoch` and `n_batches` say how many came before."""
        held = [] if self.is_streamed else list(self.corpus(self.nlp))
        if not held and not self.is_streamed:
            raise DataError(
                "[training] train_corpus: the corpus has no examples; look at its path and its limits"
            )
        while self.max_epochs < 1 or self.epoch < self.max_epochs:
            examples = self.corpus(self.nlp) if self.is_streamed else self.shuffled(held)
            for batch in self.batcher(examples):
                if not isinstance(batch, Sequence):
                    raise ConfigError(
                        f"[training.batcher]: the batcher must yield lists of examples, got {type(batch).__name__}"
                    )
                yield self.epoch, batch
                self.n_batches += 1
            if not self.n_batches:
                raise DataError(
                    "[training.batcher]: the corpus gives no batch; its examples may all be too long for size"
                )
            self.epoch += 1
            self.n_batches = 0

    def shuffled(self, examples: Iterable[Example]) -> list[Example]:
        """Order the examples for the current epoch."""
        order = list(examples)
        branch(self.seed, str(self.epoch)).shuffle(order)
        return order


def divide(batch: list[Example], n_parts: int) -> Iterator[list[Example]]:
    """Cut a batch into parts of like length, whose gradients are summed.

    The shortest come first; what does not divide evenly makes one part more.
    """
    ordered = sorted(batch, key=lambda eg: len(eg.predicted))
    n_each = len(ordered) // n_parts
    ends = [n_each * i for i in range(n_parts + 1)] + [len(ordered)]
    for start, end in pairwise(ends):
        if start < end:
            yield ordered[start:end]
