"""The batches of a run in the order in which they came, checked when they come again."""

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
    """Give the batches of a run from the beginning, in the order that its seed says.

    Args:
        run: What to do; where its seed is None, one is drawn.
    """
    batches = Batches(run.nlp, run.train_corpus, run.batcher, max_epochs=run.rule.max_epochs, seed=run.seed)
    return ReplayableBatches(batches, batches.seed)


class ReplayableBatches(Iterator[Batch]):
    """A stream of batches that can be walked again to where a run left it.

    A position is not stored but replayed: reader, batcher and their schedules go through the same batches once more,
    which are dropped. Their random numbers come from a generator of their own, so that no update is needed for it.

    Args:
        batches: Pairs of epoch and batch, from the beginning.
        seed: Of the run.

    Attributes:
        checksum: Of the words of all batches so far.
    """

    def __init__(self, batches: Iterable[Batch], seed: int) -> None:
        self._batches = Apart(batches, seed)
        self.checksum = 0

    def __next__(self) -> Batch:
        """Give the next batch and add its words to the checksum."""
        epoch, batch = next(self._batches)
        for eg in batch:
            self.checksum = crc32(eg.predicted.column("ORTH").tobytes(), self.checksum)
        return epoch, batch

    def state(self) -> dict[str, Any]:
        """Give what a run knows of its batches so far: their checksum, and the states of the generators behind them."""
        return {"checksum": self.checksum, "random": self._batches.state()}

    def replay(self, n_batches: int, state: Mapping[str, Any]) -> None:
        """Go forward to where a run was.

        Args:
            n_batches: As many as the run had taken.
            state: What the run knew of them.

        Raises:
            DataError: They are others.
        """
        n_found = sum(1 for _ in islice(self, n_batches))
        if n_found < n_batches or state != self.state():
            raise DataError(
                f"--resume: the corpus gives other batches than it gave the run up to step {n_batches - 1}; bring "
                "data, code and plugins back to what they were, or begin anew with --overwrite"
            )
