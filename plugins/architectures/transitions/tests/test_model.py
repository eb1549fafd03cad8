"""The model of transition-based components, its gradients, and learning from a walk."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from thinc.api import Model

from kernel.errors import ConfigError, ModelError
from kernel.pipeline.run.ops import KernelNumpyOps
from kernel.tokens import Doc
from kernel.vocab import Vocab
from pkg_transitions.learn import difference, gradient
from pkg_transitions.model import TransitionBasedParser, resize_output
from pkg_transitions.parts import parts

OPS = KernelNumpyOps()
WIDTH = 4


def vectors() -> Model[Any, Any]:
    """Make a tok2vec whose parameters are the vectors of all tokens."""

    def forward(model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[list[Any], Any]:
        E = model.get_param("E")
        ends = np.cumsum([len(doc) for doc in docs])
        Xs = [E[end - len(doc) : end] for doc, end in zip(docs, ends, strict=True)]

        def backprop(dXs: list[Any]) -> list[Any]:
            model.inc_grad("E", np.concatenate(dXs))
            return []

        return Xs, backprop

    E = np.random.default_rng(0).normal(size=(6, WIDTH)).astype(np.float32)
    return Model("vectors", forward, dims={"nO": WIDTH}, params={"E": E}, ops=OPS)


def documents() -> list[Doc]:
    vocab = Vocab()
    return [Doc(vocab, words=["a", "b", "c", "d"]), Doc(vocab), Doc(vocab, words=["e", "f"])]


def parser(use_upper: bool = True, n_actions: int = 5) -> Model[Any, Any]:
    model = TransitionBasedParser(vectors(), "ner", False, 3, 2, use_upper, n_actions)
    model.initialize(X=documents())
    random = np.random.default_rng(1)
    for node in model.layers[1:]:
        for name in node.param_names:
            node.set_param(name, random.normal(size=node.get_param(name).shape).astype(np.float32))
    return model


STEPS = [np.array([[0, 1, 5], [4, -1, 2]], dtype=np.int32), np.array([[-1, -1, 3]], dtype=np.int32)]


def weighted_scores(model: Model[Any, Any], weights: list[Any]) -> float:
    step_model = model.predict(documents())
    scores = [step_model.predict(tokens) for tokens in STEPS]
    return float(sum((s.astype(np.float64) * w).sum() for s, w in zip(scores, weights, strict=True)))


@pytest.mark.parametrize("use_upper", [True, False])
def test_gradients_agree_with_finite_differences(use_upper: bool) -> None:
    model, random = parser(use_upper), np.random.default_rng(2)
    weights = [random.normal(size=(len(tokens), 5)).astype(np.float32) for tokens in STEPS]
    step_model, backprop = model.begin_update(documents())
    kept = [step_model.begin_update(tokens)[1] for tokens in STEPS]
    backprop(step_model.backprop(kept, weights))

    for node in model.walk():
        for name in node.param_names:
            value, slope = node.get_param(name), node.get_grad(name)
            direction = random.normal(size=value.shape).astype(np.float32)
            node.set_param(name, value + 1e-3 * direction)
            higher = weighted_scores(model, weights)
            node.set_param(name, value - 1e-3 * direction)
            lower = weighted_scores(model, weights)
            node.set_param(name, value)
            assert (slope * direction).sum() == pytest.approx((higher - lower) / 2e-3, abs=2e-2, rel=1e-2)


def test_training_without_dropout_scores_as_prediction_does() -> None:
    model = parser()

    trained = model.begin_update(documents())[0].begin_update(STEPS[0])[0]

    assert np.array_equal(trained, model.predict(documents()).predict(STEPS[0]))


def test_dropout_scales_what_it_keeps() -> None:
    model = parser()
    model.attrs["dropout_rate"] = 0.5

    kept = [model.begin_update(documents())[0].begin_update(STEPS[0])[1].mask_SO for _ in range(50)]

    assert set(np.unique(kept)) == {0.0, 2.0}


@pytest.mark.parametrize("use_upper", [True, False])
def test_more_actions_leave_the_scores_of_the_others(use_upper: bool) -> None:
    model = parser(use_upper)
    before = model.predict(documents()).predict(STEPS[0])

    resize_output(model, 7)

    after = model.predict(documents()).predict(STEPS[0])
    assert np.allclose(before, after[:, :5])
    assert np.array_equal(after[:, 5:], np.zeros((2, 2)))


def test_a_model_without_actions_is_refused() -> None:
    model = TransitionBasedParser(vectors(), "parser", False, 3, 2)

    with pytest.raises(ModelError, match="transition_parser: the number of actions is unknown"):
        model.initialize(X=documents())


def test_an_unknown_type_of_state_is_refused() -> None:
    with pytest.raises(ConfigError, match="state_type: expected 'parser' or 'ner', got 'senter'"):
        TransitionBasedParser(vectors(), "senter", False, 3, 2)


FLOATS = st.floats(-200, 200, width=32)


@given(arrays(np.float32, (3, 4), elements=FLOATS), arrays(np.int64, (3, 4), elements=st.integers(0, 3)))
def test_the_gradient_raises_cheapest_actions_alone(scores: Any, costs: Any) -> None:
    valid = np.array([[True, True, True, False]] * 3)

    found = gradient(scores, valid, costs)

    cheapest = valid & (costs == np.where(valid, costs, 9).min(axis=1, keepdims=True))
    assert np.isfinite(found).all()
    assert (found[cheapest] <= 1e-6).all()
    assert (found[~cheapest] >= -1e-6).all()
    assert (found[:, 3] == 0).all()
    assert np.allclose(found.sum(axis=1), 0, atol=1e-5)


def test_the_gradient_is_zero_where_all_actions_cost_the_same() -> None:
    assert not gradient(np.ones((2, 3), np.float32), np.ones((2, 3), bool), np.full((2, 3), 2)).any()


@given(arrays(np.float32, (3, 4), elements=FLOATS), arrays(np.float32, (3, 4), elements=FLOATS))
def test_the_difference_to_other_scores_is_one_of_probabilities(scores: Any, wanted: Any) -> None:
    valid = np.array([[True, True, True, False]] * 3)

    found = difference(scores, wanted, valid)

    assert np.allclose(found, -difference(wanted, scores, valid), atol=1e-6)
    assert np.allclose(found.sum(axis=1), 0, atol=1e-5)
    assert (np.abs(found) <= 1 + 1e-6).all()
    assert not difference(scores, scores + 3, valid)[:, :3].round(3).any()
    assert not found[:, 3].any()


def test_memory_is_kept_of_parts_alone_and_not_of_longer_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    step_model = parser().predict(documents())
    n_features, n_values = step_model.table_shape
    monkeypatch.setattr("pkg_transitions.parts.PART_BYTES", 2 * 4 * n_features * n_values)

    (long, short), (first, second) = zip(*parts(step_model, documents(), np.arange(3)), strict=True)

    assert [long.tolist(), short.tolist()] == [[0], [1, 2]]
    with step_model.spare.memory() as memory:
        assert memory is second.memory
        assert memory is not first.memory
