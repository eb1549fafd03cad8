"""Rows of a table that are stepped when they are read have the weights that Adam gives them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thinc.api import Adam, Model, compounding

from kernel.pipeline.components.params import swapped_params
from kernel.pipeline.optim import lazy_rows as rows_module
from kernel.pipeline.optim.lazy_rows import add_to_rows, read_rows, stepping
from kernel.pipeline.optim.optimizer import adam
from kernel.pipeline.saving.weights import model_to_bytes

V, O = 12, 3
SETTINGS: dict[str, Any] = {"learn_rate": 0.01, "L2": 0.1, "use_averages": False}


def table() -> Model[Any, Any]:
    model: Model[Any, Any] = Model("table", lambda model, X, is_train: (X, lambda dY: dY), params={"E": None})
    model.set_param("E", np.random.default_rng(1).normal(size=(V, O)).astype("float32"))
    return model


def read_and_step(model: Model[Any, Any], optimizer: Any, rows: Any, gradient: Any) -> None:
    """Make one step of a training: read some rows, add to their gradients, step."""
    read_rows(model, "E", rows)
    add_to_rows(model, "E", rows[:, None], gradient)
    with stepping():
        model.finish_update(optimizer)
    optimizer.step_schedules()


def steps(n_steps: int, seed: int = 0) -> list[tuple[Any, Any]]:
    """Draw for each step some rows, of which some repeat, and their gradients."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(n_steps):
        rows = rng.integers(0, V, rng.integers(0, 5)).astype("int32")
        drawn.append((rows, rng.normal(size=(len(rows), O)).astype("float32")))
    return drawn


def trained(make: Any, drawn: list[tuple[Any, Any]], **changes: Any) -> Model[Any, Any]:
    model, optimizer = table(), make(**{**SETTINGS, **changes})
    for rows, gradient in drawn:
        read_and_step(model, optimizer, rows, gradient)
    return model


def dense(drawn: list[tuple[Any, Any]], **changes: Any) -> Any:
    """Step all rows every time, by Thinc's Adam."""
    weights, optimizer = table().get_param("E"), Adam(**{**SETTINGS, **changes})
    for rows, gradient in drawn:
        whole = np.zeros((V, O), dtype="float32")
        np.add.at(whole, rows, gradient)
        weights, _ = optimizer((1, "E"), weights, whole)
        optimizer.step_schedules()
    return weights


@given(st.integers(0, 60), st.integers(0, 2**16))
@settings(max_examples=60, deadline=None)
def test_all_rows_have_adams_weights_for_who_asks_for_the_table(n_steps: int, seed: int) -> None:
    drawn = steps(n_steps, seed)

    np.testing.assert_allclose(trained(adam, drawn).get_param("E"), dense(drawn), atol=2e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"L2": 0.0},
        {"grad_clip": 0.0},
        {"L2_is_weight_decay": False},
        {"use_averages": True},
        {"beta1": 0.5, "beta2": 0.9, "grad_clip": 0.1},
    ],
)
def test_so_they_have_whatever_the_settings(changes: dict[str, Any]) -> None:
    drawn = steps(40)

    np.testing.assert_allclose(
        trained(adam, drawn, **changes).get_param("E"), dense(drawn, **changes), atol=2e-5
    )


def test_averages_are_those_of_a_parameter_of_which_all_rows_are_stepped() -> None:
    model, whole = table(), table().get_param("E")
    by_row, at_once = (adam(**{**SETTINGS, "use_averages": True}) for _ in range(2))
    for rows, gradient in steps(90):
        read_and_step(model, by_row, rows, gradient)
        of_all = np.zeros((V, O), dtype="float32")
        np.add.at(of_all, rows, gradient)
        whole, _ = at_once((1, "E"), whole, of_all)

    np.testing.assert_allclose(by_row.averages[model.id, "E"], at_once.averages[1, "E"], atol=2e-5)


def test_so_they_have_with_a_schedule() -> None:
    drawn = steps(40)

    ours = trained(adam, drawn, learn_rate=compounding(0.001, 0.1, 1.2)).get_param("E")

    np.testing.assert_allclose(ours, dense(drawn, learn_rate=compounding(0.001, 0.1, 1.2)), atol=1e-4)


def test_so_they_have_after_more_steps_than_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MAX_STEPS", 7)
    drawn = steps(50)

    np.testing.assert_allclose(trained(adam, drawn).get_param("E"), dense(drawn), atol=2e-5)


def test_the_rows_that_are_read_are_up_to_date_and_others_are_left() -> None:
    drawn = [(np.asarray([0, 1], dtype="int32"), np.ones((2, O), dtype="float32"))] * 3
    drawn += [(np.asarray([2], dtype="int32"), np.ones((1, O), dtype="float32"))] * 3
    model, expected = trained(adam, drawn), dense(drawn)

    read = read_rows(model, "E", np.asarray([0, 0, 2], dtype="int32"))

    np.testing.assert_allclose(read[[0, 2]], expected[[0, 2]], atol=2e-5)
    assert np.abs(read[1] - expected[1]).max() > 1e-3


