"""The check of layers, and of architectures built from layers.

Axes
    N   tokens in the batch, all docs concatenated
    I   vector width, in
    O   vector width, out
"""
# ruff: noqa: N803, N806  (names of arrays end in their axes)

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from thinc.api import Model, Padded, Ragged, fix_random_seed, set_dropout_rate

#: Step size of finite differences in float32: larger steps cross kinks, smaller ones are lost in rounding.
STEP = 1e-3
LENGTH = 2.0
TOLERANCE = 1e-3

Array = Any
#: A function of an output, and of weights of the same shape, that returns a number and its gradient.
Objective = Callable[[Array, Array], tuple[float, Array]]
#: A function of a direction that returns the directional derivative of the output.
Difference = Callable[[Array], float]


def check_layer(
    model: Model[Any, Any],
    X: Any,
    Y: Any = None,
    *,
    ends_in_softmax: bool = False,
    ends_in_logistic: bool = False,
    directions: int = 30,
    tolerance: float = TOLERANCE,
    seed: int = 0,
) -> None:
    """Check shapes, small batches, prediction, gradients, and saving and loading.

    Args:
        model: A new layer; it is initialized, and its parameters are changed.
        X: A batch of at least two items, none empty: an array, a Ragged, or a list of arrays or of docs.
        Y: A sample of the output, if the layer infers shapes from it.
        ends_in_softmax: Whether the last layer is Thinc's Softmax, whose backprop takes the gradient of its input.
        ends_in_logistic: Whether the last layer applies a logistic function to each output, and its backprop takes the
            gradient of the input of that function.
        directions: Total number of random directions in which finite differences are compared with backprop.
        tolerance: Maximum error, relative to the usual size of the derivative.
        seed: Seed of the parameters and of the directions. It is fixed because finite differences are wrong near
            kinks, so different directions on each run would make the check flaky.
    """
    fix_random_seed(seed)
    model.initialize(X=X, Y=Y)
    _check_shapes(model)
    set_dropout_rate(model, 0.0)
    _check_prediction(model, X)
    for what, batch in _empty_batches(X):
        _check_batch(model, batch, what)
    _check_batch(model, _one_token(X), "a batch of one token")
    objective = _cross_entropy if ends_in_softmax else _binary if ends_in_logistic else _weighted_sum
    # A separate sequence: the test may have drawn X with the same seed.
    rng = np.random.default_rng((seed, 1))
    _check_gradients(model, X, objective, directions, tolerance, rng)
    _check_saving(model, X)


def _check_shapes(model: Model[Any, Any]) -> None:
    for node in model.walk():
        open_dims = [name for name in node.dim_names if node.has_dim(name) is None]
        open_params = [name for name in node.param_names if node.has_param(name) is None]
        assert not open_dims, f"{node.name}: initialize does not set dimensions: {open_dims}"
        assert not open_params, f"{node.name}: initialize does not set parameters: {open_params}"


def _check_prediction(model: Model[Any, Any], X: Any) -> None:
    before = [np.array(part) for part in arrays_of(X)]
    predicted = [np.array(part) for part in arrays_of(model.predict(X))]
    forward = arrays_of(model(X, is_train=False)[0])
    trained = arrays_of(model(X, is_train=True)[0])

    assert _same(before, arrays_of(X)), "predict changes its input in place"
    assert _same(predicted, forward), "predict and forward without training differ"
    assert _same(predicted, trained, 1e-5), "forward in training, without dropout, differs from predict"
    assert all(part.dtype == np.float32 for part in predicted if part.dtype.kind == "f"), (
        "the output is not float32"
    )


def _check_batch(model: Model[Any, Any], X: Any, what: str) -> None:
    try:
        predicted = model.predict(X)
        Y, backprop = model.begin_update(X)
        backprop(like(Y, [np.zeros_like(part) for part in arrays_of(Y)]))
    except Exception as exc:
        raise AssertionError(f"{what} fails: {type(exc).__name__}: {exc}") from exc
    assert _same(arrays_of(predicted), arrays_of(Y), 1e-5), f"{what}: training and predicting differ"


