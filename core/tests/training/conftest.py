"""A component that learns in milliseconds, and runs made of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from thinc.api import Adam, Model, Softmax, chain

from kernel import Example, blank
from kernel.language import Language
from kernel.pipeline.components.trainable import TrainableComponent
from kernel.training.loop.updater import optimizer_updater
from kernel.training.run import Run
from kernel.training.stopping import StopRule

TAGS = ("LONG", "SHORT")


def lengths_forward(model, docs, is_train):
    """Features of a document: for each token, whether it is long, and whether it is not."""
    is_long = np.array([len(token.text) > 3 for doc in docs for token in doc], dtype="float32")
    return np.stack([is_long, 1 - is_long], axis=1).reshape(-1, 2), lambda gradient: []


class LengthTagger(TrainableComponent):
    """Learns to tag long words LONG and the others SHORT."""

    def __init__(self, vocab, model, name):
        super().__init__(vocab, model, name)
        self.drops: list[float] = []
        self.batches: list[list[int]] = []

    def set_annotations(self, docs, scores):
        ends = np.cumsum([len(doc) for doc in docs])[:-1]
        for doc, part in zip(docs, np.split(scores.argmax(axis=1), ends), strict=True):
            doc.set_column("TAG", np.array([self.vocab.strings.add(TAGS[i]) for i in part], dtype="uint64"))

    def update(self, examples, *, drop=0.0, sgd=None, losses=None):
        self.drops.append(drop)
        self.batches.append([len(eg.predicted) for eg in examples])
        return super().update(examples, drop=drop, sgd=sgd, losses=losses)

    def get_loss(self, examples, scores):
        gold = np.array([TAGS.index(token.tag_) for eg in examples for token in eg.reference], dtype="int64")
        d_scores = (scores - np.eye(2, dtype="float32")[gold]) / len(gold)
        return float((d_scores**2).sum()), d_scores

    def initialize(self, get_examples, *, nlp=None, labels=None):
        self.model.initialize()

    def score(self, examples, **options):
        examples = list(examples)
        pairs = [(x.tag_, y.tag_) for eg in examples for x, y in zip(eg.predicted, eg.reference, strict=True)]
        return {
            "tag_acc": sum(x == y for x, y in pairs) / len(pairs),
            "tag_none": None,
            "tag_per": {"LONG": {}},
        }


def length_tagger(nlp: Language, name: str) -> LengthTagger:
    """Make the component."""
    features: Model[Any, Any] = Model("lengths", lengths_forward)
    return LengthTagger(nlp.vocab, chain(features, Softmax(2, 2)), name)


def examples(nlp: Language, n_examples: int = 12) -> Iterator[Example]:
    """Make short texts of long and short words."""
    for i in range(n_examples):
        words = ["a" * (1 + (i + j) % 6) for j in range(1 + i % 4)]
        doc = nlp.make_doc(" ".join(words))
        yield Example.from_dict(doc, {"tags": [TAGS[len(word) <= 3] for word in words]})


def by_three(items):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == 3:
            yield batch
            batch = []
    if batch:
        yield batch


class Watcher:
    """A logger that remembers."""

    def __init__(self) -> None:
        self.infos: list[dict[str, Any] | None] = []
        self.is_closed = False

    def __call__(self, nlp, stdout=None, stderr=None):
        self.nlp_pipes = nlp.pipe_names
        return self.infos.append, self.close

    def close(self) -> None:
        self.is_closed = True

    @property
    def evaluations(self) -> list[dict[str, Any]]:
        return [info for info in self.infos if info is not None]


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def make_run(watcher):
    """Make a run over the toy corpus; keyword arguments change its fields."""

    def make(*, names: tuple[str, ...] = ("tagger",), **changes: Any) -> Run:
        Language.factory("toy_length_tagger", func=length_tagger)
        nlp = blank("xx")
        for name in names:
            nlp.add_pipe("toy_length_tagger", name=name)
        optimizer = nlp.initialize(sgd=Adam(0.1, L2=0.0))
        run = Run(
            nlp=nlp,
            optimizer=optimizer,
            updater=optimizer_updater(),
            train_corpus=examples,
            dev_corpus=examples,
            batcher=by_three,
            logger=watcher,
            rule=StopRule(max_steps=4),
            dropout=0.25,
            eval_frequency=2,
            score_weights={"tag_acc": 1.0, "tag_per": None},
        )
        return replace(run, **changes)

    return make


@pytest.fixture
def streams() -> dict[str, io.StringIO]:
    return {"stdout": io.StringIO(), "stderr": io.StringIO()}
