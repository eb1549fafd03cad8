"""Runs of the component that learns in milliseconds, and a logger that remembers them."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from thinc.api import Adam

from kernel import blank
from kernel.testing.models import learner
from kernel.training.loop.updater import optimizer_updater
from kernel.training.run import Run
from kernel.training.stopping import StopRule


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
        learner.register()
        nlp = blank("xx")
        for name in names:
            nlp.add_pipe(learner.NAME, name=name)
        optimizer = nlp.initialize(sgd=Adam(0.1, L2=0.0))
        run = Run(
            nlp=nlp,
            optimizer=optimizer,
            updater=optimizer_updater(),
            train_corpus=learner.examples,
            dev_corpus=learner.examples,
            batcher=by_three,
            logger=watcher,
            rule=StopRule(max_steps=4),
            dropout=0.25,
            eval_frequency=2,
            score_weights={"tag_acc": 1.0},
        )
        return replace(run, **changes)

    return make


@pytest.fixture
def streams() -> dict[str, io.StringIO]:
    return {"stdout": io.StringIO(), "stderr": io.StringIO()}
