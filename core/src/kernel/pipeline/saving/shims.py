"""State of other frameworks inside Thinc layers, as plain tensors and as parameters for the optimizer.

A shim, which holds such state, is supported if it is a `kernel.contracts.SavedShim`. Thinc's own shim for PyTorch,
which would use pickle, is handled here: any `torch.nn.Module` in Thinc's `PyTorchWrapper` is saved as the tensors of
its state dict. Torch itself is never imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from thinc.shims import PyTorchShim

from kernel.contracts.capabilities import offers_load_state_tensors, offers_state_tensors
from kernel.errors import ModelError
from kernel.pipeline.saving.weight_checks import check_finite

Tensors = dict[str, "np.ndarray[Any, Any]"]


def state_tensors(shim: Any, where: str) -> Tensors:
    """Return the state of a shim.

    Args:
        shim: The shim.
        where: The name of its layer, for messages.

    Raises:
        ModelError: It cannot be saved as plain tensors.
    """
    if offers_state_tensors(shim):
        return {name: np.array(array) for name, array in shim.state_tensors().items()}
    if not isinstance(shim, PyTorchShim):
        raise ModelError(
            f"{where}: {type(shim).__name__} cannot be saved as plain tensors; "
            "implement state_tensors() and load_state_tensors()"
        )
    state = shim._model.state_dict()
    others = [name for name, tensor in state.items() if not hasattr(tensor, "detach")]
    if others:
        raise ModelError(
            f"{where}: {', '.join(others)} of {type(shim._model).__name__} is not a tensor and cannot be saved; "
            "register it as a buffer"
        )
    return {name: _as_array(tensor).copy() for name, tensor in state.items()}


def load_state_tensors(shim: Any, tensors: Mapping[str, Any], where: str) -> None:
    """Restore the state that `state_tensors` returned.

    Raises:
        ModelError: The state belongs to another model.
        CheckpointError: A parameter is nan or inf; buffers, such as masks, may be infinite.
    """
    if offers_load_state_tensors(shim):
        shim.load_state_tensors(dict(tensors))
        return
    state = shim._model.state_dict()
    expected = {name: tuple(tensor.shape) for name, tensor in state.items()}
    got = {name: tuple(array.shape) for name, array in tensors.items()}
    if expected != got:
        wrong = sorted(name for name in {*expected, *got} if expected.get(name) != got.get(name))[0]
        raise ModelError(
            f"{where}: {wrong} of {type(shim._model).__name__} does not fit the model, expected shape "
            f"{expected.get(wrong)}, got {got.get(wrong)}; build the model from the config that it was saved with"
        )
    learnt = parameters(shim)
    for name, tensor in state.items():
        dtype = _as_array(tensor).dtype
        if tensors[name].dtype != dtype:
            raise ModelError(
                f"{where}: {name} of {type(shim._model).__name__} must be of {dtype}, got {tensors[name].dtype}; "
                "build the model from the config that it was saved with"
            )
        if name in learnt:
            check_finite(tensors[name], name, where)
    for name, tensor in state.items():
        tensor.copy_(tensor.new_tensor(tensors[name]))


def parameters(shim: Any) -> dict[str, Any]:
    """Return the parameters of a shim that Thinc's optimizer steps, by name.

    The optimizer stores its data for each under the shim's id and this name.
    """
    return dict(shim._model.named_parameters()) if isinstance(shim, PyTorchShim) else {}


def swap_parameter(parameter: Any, value: Any) -> Any:
    """Set the value of a parameter, and return a copy of its old value."""
    own = _as_array(parameter).copy()
    parameter.data.copy_(parameter.data.new_tensor(np.asarray(value)).reshape(parameter.shape))
    return own


def is_finite(shim: Any) -> bool:
    """Return whether the gradients of a shim's parameters are finite."""
    gradients = [each.grad for each in parameters(shim).values() if each.grad is not None]
    return all(np.isfinite(float(gradient.norm())) for gradient in gradients)


def _as_array(tensor: Any) -> np.ndarray[Any, Any]:
    """Convert a tensor to a NumPy array; bfloat16, which NumPy lacks, to float32, which holds the same values."""
    tensor = tensor.detach().cpu()
    array: np.ndarray[Any, Any] = (
        tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor
    ).numpy()
    return array
