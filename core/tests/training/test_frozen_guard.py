"""Frozen components: refused where they cannot stay as they are, and a run ends where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from thinc.api import Linear, Model, chain

from kernel.contracts import factory
from kernel.errors import ConfigError, FrozenChanged
from kernel.pipeline.components.trainable import TrainableComponent
from kernel.registry import registry
from kernel.testing.models import learner
from kernel.training.frozen_guard import N_DOCS, FrozenGuard, check_frozen
from kernel.training.run import Step

PLAIN = Step(0, 3, {}, 10, 1.0)
EVALUATED = Step(0, 4, {}, 12, 1.0, score=0.5, scores={})
CHANGED = (
    "[training] frozen_components: the {} of 'cold' changed during training although it is frozen, {}; a callback, "
    "a shared layer or word vectors changed it: freeze what it shares too, or remove it from the list"
)


@pytest.fixture
def run(make_run):
    """A run with a frozen component and one that learns."""
    return make_run(names=("cold", "tagger"), frozen=("cold",))


def change(run, name="cold"):
    """Let something change the weights of a component."""
    output = run.nlp.get_pipe(name).model.layers[1]
    output.set_param("W", output.get_param("W") + 1)


class Sharing(TrainableComponent):
    """Shares its output."""

    shares_output = True


def listening(model, docs, is_train):
    return docs, lambda gradients: gradients


@pytest.fixture
def listens(make_run):
    """A run whose second component listens to its first."""

    def make(**changes):
        @factory("toy_sharing")
        def sharing(nlp: object, name: str) -> Sharing:
            """Make a component that shares."""
            return Sharing(nlp.vocab, Linear(1, 1).initialize(), name)

        @factory("toy_listening")
        def listener(nlp: object, name: str, model: object) -> TrainableComponent:
            """Make a component that listens."""
            layer = Model("listener", listening, attrs={"upstream": "shared"})
            return TrainableComponent(nlp.vocab, chain(layer, Linear(1, 1).initialize()), name)

        registry.architectures.register("toy.listener.v1", func=lambda upstream: upstream)
        for made in (sharing, listener):
            registry.factories.register(made.__factory__.name, func=made)
        run = make_run(**changes)
        block = {"@architectures": "toy.listener.v1", "upstream": "shared"}
        run.nlp.add_pipe("toy_sharing", name="shared")
        run.nlp.add_pipe("toy_listening", name="cold", config={"model": block})
        return run

    return make


def test_a_frozen_component_that_was_trained_may_stay_as_it_is(run):
    check_frozen(run)


def test_a_frozen_component_that_was_never_trained_is_refused(make_run):
    run = make_run(frozen=("cold",))
    run.nlp.add_pipe(learner.NAME, name="cold")

    with pytest.raises(ConfigError) as caught:
        check_frozen(run)

    assert str(caught.value) == (
        "[training] frozen_components: 'cold' was never trained, its model has no parameters; source it from a "
        'trained pipeline with [components.cold] source = "PATH", or remove it from the list'
    )


def test_a_frozen_component_that_listens_to_one_that_learns_is_refused_with_both_ways_out(listens):
    with pytest.raises(ConfigError) as caught:
        check_frozen(listens(frozen=("cold",)))

    assert str(caught.value) == (
        "[training] frozen_components: 'cold' listens to 'shared', which learns, so its predictions would "
        "change; freeze 'shared' too, or give 'cold' its own copy with replace_listeners = [\"model\"] beside "
        "its source"
    )


def test_a_frozen_component_may_listen_to_a_frozen_one(listens):
    check_frozen(listens(frozen=("shared", "cold")))


def test_a_run_may_train_what_is_not_frozen(run):
    guard = FrozenGuard(run)

    change(run, "tagger")

    guard.check(EVALUATED)
    guard.check_predictions()


def test_other_weights_are_named_at_the_evaluation_after_which_they_would_be_saved(run):
    guard = FrozenGuard(run)
    change(run)

    guard.check(PLAIN)
    with pytest.raises(FrozenChanged) as caught:
        guard.check(EVALUATED)

    assert str(caught.value) == CHANGED.format("weights", "at step 4")


def test_weights_that_change_behind_the_last_evaluation_are_named_at_the_end(run):
    guard = FrozenGuard(run)
    change(run)

    with pytest.raises(FrozenChanged) as caught:
        guard.check_predictions()

    assert str(caught.value) == CHANGED.format("weights", "after the last step")


def test_weights_that_came_back_are_what_they_were(run):
    guard = FrozenGuard(run)
    before = run.nlp.get_pipe("cold").model.layers[1].get_param("W").copy()
    change(run)

    run.nlp.get_pipe("cold").model.layers[1].set_param("W", before)

    guard.check(EVALUATED)
    guard.check_predictions()


def test_equal_weights_that_predict_otherwise_are_named_with_the_documents_compared(run, monkeypatch):
    guard = FrozenGuard(run)

    def tag_otherwise(component, docs, predictions):
        for doc in docs:
            doc.set_column("TAG", np.full(len(doc), component.vocab.strings.add("OTHER"), dtype="uint64"))

    monkeypatch.setattr(learner.Learner, "set_annotations", tag_otherwise)
    guard.check(EVALUATED)
    with pytest.raises(FrozenChanged) as caught:
        guard.check_predictions()

    assert str(caught.value) == CHANGED.format("predictions", "on 12 documents of the development corpus")


def test_predictions_are_compared_on_the_first_documents_and_leave_them_alone(make_run):
    n_read, held = [], list(learner.examples(make_run().nlp, 40))

    def corpus(nlp):
        for example in held:
            n_read.append(1)
            yield example

    guard = FrozenGuard(make_run(names=("cold",), frozen=("cold",), dev_corpus=corpus))
    guard.check_predictions()

    assert len(n_read) == N_DOCS
    assert not any(example.predicted.has_annotation("TAG") for example in held)


def test_without_a_frozen_component_that_can_change_no_document_is_read(make_run):
    def corpus(nlp):
        raise AssertionError("nobody needs it")

    for run in (make_run(dev_corpus=corpus), make_run(frozen=("function",), dev_corpus=corpus)):
        run.nlp.component("toy_function", func=lambda doc: doc)
        run.nlp.add_pipe("toy_function", name="function")

        guard = FrozenGuard(run)

        guard.check(EVALUATED)
        guard.check_predictions()