def _check_gradients(
    model: Model[Any, Any],
    X: Any,
    objective: Objective,
    directions: int,
    tolerance: float,
    rng: np.random.Generator,
) -> None:
    """Compare backprop with finite differences, one parameter (or part of the input) at a time."""
    Y = model.predict(X)
    weights = [rng.normal(size=part.shape).astype("f") for part in arrays_of(Y)]
    for node in model.walk():
        for name in node.param_names:
            node.set_grad(name, node.ops.alloc(node.get_param(name).shape))
    Y, backprop = model.begin_update(X)
    dX = backprop(
        like(Y, [objective(part, weight)[1] for part, weight in zip(arrays_of(Y), weights, strict=True)])
    )

    def total(batch: Any) -> float:
        parts = arrays_of(model(batch, is_train=True)[0])
        return sum(objective(part, weight)[0] for part, weight in zip(parts, weights, strict=True))

    rounding = 0.2 * sum(float(np.linalg.norm(weight)) for weight in weights)
    checks = list(_gradient_checks(model, X, dX, total))
    for what, gradient, difference in checks:
        errors = [
            _error(gradient, difference, rounding, rng) for _ in range(max(8, directions // len(checks)))
        ]
        # If a direction crosses a kink of maxout or relu, the difference is not the derivative; most directions do not.
        error = float(np.quantile(errors, 0.3))
        assert error <= tolerance, f"gradient of {what}: off by {error:.2g} from finite differences"


def _error(gradient: Array, difference: Difference, rounding: float, rng: np.random.Generator) -> float:
    """Return the error of backprop in a random direction, relative to the usual size of the derivative."""
    direction = rng.normal(size=gradient.shape)
    direction *= LENGTH / max(float(np.linalg.norm(direction)), 1e-8)
    expected = difference(direction.astype("f"))
    got = float((gradient.astype("d") * direction).sum())
    usual = LENGTH * float(np.linalg.norm(gradient)) / np.sqrt(gradient.size)
    return abs(expected - got) / float(max(usual, abs(expected), rounding))


def _weighted_sum(Y: Array, weight: Array) -> tuple[float, Array]:
    return float((Y.astype("d") * weight).sum()), weight


def _cross_entropy(Y: Array, weight: Array) -> tuple[float, Array]:
    """Return the loss of a softmax, and its gradient with respect to the softmax's input."""
    target = np.abs(weight) / np.abs(weight).sum(axis=-1, keepdims=True)
    return float(-(target * np.log(Y.astype("d"))).sum()), Y - target


def _binary(Y: Array, weight: Array) -> tuple[float, Array]:
    """Return the loss of logistic outputs, and its gradient with respect to the logistic function's input."""
    target, Y64 = np.abs(weight) / (1.0 + np.abs(weight)), Y.astype("d")
    return float(-(target * np.log(Y64) + (1.0 - target) * np.log(1.0 - Y64)).sum()), Y - target


def _gradient_checks(
    model: Any, X: Any, dX: Any, total: Callable[[Any], float]
) -> Iterator[tuple[str, Array, Difference]]:
    """Yield the name of each parameter and input, its gradient by backprop, and its finite differences."""
    for node in model.walk():
        for name in node.param_names:
            # Integer parameters, such as the words of a vocabulary, are saved with the model but not learned.
            if node.get_param(name).dtype.kind == "f":
                yield _parameter_check(node, name, X, total)
    inputs = arrays_of(X)
    for i, part in enumerate(inputs):
        if part.dtype.kind == "f" and part.size:

            def difference(direction: Array, i: int = i, part: Array = part) -> float:
                moved = [[*inputs[:i], part + s * direction, *inputs[i + 1 :]] for s in (STEP, -STEP)]
                up, down = (total(like(X, arrays)) for arrays in moved)
                return (up - down) / (2 * STEP)

            yield f"the input, part {i}", arrays_of(dX)[i], difference


def _parameter_check(
    node: Any, name: str, X: Any, total: Callable[[Any], float]
) -> tuple[str, Array, Difference]:
    value = node.get_param(name).copy()

    def difference(direction: Array) -> float:
        node.set_param(name, value + STEP * direction)
        up = total(X)
        node.set_param(name, value - STEP * direction)
        down = total(X)
        node.set_param(name, value)
        return (up - down) / (2 * STEP)

    return f"{node.name} {name}", node.get_grad(name), difference


def _check_saving(model: Model[Any, Any], X: Any) -> None:
    from kernel.pipeline.saving.weights import model_from_bytes, model_to_bytes

    expected = [np.array(part) for part in arrays_of(model.predict(X))]
    data = model_to_bytes(model)
    other = model.copy()
    for node in other.walk():
        for name in node.param_names:
            node.set_param(name, node.get_param(name) + 1.0)
    model_from_bytes(other, data)

    assert _same(expected, arrays_of(other.predict(X))), "predictions differ after saving and loading"
    assert model_to_bytes(other) == data, "the bytes differ after saving, loading and saving again"


# -- batches of any structure ---------------------------------------------------------------------------------


def arrays_of(batch: Any) -> list[Array]:
    """Return the arrays in a batch or an output; a batch of docs has none."""
    if isinstance(batch, Ragged):
        return [batch.dataXd]
    if isinstance(batch, Padded):
        return [batch.data]
    if isinstance(batch, (list, tuple)):
        return [array for part in batch for array in arrays_of(part)]
    return [batch] if _is_array(batch) else []


def _is_array(value: Any) -> bool:
    return hasattr(value, "dtype") and hasattr(value, "shape")


def like(batch: Any, arrays: list[Array]) -> Any:
    """Return the same structure with other arrays."""
    rest = iter(arrays)

    def rebuilt(part: Any) -> Any:
        if isinstance(part, Ragged):
            return Ragged(next(rest), part.lengths)
        if isinstance(part, Padded):
            return Padded(next(rest), part.size_at_t, part.lengths, part.indices)
        if isinstance(part, (list, tuple)):
            items = [rebuilt(item) for item in part]
            return tuple(items) if isinstance(part, tuple) else items
        return next(rest) if arrays_of(part) else part

    return rebuilt(batch)


def _empty_batches(batch: Any) -> Iterator[tuple[str, Any]]:
    """Yield batches without tokens; a list of arrays must not be empty, because layers need the width."""
    if isinstance(batch, list):
        if not arrays_of(batch):
            yield "an empty batch", []
        yield "a batch with only an empty item", [_first(batch[0], 0)]
    else:
        yield "an empty batch", _first(batch, 0)


def _first(batch: Any, n: int) -> Any:
    """Return the first n items of a batch, or tokens of a doc."""
    if isinstance(batch, Ragged):
        lengths = batch.lengths[:n]
        return Ragged(batch.dataXd[: int(lengths.sum())], lengths)
    if isinstance(batch, tuple):
        return tuple(_first(part, n) for part in batch)
    return (
        batch[:n] if arrays_of(batch) else type(batch)(batch.vocab, words=[token.text for token in batch[:n]])
    )


def _one_token(batch: Any) -> Any:
    """Return a batch with only the first token of the first item."""
    if isinstance(batch, Ragged):
        return Ragged(batch.dataXd[:1], batch.lengths[:1] * 0 + 1)
    if isinstance(batch, tuple):
        return tuple(_one_token(part) for part in batch)
    if isinstance(batch, list):
        return [_first(batch[0], 1)]
    return batch[:1]


def _same(left: list[Array], right: list[Array], tolerance: float = 0.0) -> bool:
    return len(left) == len(right) and all(
        one.shape == two.shape and np.allclose(one, two, rtol=tolerance, atol=tolerance)
        for one, two in zip(left, right, strict=True)
    )
