"""Replay the batches of a run on resuming, and check that they are the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from zlib import crc32

from kernel.errors import DataError
from kernel.pipeline.run.seeding import Apart
from kernel.text.gold.example import Example
from kernel.training.loop.batches import Batches
from kernel.training.run import Run

Batch = tuple[int, list[Example]]


def batches_of(run: Run) -> ReplayableBatches:
    """Return the batches of a run from the beginning, in the order of its seed.

    Args:
        run: What to do; where its seed is None, one is drawn.
    """
    batches = Batches(run.nlp, run.train_corpus, run.batcher, max_epochs=run.rule.max_epochs, seed=run.seed)
    return ReplayableBatches(batches, batches.seed)


class ReplayableBatches(Iterator[Batch]):
    """A stream of batches that can be advanced to where a run stopped.

    A position is not stored but replayed: reader, batcher and their schedules produce the same batches again, which
    are dropped. Their random numbers come from a separate generator, so replaying needs no updates.

    Args:
        batches: Pairs of epoch and batch, from the beginning.
        seed: Seed of the run.

    Attributes:
        checksum: Checksum of the words of all batches so far.
    """

    def __init__(self, batches: Iterable[Batch], seed: int) -> None:
        self._batches = Apart(batches, seed)
        self.checksum = 0

    def __next__(self) -> Batch:
        """Return the next batch and add its words to the checksum."""
        epoch, batch = next(self._batches)
        for eg in batch:
            self.checksum = crc32(eg.predicted.column("ORTH").tobytes(), self.checksum)
        return epoch, batch

    def state(self) -> dict[str, Any]:
        """Return the checksum of the batches so far, and the states of their random generators."""
        return {"checksum": self.checksum, "random": self._batches.state()}

    def replay(self, n_batches: int, state: Mapping[str, Any]) -> None:
        """Advance to where a run stopped.

        Args:
            n_batches: Number of batches that the run had consumed.
            state: The run's `state()` after them.

        Raises:
            DataError: The batches differ from those of the run.
        """
        n_replayed = sum(1 for _ in islice(self, n_batches))
        if n_replayed < n_batches or state != self.state():
            raise DataError(
                f"--resume: the batches differ from those of the run up to step {n_batches - 1}; restore data, code "
                "and plugins, or start again with --overwrite"
            )
