"""A component that learns to tag short and long words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from thinc.api import Model, Softmax, chain

from kernel import Example
from kernel.contracts import factory
from kernel.pipeline import TrainableComponent

TAGS = ("ONE", "TWO")


def shape(width: int = 2) -> Model[Any, Any]:
    """Score the tags of each word by its length."""
    lengths: Model[Any, Any] = Model("lengths", _forward)
    return chain(lengths, Softmax(len(TAGS), width))


def _forward(model: Model[Any, Any], docs: Sequence[Any], is_train: bool) -> Any:
    long = np.array([len(token.text) > 1 for doc in docs for token in doc], dtype="float32")
    return np.stack([long, 1 - long], axis=1), lambda d_output: []


class Kept(TrainableComponent):
    """Tags words."""

    def __init__(self, vocab: Any, model: Any, name: str, scorer: Any) -> None:
        super().__init__(vocab, model, name)
        self.scorer = scorer

    def initialize(self, get_examples: Any, *, nlp: Any = None) -> None:
        self.model.initialize()

    def get_loss(self, examples: Iterable[Example], scores: Any) -> tuple[float, Any]:
        gold = [TAGS.index(token.tag_) for eg in examples for token in eg.reference]
        d_scores = (scores - np.eye(len(TAGS), dtype="float32")[gold]) / len(gold)
        return float((d_scores**2).sum()), d_scores

    def set_annotations(self, docs: Sequence[Any], scores: Any) -> None:
        tags = iter(scores.argmax(axis=1).tolist())
        for doc in docs:
            for token in doc:
                token.tag_ = TAGS[next(tags)]

    def score(self, examples: Iterable[Example], **options: Any) -> dict[str, Any]:
        return dict(self.scorer(examples, **options))


@factory(
    "kept",
    assigns=["token.tag"],
    default_config={
        "model": {"@architectures": "kept.Shape.v1"},
        "scorer": {"@scorers": "kept.scorer.v1"},
    },
    default_score_weights={"kept_acc": 1.0},
)
def make(nlp: Any, name: str, model: Model[Any, Any], scorer: Callable[..., Any]) -> Kept:
    """Make the component."""
    return Kept(nlp.vocab, model, name, scorer)


def make_scorer() -> Callable[..., dict[str, float]]:
    """Count right tags."""

    def score(examples: Iterable[Example], **options: Any) -> dict[str, float]:
        pairs = [(x.tag_, y.tag_) for eg in examples for x, y in zip(eg.predicted, eg.reference, strict=True)]
        return {"kept_acc": sum(x == y for x, y in pairs) / len(pairs)}

    return score
