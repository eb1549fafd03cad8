"""The check of architectures: that of a layer, reproducibility, and computing on any device."""
# ruff: noqa: N803, N806  (names of arrays end in their axes)

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
    """Check an architecture: everything that `check_layer` checks, the seed, and a device that is not the CPU.

    Args:
        make: Builds the model; called several times.
        X: A batch of at least two items, as for `check_layer`.
        Y: A sample of the output, if the model infers shapes from it.
        on_device: Whether it must run with arrays other than NumPy's; use False if the model wraps another library.
        tolerance: Maximum relative error of predictions and gradients on the device.
        settings: Further arguments of `check_layer`.
    """
    check_layer(make(), X, Y, **settings)
    seed = settings.get("seed", 0)
    models = []
    for _ in range(2):
        fix_random_seed(seed)
        models.append(make())
        models[-1].initialize(X=X, Y=Y)
    assert model_to_bytes(models[0]) == model_to_bytes(models[1]), "the same seed gives different models"
    if on_device:
        try:
            _check_device(models[0], make, X, Y, tolerance)
        except (TypeError, AttributeError) as exc:
            raise AssertionError(
                f"it fails on a device, {type(exc).__name__}: {exc}; compute with model.ops and model.ops.xp"
            ) from exc


def _check_device(
    cpu: Model[Any, Any], make: Callable[[], Model[Any, Any]], X: Any, Y: Any, tolerance: float
) -> None:
    """Compare predictions and gradients with those of the same weights on the CPU."""
    expected, expected_gradients = _forward_and_back(cpu, X)
    with on_a_device() as ops:
        model = make()
        batch = like(X, [ops.asarray(part) for part in arrays_of(X)])
        model.initialize(
            X=batch, Y=None if Y is None else like(Y, [ops.asarray(part) for part in arrays_of(Y)])
        )
        model_from_bytes(model, model_to_bytes(cpu))
        outputs, gradients = _forward_and_back(model, batch)
    for output, right in zip(outputs, expected, strict=True):
        assert isinstance(output, DeviceArray), "the output is not on the device"
        _compare("the output", output.get(), right, tolerance)
    for name, right in expected_gradients.items():
        if name not in gradients:
            assert not right.any(), f"{name}: there is no gradient on the device"
            continue
        assert isinstance(gradients[name], DeviceArray), f"{name}: the gradient is not on the device"
        _compare(name, gradients[name].get(), right, tolerance)


def _forward_and_back(model: Model[Any, Any], X: Any) -> tuple[list[Any], dict[str, Any]]:
    """Run one forward and backward pass, and return the arrays of the output and the gradients by parameter."""
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


def _compare(what: str, array: Any, right: Any, tolerance: float) -> None:
    error = float(np.abs(array - right).max()) if right.size else 0.0
    largest = max(1.0, float(np.abs(right).max()) if right.size else 0.0)
    assert error <= tolerance * largest, f"{what}: off by {error:.2g} on the device"
