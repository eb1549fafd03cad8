"""The `tok2vec` component: one token-to-vector model that other components share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from thinc.api import Model, Optimizer, set_dropout_rate

from kernel.contracts import factory
from kernel.errors import NotFinite
from kernel.pipeline import TrainableComponent
from kernel.pipeline.optim.finite import check_scores
from kernel.pipeline.run.tape import current_tape
from kernel.tokens import Doc
from kernel.training import Example

DEFAULT_MODEL = {
    "@architectures": "kernel.HashEmbedCNN.v1",
    "pretrained_vectors": None,
    "width": 96,
    "depth": 4,
    "embed_size": 2000,
    "window_size": 1,
    "maxout_pieces": 3,
    "subword_features": True,
}


@factory("tok2vec", assigns=["doc.tensor"], default_config={"model": DEFAULT_MODEL})
def tok2vec(nlp: Any, name: str, model: Model[list[Doc], list[Any]]) -> Tok2VecComponent:
    """Share one token-to-vector model among the components that listen to it.

    Args:
        nlp: The pipeline.
        name: Name of the component, to which the `upstream` setting of listeners refers.
        model: Maps documents to one array (length, width) per document.
    """
    return Tok2VecComponent(nlp.vocab, model, name)


class Tok2VecComponent(TrainableComponent):
    """Runs a token-to-vector model once per batch for all its listeners.

    It has no loss of its own: it learns from the gradients that its listeners add to the tape. The loss that it
    reports is the sum of squares of these gradients.
    """

    shares_output = True

    def predict(self, docs: Sequence[Doc]) -> list[Any]:
        """Compute and share the vectors of a batch; return one array (length, width) per document.

        Raises:
            NotFinite: A vector contains nan or inf.
        """
        tokvecs: list[Any] = self.model.predict(list(docs))
        check_scores(self.model.ops, self.name, docs, tokvecs, getattr(tokvecs, "whole", None))
        tape = current_tape()
        if tape is not None:
            tape.put(self.name, docs, tokvecs)
        return tokvecs

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Any]) -> None:
        """Store the vectors in `doc.tensor`."""
        for doc, tensor in zip(docs, predictions, strict=True):
            doc.tensor = tensor

    def update(
        self,
        examples: Sequence[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Share the vectors of a batch; the backward pass runs once the listeners have added their gradients.

        Raises:
            NotFinite: The gradient is nan or inf.
        """
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        tape = current_tape()
        if tape is None:
            return losses
        set_dropout_rate(self.model, drop)
        docs = [eg.predicted for eg in examples]
        tokvecs, backprop = self.model.begin_update(docs)

        def learn(d_tokvecs: list[Any]) -> None:
            loss = float(sum((d_X * d_X).sum() for d_X in d_tokvecs))
            if not math.isfinite(loss):
                raise NotFinite(f"{self.name}: the gradient is {loss}; lower training.optimizer.learn_rate")
            losses[self.name] += loss
            backprop(d_tokvecs)
            if sgd is not None:
                self.finish_update(sgd)

        tape.put(self.name, docs, tokvecs, learn)
        return losses

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Any = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Initialize the model's shapes and parameters from a few examples."""
        self.model.initialize(X=[eg.predicted for eg in self.sample(get_examples)])
