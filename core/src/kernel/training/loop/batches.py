"""Divide a corpus into epochs and batches, in an order that only seed and position determine."""

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

    Each epoch is shuffled by seed and epoch number alone, so (seed, epoch, n_batches) determines a
    position: random numbers that user code draws from Python's global generator do not affect it.

    Args:
        nlp: The pipeline, passed to the reader.
        corpus: Reads the examples: once, or once per epoch when streamed.
        batcher: Divides a stream of examples into batches.
        max_epochs: Passes over the corpus; 0 for no limit, -1 to stream it without limit, unshuffled.
        seed: Seed of the order; None draws one.
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
        """Whether the corpus is read again for every epoch instead of being kept in memory."""
        return self.max_epochs < 0

    def __iter__(self) -> Iterator[tuple[int, list[Example]]]:
        """Yield (epoch, batch) pairs; `epoch` and `n_batches` count what came before."""
        cached = [] if self.is_streamed else list(self.corpus(self.nlp))
        if not cached and not self.is_streamed:
            raise DataError(
                "[training] train_corpus: the corpus has no examples; check its path and its limits"
            )
        while self.max_epochs < 1 or self.epoch < self.max_epochs:
            examples = self.corpus(self.nlp) if self.is_streamed else self.shuffled(cached)
            for batch in self.batcher(examples):
                if not isinstance(batch, Sequence):
                    raise ConfigError(
                        f"[training.batcher]: the batcher must yield lists of examples, got {type(batch).__name__}"
                    )
                yield self.epoch, batch
                self.n_batches += 1
            if not self.n_batches:
                raise DataError(
                    "[training.batcher]: the batcher yields no batches; the examples may all be too long for its size"
                )
            self.epoch += 1
            self.n_batches = 0

    def shuffled(self, examples: Iterable[Example]) -> list[Example]:
        """Return the examples in the order of the current epoch."""
        order = list(examples)
        branch(self.seed, str(self.epoch)).shuffle(order)
        return order


def divide(batch: list[Example], n_parts: int) -> Iterator[list[Example]]:
    """Divide a batch into parts of examples of similar length, whose gradients are summed.

    The shortest examples come first; a remainder makes one more part.
    """
    ordered = sorted(batch, key=lambda eg: len(eg.predicted))
    n_each = len(ordered) // n_parts
    ends = [n_each * i for i in range(n_parts + 1)] + [len(ordered)]
    for start, end in pairwise(ends):
        if start < end:
            yield ordered[start:end]
