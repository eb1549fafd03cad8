"""Guard frozen components: check that they can stay unchanged, and end the run if one changes."""

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
    """Check that every frozen component can stay unchanged.

    Raises:
        ConfigError: One was never trained, or listens to a component that learns.
    """
    for problem in problems(run.nlp, run.frozen):
        raise ConfigError(problem)


def problems(nlp: Any, frozen: Collection[str]) -> Iterator[str]:
    """Yield what prevents frozen components from staying unchanged, one message each."""
    for name in frozen:
        pipe = nlp._pipes.get(name)
        if lacks_params(pipe.component):
            yield (
                f"[training] frozen_components: {name!r} was never trained, its model has no parameters; source it "
                f'from a trained pipeline with [components.{name}] source = "PATH", or remove it from the list'
            )
        for _, real in upstreams(nlp._pipes, name) if name in nlp.pipe_names else ():
            if real is not None and real not in frozen:
                paths = ", ".join(f'"{path}"' for path in listening_blocks(pipe.config))
                yield (
                    f"[training] frozen_components: {name!r} listens to {real!r}, which learns, so its "
                    f"predictions would change; freeze {real!r} too, or give {name!r} its own copy with "
                    f"replace_listeners = [{paths}] beside its source"
                )


class FrozenGuard:
    """Compares the frozen components of a run with their state before its first step.

    Args:
        run: The run; predictions are compared on documents of its development corpus.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._names = [
            name
            for name in run.frozen
            if name in run.nlp.pipe_names and offers_to_bytes(run.nlp.get_pipe(name))
        ]
        corpus = run.dev_corpus(run.nlp) if self._names else ()
        self._docs = [eg.predicted.copy() for eg in islice(corpus, N_DOCS)]
        self._weights = {name: self._digest(name) for name in self._names}
        self._predictions = self._predict()

    def check(self, step: Step) -> None:
        """Compare the weights after each step at which the pipeline may be saved.

        Raises:
            FrozenChanged: They have changed.
        """
        for name in self._names if step.is_evaluated else ():
            if self._digest(name) != self._weights[name]:
                self._refuse(name, "weights", f"at step {step.step}")

    def check_predictions(self) -> None:
        """Compare weights and predictions once the run is over.

        Raises:
            FrozenChanged: They have changed.
        """
        for name in self._names:
            if self._digest(name) != self._weights[name]:
                self._refuse(name, "weights", "after the last step")
        for name, digest in self._predict().items():
            if digest != self._predictions[name]:
                self._refuse(name, "predictions", f"on {len(self._docs)} documents of the development corpus")

    def _digest(self, name: str) -> str:
        return hashlib.sha256(self.run.nlp.get_pipe(name).to_bytes()).hexdigest()

    def _predict(self) -> dict[str, str]:
        """Return digests of what the frozen components predict, each run after those before it.

        Copies predict, because the words that a component has seen affect the last bits of its numbers.
        """
        nlp: Any = self.run.nlp
        digests = {}
        copies = [(name, sourced_pipe(nlp, nlp, name, name).component) for name in self._in_order()]
        for index, (name, _) in enumerate(copies):
            # Always from the first one on, because listeners read the shared output of the same batch.
            pairs = annotate_batch(copies[: index + 1], [(doc.copy(), None) for doc in self._docs], {})
            joined = b"".join(doc.to_bytes(exclude=["tensor"]) for doc, _ in pairs)
            digests[name] = hashlib.sha256(joined).hexdigest()
        return digests

    def _in_order(self) -> list[str]:
        return [name for name in self.run.nlp.pipe_names if name in self._names]

    def _refuse(self, name: str, what: str, where: str) -> None:
        raise FrozenChanged(
            f"[training] frozen_components: the {what} of {name!r} changed during training although it is frozen, "
            f"{where}; a callback, a shared layer or word vectors changed it: freeze what it shares too, or remove it "
            "from the list"
        )
