"""What every architecture must do besides being a layer: follow the seed, and compute on any device."""
# ruff: noqa: N803, N806  (arrays wear their axes)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from thinc.api import Model, fix_random_seed

from kernel.pipeline.saving.weights import model_from_bytes, model_to_bytes
from kernel.testing.models.devices import DeviceArray, on_a_device
from kernel.testing.models.layers import arrays_of, check_layer, like


def check_architecture(
    make: Callable[[], Model[Any, Any]],
    X: Any,
    Y: Any = None,
    *,
    on_device: bool = True,
    tolerance: float = 1e-4,
    **settings: Any,
) -> None:
    """Check an architecture: all that `check_layer` does, the seed, and arrays that NumPy cannot touch.

    Args:
        make: Builds the model; called several times.
        X: A batch of at least two items, as for `check_layer`.
        Y: A sample of the output, where the model infers shapes from it.
        on_device: Whether it must run where arrays are not NumPy's; not for a model that wraps another library.
        tolerance: How far predictions and gradients on the device may be off.
        settings: Of `check_layer`.
    """
    check_layer(make(), X, Y, **settings)
    seed = settings.get("seed", 0)
    built = []
    for _ in range(2):
        fix_random_seed(seed)
        built.append(make())
        built[-1].initialize(X=X, Y=Y)
    assert model_to_bytes(built[0]) == model_to_bytes(built[1]), "one seed gives two different models"
    if on_device:
        try:
            _check_device(built[0], make, X, Y, tolerance)
        except (TypeError, AttributeError) as exc:
            raise AssertionError(
                f"on a device it fails, {type(exc).__name__}: {exc}; compute with model.ops and model.ops.xp"
            ) from exc


def _check_device(
    cpu: Model[Any, Any], make: Callable[[], Model[Any, Any]], X: Any, Y: Any, tolerance: float
) -> None:
    """Compare predictions and gradients with those of the same weights on the CPU."""
    expected, expected_gradients = _learnt(cpu, X)
    with on_a_device() as ops:
        model = make()
        there = like(X, [ops.asarray(part) for part in arrays_of(X)])
        model.initialize(
            X=there, Y=None if Y is None else like(Y, [ops.asarray(part) for part in arrays_of(Y)])
        )
        model_from_bytes(model, model_to_bytes(cpu))
        found, gradients = _learnt(model, there)
    for one, right in zip(found, expected, strict=True):
        assert isinstance(one, DeviceArray), "the output left the device"
        _compare("the output", one.get(), right, tolerance)
    for place, right in expected_gradients.items():
        if place not in gradients:
            assert not right.any(), f"{place}: there is no gradient on the device"
            continue
        assert isinstance(gradients[place], DeviceArray), f"{place}: the gradient left the device"
        _compare(place, gradients[place].get(), right, tolerance)


def _learnt(model: Model[Any, Any], X: Any) -> tuple[list[Any], dict[str, Any]]:
    """Go forward and back once: the arrays of the output, and the gradients by place."""
    Y, backprop = model.begin_update(X)
    parts = arrays_of(Y)
    backprop(like(Y, [part * 0.0 + 1.0 for part in parts]))
    gradients = {
        f"layer {number} ({node.name}), {name}": node.get_grad(name)
        for number, node in enumerate(model.walk())
        for name in node.param_names
        if node.has_grad(name)
    }
    return parts, gradients


def _compare(what: str, found: Any, right: Any, tolerance: float) -> None:
    off = float(np.abs(found - right).max()) if right.size else 0.0
    largest = max(1.0, float(np.abs(right).max()) if right.size else 0.0)
    assert off <= tolerance * largest, f"{what}: on the device it is off by {off:.2g}"
