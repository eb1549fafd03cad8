"""Another framework's state inside a Thinc layer, as plain tensors and as parameters that an optimizer steps.

A shim (the holder of such a state) takes part when it is a `kernel.contracts.SavedShim`. Thinc's own shim for PyTorch,
which would pickle, is known here: any `torch.nn.Module` in Thinc's `PyTorchWrapper` is saved as its state dict's
tensors. Torch itself is never imported.
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
    """Give the state of a shim.

    Args:
        shim: The shim.
        where: Its layer, for messages.

    Raises:
        ModelError: It cannot be saved as plain tensors.
    """
    if offers_state_tensors(shim):
        return {name: np.array(array) for name, array in shim.state_tensors().items()}
    if not isinstance(shim, PyTorchShim):
        raise ModelError(
            f"{where}: {type(shim).__name__} cannot be saved as plain tensors; "
            "give it state_tensors() and load_state_tensors()"
        )
    state = shim._model.state_dict()
    strange = [name for name, tensor in state.items() if not hasattr(tensor, "detach")]
    if strange:
        raise ModelError(
            f"{where}: {', '.join(strange)} of {type(shim._model).__name__} is no tensor and cannot be saved; "
            "register it as a buffer"
        )
    return {name: _as_array(tensor).copy() for name, tensor in state.items()}


def load_state_tensors(shim: Any, tensors: Mapping[str, Any], where: str) -> None:
    """Put back what `state_tensors` gave.

    Raises:
        ModelError: It is the state of something else.
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
        held = _as_array(tensor).dtype
        if tensors[name].dtype != held:
            raise ModelError(
                f"{where}: {name} of {type(shim._model).__name__} must be of {held}, got {tensors[name].dtype}; "
                "build the model from the config that it was saved with"
            )
        if name in learnt:
            check_finite(tensors[name], name, where)
    for name, tensor in state.items():
        tensor.copy_(tensor.new_tensor(tensors[name]))


def parameters(shim: Any) -> dict[str, Any]:
    """Give the parameters of a shim that Thinc's optimizer steps, by the names that it knows them under.

    The optimizer keeps what it knows of each under the shim's id and this name.
    """
    return dict(shim._model.named_parameters()) if isinstance(shim, PyTorchShim) else {}


def swap_parameter(parameter: Any, value: Any) -> Any:
    """Give a parameter another value, and return a copy of the one that it had."""
    own = _as_array(parameter).copy()
    parameter.data.copy_(parameter.data.new_tensor(np.asarray(value)).reshape(parameter.shape))
    return own


def is_finite(shim: Any) -> bool:
    """Whether the gradients of a shim's parameters are numbers."""
    gradients = [one.grad for one in parameters(shim).values() if one.grad is not None]
    return all(np.isfinite(float(gradient.norm())) for gradient in gradients)


def _as_array(tensor: Any) -> np.ndarray[Any, Any]:
    """Look at a tensor as an array of NumPy; bfloat16, which it lacks, as float32, which holds the same numbers."""
    tensor = tensor.detach().cpu()
    array: np.ndarray[Any, Any] = (
        tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor
    ).numpy()
    return array