def test_the_gradients_of_several_batches_are_stepped_together() -> None:
    model, optimizer = table(), adam(**SETTINGS)
    whole = np.zeros((V, O), dtype="float32")
    for rows, gradient in steps(40):
        add_to_rows(model, "E", rows[:, None], gradient)
        np.add.at(whole, rows, gradient)
    weights, _ = Adam(**SETTINGS)((1, "E"), table().get_param("E"), whole)

    with stepping():
        model.finish_update(optimizer)

    np.testing.assert_allclose(model.get_param("E"), weights, atol=2e-5)
    assert not model.get_grad("E").any()


@pytest.mark.parametrize("is_first", [True, False])
def test_a_gradient_of_the_whole_table_counts_too(is_first: bool) -> None:
    model, whole = table(), np.full((V, O), 0.5, dtype="float32")
    read_rows(model, "E", np.zeros(1, dtype="int32"))
    if is_first:
        model.inc_grad("E", whole)
    add_to_rows(model, "E", np.zeros((1, 1), dtype="int32"), np.ones((1, O), dtype="float32"))
    if not is_first:
        model.inc_grad("E", whole)
    whole[0] += 1
    weights, _ = Adam(**SETTINGS)((1, "E"), table().get_param("E"), whole.copy())

    with stepping():
        model.finish_update(adam(**SETTINGS))

    np.testing.assert_allclose(model.get_param("E"), weights, atol=2e-5)


def test_copies_and_saved_weights_are_up_to_date() -> None:
    drawn = steps(20)
    model, other = trained(adam, drawn), trained(adam, drawn)

    copied, saved = model.copy(), model_to_bytes(other)

    np.testing.assert_allclose(copied.get_param("E"), dense(drawn), atol=2e-5)
    assert saved == model_to_bytes(copied)


def test_other_parameters_for_a_while_do_not_disturb_the_steps() -> None:
    drawn = steps(20)
    model, optimizer = table(), adam(**SETTINGS)
    for rows, gradient in drawn:
        read_and_step(model, optimizer, rows, gradient)
        with swapped_params([model], {(model.id, "E"): np.zeros((V, O), dtype="float32")}):
            assert not model.get_param("E").any()

    np.testing.assert_allclose(model.get_param("E"), dense(drawn), atol=2e-5)


def test_another_optimizer_finds_all_steps_of_the_first_made() -> None:
    drawn = steps(10)
    model, first, second = table(), adam(**SETTINGS), adam(**SETTINGS)
    weights, dense_first, dense_second = table().get_param("E"), Adam(**SETTINGS), Adam(**SETTINGS)
    for number, (rows, gradient) in enumerate(drawn):
        read_and_step(model, second if number % 3 else first, rows, gradient)
        whole = np.zeros((V, O), dtype="float32")
        np.add.at(whole, rows, gradient)
        weights, _ = (dense_second if number % 3 else dense_first)((1, "E"), weights, whole)

    np.testing.assert_allclose(model.get_param("E"), weights, atol=2e-5)


def test_moments_are_adams_once_the_optimizer_has_caught_up() -> None:
    drawn = steps(20)
    model, optimizer, plain = table(), adam(**SETTINGS), adam(**SETTINGS)
    weights = table().get_param("E")
    for rows, gradient in drawn:
        read_and_step(model, optimizer, rows, gradient)
        whole = np.zeros((V, O), dtype="float32")
        np.add.at(whole, rows, gradient)
        plain((1, "E"), weights, whole)

    optimizer.catch_up()

    np.testing.assert_allclose(optimizer.mom1[model.id, "E"], plain.mom1[1, "E"], atol=1e-5)
    np.testing.assert_allclose(optimizer.mom2[model.id, "E"], plain.mom2[1, "E"], rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("n_before", [0, 1, 9, 30])
def test_another_process_goes_on_to_the_same_bits(n_before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MAX_STEPS", 16)
    drawn = steps(50)
    model, optimizer, other, later = table(), adam(**SETTINGS), table(), adam(**SETTINGS)
    for rows, gradient in drawn[:n_before]:
        read_and_step(model, optimizer, rows, gradient)

    missed = optimizer.rows_behind(model, "E")
    with stepping():
        other.set_param("E", model.get_param("E").copy())
    for sums, sums_later in ((optimizer.mom1, later.mom1), (optimizer.mom2, later.mom2)):
        sums_later.update({(other.id, name): array.copy() for (_, name), array in sums.items()})
    later.nr_update[other.id, "E"] = optimizer.nr_update[model.id, "E"]
    if missed:
        later.leave_behind(other, "E", missed)
    for rows, gradient in drawn[n_before:]:
        read_and_step(model, optimizer, rows, gradient)
        read_and_step(other, later, rows, gradient)

    np.testing.assert_array_equal(other.get_param("E"), model.get_param("E"))
