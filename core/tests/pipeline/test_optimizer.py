"""Adam by blocks makes the steps that Thinc's Adam makes."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from thinc.api import SGD, Adam, RAdam, compounding

from kernel.errors import NotFinite
from kernel.pipeline.optim.optimizer import BLOCK, adam
from kernel.pipeline.optim.optimizer_rules import radam, sgd
from kernel.registry import registry

SHAPES = [(3,), (5, 7), (2, BLOCK), (2, 3, 4)]


def steps(make: Any, shape: tuple[int, ...], n_steps: int = 12, **settings: Any) -> tuple[Any, Any]:
    """Run an optimizer over a fixed sequence of gradients; returns the weights and their average."""
    rng = np.random.default_rng(0)
    weights = rng.normal(size=shape).astype("float32")
    optimizer = make(**settings)
    for step in range(n_steps):
        gradient = (rng.normal(size=shape) * (step + 1)).astype("float32")
        weights, gradient = optimizer((1, "W"), weights, gradient)
        assert not gradient.any()
        optimizer.step_schedules()
    return weights, None if optimizer.averages is None else optimizer.averages[1, "W"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"L2": 0.01, "use_averages": False},
        {"L2": 0.1, "grad_clip": 0.0},
        {"L2": 0.1, "L2_is_weight_decay": False},
        {"grad_clip": 1e6, "beta1": 0.5, "beta2": 0.9, "eps": 1e-3},
        {"beta1": 0.0, "beta2": 0.0},
    ],
)
def test_weights_and_averages_are_thincs(shape: tuple[int, ...], settings: dict[str, Any]) -> None:
    ours, our_average = steps(adam, shape, learn_rate=0.01, **settings)
    theirs, their_average = steps(Adam, shape, learn_rate=0.01, **settings)

    np.testing.assert_allclose(ours, theirs, atol=2e-5)
    assert (our_average is None) == (their_average is None)
    if our_average is not None:
        np.testing.assert_allclose(our_average, their_average, atol=2e-5)


def test_averages_of_long_runs_pass_over_updates_but_stay_near_thincs() -> None:
    ours, our_average = steps(adam, (5, 7), 400, learn_rate=0.01)
    theirs, their_average = steps(Adam, (5, 7), 400, learn_rate=0.01)

    np.testing.assert_allclose(ours, theirs, atol=2e-4)
    from_average = np.abs(theirs - their_average).mean()
    assert np.abs(our_average - their_average).mean() < 0.2 * from_average


@pytest.mark.parametrize("name", ["learn_rate", "beta1", "grad_clip"])
def test_schedules_move_on_with_the_steps(name: str) -> None:
    ours, _ = steps(adam, (4, 4), **{"learn_rate": 0.01, name: compounding(0.01, 0.9, 1.5)})
    theirs, _ = steps(Adam, (4, 4), **{"learn_rate": 0.01, name: compounding(0.01, 0.9, 1.5)})

    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize(("ours", "theirs"), [(radam, RAdam), (sgd, SGD)])
@pytest.mark.parametrize("L2", [0.0, 0.1])
def test_the_other_rules_are_thincs_but_for_groups(ours: Any, theirs: Any, L2: float) -> None:
    one, one_average = steps(ours, (5, 7), learn_rate=0.01, L2=L2)
    other, other_average = steps(theirs, (5, 7), learn_rate=0.01, L2=L2)

    np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(one_average, other_average)
    accepted = [set(inspect.signature(function).parameters) for function in (ours, theirs)]
    assert accepted[0] == accepted[1] | {"groups"}


def test_it_is_what_a_config_calls_adam_with_thincs_settings_and_defaults() -> None:
    def defaults(function: Any) -> dict[str, Any]:
        return {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}

    assert registry.get("optimizers", "Adam.v1") is adam
    assert defaults(adam) == {**defaults(Adam), "groups": {}}


def test_a_parameter_that_has_grown_begins_anew() -> None:
    optimizer = adam(0.01)
    optimizer((1, "W"), np.ones((2, 3), dtype="float32"), np.ones((2, 3), dtype="float32"))

    grown, _ = optimizer((1, "W"), np.ones((4, 3), dtype="float32"), np.ones((4, 3), dtype="float32"))

    fresh, _ = adam(0.01)((1, "W"), np.ones((4, 3), dtype="float32"), np.ones((4, 3), dtype="float32"))
    np.testing.assert_array_equal(grown, fresh)
    assert optimizer.averages[1, "W"].shape == (4, 3)


@pytest.mark.parametrize("settings", [{}, {"grad_clip": 0.0}, {"beta1": [0.9, 0.8]}])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_gradient_that_is_no_number_changes_no_weight(settings: dict[str, Any], value: float) -> None:
    weights = np.ones(3, dtype="float32")
    gradient = np.array([0.0, value, 0.0], dtype="float32")

    with pytest.raises(NotFinite, match=r"^a gradient is nan or inf; lower training.optimizer.learn_rate"):
        adam(**settings)((1, "W"), weights, gradient)

    assert weights.tolist() == [1.0, 1.0, 1.0]
