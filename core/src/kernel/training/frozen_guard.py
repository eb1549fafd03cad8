"""Frozen components: they can be used as they are, and a run ends if they come out as anything else."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from kernel.contracts.capabilities import offers_to_bytes
from kernel.errors import ConfigError, FrozenChanged
from kernel.pipeline.components.listeners import listening_blocks, upstreams
from kernel.pipeline.components.sourcing import sourced_pipe
from kernel.pipeline.run.predict import annotate_batch, lacks_params
from kernel.training.run import Run, Step

#: Documents of the development corpus whose predictions are compared.
N_DOCS = 16


def check_frozen(run: Run) -> None:
    """Raise where a frozen component cannot stay as it is.

    Raises:
        ConfigError: It was never trained, or it listens to a component that learns.
    """
    for problem in problems(run.nlp, run.frozen):
        raise ConfigError(problem)


def problems(nlp: Any, frozen: Collection[str]) -> Iterator[str]:
    """Yield what keeps frozen components from staying as they are, one sentence each."""
    for name in frozen:
        pipe = nlp._pipes.get(name)
        if lacks_params(pipe.component):
            yield (
                f"[training] frozen_components: {name!r} was never trained, its model has no parameters; take it from "
                f'a trained pipeline with [components.{name}] source = "PATH", or take it out of the list'
            )
        for _, real in upstreams(nlp._pipes, name) if name in nlp.pipe_names else ():
            if real is not None and real not in frozen:
                paths = ", ".join(f'"{path}"' for path in listening_blocks(pipe.config))
                yield (
                    f"[training] frozen_components: {name!r} listens to {real!r}, which learns, so that its "
                    f"predictions would change; freeze {real!r} too, or give {name!r} a copy of its own with "
                    f"replace_listeners = [{paths}] beside its source"
                )


class FrozenGuard:
    """What the frozen components of a run were before its first step.

    Args:
        run: The run; its development corpus gives the documents whose predictions are compared.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._learned = [
            name
            for name in run.frozen
            if name in run.nlp.pipe_names and offers_to_bytes(run.nlp.get_pipe(name))
        ]
        corpus = run.dev_corpus(run.nlp) if self._learned else ()
        self._docs = [eg.predicted.copy() for eg in islice(corpus, N_DOCS)]
        self._weights = {name: self._digest(name) for name in self._learned}
        self._predictions = self._predict()

    def check(self, step: Step) -> None:
        """Compare the weights, at every step after which the pipeline may be saved.

        Raises:
            FrozenChanged: They are others.
        """
        for name in self._learned if step.is_evaluated else ():
            if self._digest(name) != self._weights[name]:
                self._tell(name, "weights", f"at step {step.step}")

    def check_predictions(self) -> None:
        """Compare weights and predictions once the run is over.

        Raises:
            FrozenChanged: They are others.
        """
        for name in self._learned:
            if self._digest(name) != self._weights[name]:
                self._tell(name, "weights", "after the last step")
        for name, digest in self._predict().items():
            if digest != self._predictions[name]:
                self._tell(name, "predictions", f"on {len(self._docs)} documents of the development corpus")

    def _digest(self, name: str) -> str:
        return hashlib.sha256(self.run.nlp.get_pipe(name).to_bytes()).hexdigest()

    def _predict(self) -> dict[str, str]:
        """Annotate the documents with the frozen components alone, one after the other.

        Copies do it: what a component remembers of words that it has seen moves the last bits of its numbers.
        """
        nlp: Any = self.run.nlp
        digests = {}
        copies = [(name, sourced_pipe(nlp, nlp, name, name).component) for name in self._in_order()]
        for place, (name, _) in enumerate(copies):
            # From the first on, as listening layers read what is shared within one batch.
            pairs = annotate_batch(copies[: place + 1], [(doc.copy(), None) for doc in self._docs], {})
            joined = b"".join(doc.to_bytes(exclude=["tensor"]) for doc, _ in pairs)
            digests[name] = hashlib.sha256(joined).hexdigest()
        return digests

    def _in_order(self) -> list[str]:
        return [name for name in self.run.nlp.pipe_names if name in self._learned]

    def _tell(self, name: str, what: str, where: str) -> None:
        raise FrozenChanged(
            f"[training] frozen_components: {name!r} is frozen and has other {what} than before the training, {where}; "
            "a callback, a shared layer or word vectors changed it: freeze what it shares as well, or take it out of "
            "the list"
        )
