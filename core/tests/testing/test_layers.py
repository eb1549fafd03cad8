"""The check of layers finds wrong gradients, shapes and side effects, and passes over right ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from thinc.api import LayerNorm, Linear, Mish, Model, Ragged, Softmax, chain, with_array

from kernel.pipeline.run.ops import kernel_ops
from kernel.testing import check_layer

X = np.random.default_rng(3).normal(size=(20, 6)).astype("f")
LENGTHS = np.array([3, 1, 16], dtype="i")


def logistic() -> Model[Any, Any]:
    """Numbers from 0 to 1, whose backprop takes the gradient of what goes in."""
    return Model("logistic", lambda model, X, is_train: (model.ops.sigmoid(X), lambda dY: dY))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("build", "batch", "options"),
    [
        (lambda: Linear(4), X, {}),
        (lambda: chain(Mish(4, normalize=True, dropout=0.5), Linear(3)), X, {}),
        (lambda: LayerNorm(), X, {}),
        (lambda: chain(Mish(4), Softmax(3)), X, {"ends_in_softmax": True}),
        (lambda: chain(Mish(4), Linear(3), logistic()), X, {"ends_in_logistic": True}),
        (lambda: with_array(Linear(3)), Ragged(X, LENGTHS), {}),
        (lambda: with_array(Linear(4)), [X[:3], X[3:4], X[4:]], {}),
    ],
    ids=["linear", "mish", "layernorm", "softmax", "logistic", "ragged", "list"],
)
def test_right_layers_pass(
    build: Callable[[], Model[Any, Any]], batch: Any, options: dict[str, Any], seed: int
) -> None:
    with kernel_ops():
        check_layer(build(), batch, seed=seed, **options)


def with_fault(fault: Callable[[Model[Any, Any], Any, Any], Any]) -> Model[Any, Any]:
    """A linear layer whose backprop is followed by a fault, which gives the gradient of the input."""
    right: Model[Any, Any] = Linear(4)

    def forward(model: Model[Any, Any], X: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
        Y, backprop = right(X, is_train)
        return Y, lambda dY: fault(right, backprop(dY), dY)

    def init(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
        right.initialize(X, Y)

    return Model("with_fault", forward, init=init, layers=[right])


def too_much_bias(model: Model[Any, Any], dX: Any, dY: Any) -> Any:
    model.inc_grad("b", 0.05 * dY.sum(axis=0))
    return dX


def one_weight_off(model: Model[Any, Any], dX: Any, dY: Any) -> Any:
    model.get_grad("W")[0] *= 1.2
    return dX


def input_off(model: Model[Any, Any], dX: Any, dY: Any) -> Any:
    return 1.02 * dX


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("fault", "where"),
    [(too_much_bias, "linear b"), (one_weight_off, "linear W"), (input_off, "the input, part 0")],
)
def test_wrong_gradients_are_found(fault: Any, where: str, seed: int) -> None:
    with pytest.raises(AssertionError, match=f"^gradient of {where}: off by"):
        check_layer(with_fault(fault), X, seed=seed)


def layer(forward: Callable[..., Any], **dims: int | None) -> Model[Any, Any]:
    """A layer without parameters."""
    return Model("layer", forward, dims=dims)


def test_open_dimensions_are_found() -> None:
    with pytest.raises(AssertionError, match=r"^layer: initialize does not set dimensions: \['nO'\]$"):
        check_layer(layer(lambda model, X, is_train: (X, lambda dY: dY), nO=None), X)


def test_a_layer_that_changes_its_input_is_found() -> None:
    def forward(model: Any, X: Any, is_train: bool) -> Any:
        X += 1
        return X, lambda dY: dY

    with pytest.raises(AssertionError, match=r"^predict changes its input in place$"):
        check_layer(layer(forward), X.copy())


def test_a_layer_that_predicts_otherwise_in_training_is_found() -> None:
    def forward(model: Any, X: Any, is_train: bool) -> Any:
        return (X * 2 if is_train else X), lambda dY: dY

    with pytest.raises(AssertionError, match=r"^forward in training, without dropout, differs from predict$"):
        check_layer(layer(forward), X)


def test_a_layer_that_cannot_take_an_empty_batch_is_found() -> None:
    def forward(model: Any, X: Any, is_train: bool) -> Any:
        return X / len(X[0]), lambda dY: dY / 6

    with pytest.raises(AssertionError, match=r"^an empty batch fails: IndexError"):
        check_layer(layer(forward), X)


def test_a_layer_that_keeps_a_parameter_outside_its_parameters_is_found() -> None:
    state = {"calls": 0.0}

    def forward(model: Any, X: Any, is_train: bool) -> Any:
        state["calls"] += 1.0
        return X * np.float32(state["calls"]), lambda dY: dY

    with pytest.raises(AssertionError, match="differ"):
        check_layer(layer(forward), X)
