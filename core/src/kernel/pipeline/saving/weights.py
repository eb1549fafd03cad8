"""Save a Thinc model's weights to one safetensors file, and load them.

Tensors are named `index/node/param`, by the node's index in `model.walk()`. The header holds, as one JSON text,
what is needed to shape a model before its parameters are loaded: names, dimensions, references and plain
attributes of every node. Nothing in the file can run code.

State of other frameworks is saved as described in `shims`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors
from thinc.api import Model

from kernel.contracts.capabilities import attrs_of
from kernel.errors import CheckpointError, ModelError, NotFinite
from kernel.pipeline.saving import weight_checks as checks
from kernel.pipeline.saving.memory_check import check_room
from kernel.pipeline.saving.shims import Tensors, load_state_tensors, parameters, state_tensors
from kernel.system.files import regular

#: The only key of the header: several keys would be written in no fixed order.
_HEADER_KEY = "kernel"


def save_model(model: Model[Any, Any], path: str | os.PathLike[str]) -> None:
    """Write the weights of a model to a file."""
    Path(path).write_bytes(model_to_bytes(model))


def load_model(model: Model[Any, Any], path: str | os.PathLike[str]) -> None:
    """Load weights that `save_model` wrote into a model of the same architecture.

    Raises:
        CheckpointError: The file cannot be read, or is damaged.
        ModelError: The weights belong to another architecture.
    """
    try:
        data = regular(path).read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path}: the weights cannot be read, {error.strerror or error}") from error
    model_from_bytes(model, data, source=str(path))


def model_to_bytes(model: Model[Any, Any]) -> bytes:
    """Serialize the weights of a model to a safetensors file; equal weights give equal bytes.

    Raises:
        NotFinite: A weight is nan or inf; such a file could not be loaded.
    """
    nodes = list(model.walk())
    header = {"format": checks.FORMAT, "nodes": _describe(nodes)}
    tensors: Tensors = {}
    for name, array, is_learnt in _tensors(nodes):
        tensors[name] = np.asarray(array, order="C")
        if is_learnt and (where := checks.not_finite(tensors[name])) is not None:
            raise NotFinite(
                f"{model.name}: weights that are not finite cannot be saved, got {where} of {name!r}; "
                "load the pipeline that was saved last"
            )
    check_room(sum(array.nbytes for array in tensors.values()))
    # A file without tensors, from a model without parameters, is valid too.
    return bytes(save_tensors(tensors, metadata={_HEADER_KEY: json.dumps(header, sort_keys=True)}))


def model_from_bytes(model: Model[Any, Any], data: bytes, *, source: str = "weights") -> None:
    """Load weights that `model_to_bytes` returned into a model of the same architecture.

    Args:
        model: A model that may still lack dimensions and parameters.
        data: The bytes.
        source: Where the bytes come from, for messages.

    Raises:
        CheckpointError: The bytes are damaged, of another format, or hold weights that are not finite.
        ModelError: They belong to another architecture.
    """
    check_room(len(data))
    try:
        tensors: Tensors = load_tensors(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise checks.damaged(source, len(data), error) from error
    described = checks.read_header(data, source)
    nodes = list(model.walk())
    _check_structure(nodes, described, source)
    for node, saved in zip(nodes, described, strict=True):
        checks.check_params(node, saved["params"], source)
        checks.check_attrs(node, saved["attrs"], source)
        _restore_dims(node, saved["dims"], source)
        checks.restore_refs(node, saved["refs"], nodes, source)
    shapes, taken = checks.declared_shapes(nodes, described, source), set[str]()
    for index, (node, saved) in enumerate(zip(nodes, described, strict=True)):
        address = f"{index}/{node.name}"
        taken |= _restore_params(node, saved, address, tensors, shapes, source)
        taken |= _restore_shims(node, address, tensors, source)
        node.attrs.update(saved["attrs"])
    checks.check_all_taken(tensors, taken, source)


def _describe(nodes: list[Any]) -> list[dict[str, Any]]:
    """Describe the nodes, without their arrays."""
    index_of = {node.id: index for index, node in enumerate(nodes)}
    return [
        {
            "name": node.name,
            "dims": {name: node.maybe_get_dim(name) for name in node.dim_names},
            "params": {name: bool(node.has_param(name)) for name in node.param_names},
            "refs": {
                name: index_of.get(node.get_ref(name).id) if node.has_ref(name) else None
                for name in node.ref_names
            },
            "attrs": plain_attrs(node),
            **_other_types(node),
        }
        for node in nodes
    ]


def _other_types(node: Any) -> dict[str, dict[str, str]]:
    """Return the types of parameters that differ from the layer's declared type, float32 by default."""
    params = {name: node.get_param(name).dtype for name in node.param_names if node.has_param(name)}
    types = {name: str(dtype) for name, dtype in params.items() if dtype != _type(node, name)}
    return {"dtypes": types} if types else {}


def _type(node: Any, name: str) -> str:
    """Return the declared type of a layer's parameter."""
    return str(dict(attrs_of(node).get("param_dtypes", ())).get(name, "float32"))


def plain_attrs(node: Any) -> dict[str, Any]:
    """Return the attributes of a layer that survive JSON unchanged."""
    return {name: value for name, value in node.attrs.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    """Return whether a value survives JSON unchanged; callables and objects come from the config."""
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    return value is None or type(value) in (bool, int, float, str)


def _tensors(nodes: list[Any]) -> Iterator[tuple[str, np.ndarray[Any, Any], bool]]:
    """Yield all arrays with their names, and whether each is learnt; others, such as masks, may be infinite."""
    for index, node in enumerate(nodes):
        for name in node.param_names:
            if node.has_param(name):
                array = node.ops.to_numpy(node.get_param(name), byte_order="<")
                yield f"{index}/{node.name}/{name}", array, True
        for shim_index, shim in enumerate(node.shims):
            learnt = parameters(shim)
            for name, array in state_tensors(shim, node.name).items():
                yield f"{index}/{node.name}/shim{shim_index}/{name}", array, name in learnt


def _check_structure(nodes: list[Any], described: list[dict[str, Any]], source: str) -> None:
    mine = [node.name for node in nodes]
    theirs = [saved["name"] for saved in described]
    for index, (expected, got) in enumerate(zip(mine, theirs, strict=False)):
        if expected != got:
            raise ModelError(
                f"{source}: the weights belong to another model, node {index} is {got!r} there and "
                f"{expected!r} here; build the model from the config that they were saved with"
            )
    if len(mine) != len(theirs):
        raise ModelError(
            f"{source}: the weights belong to another model, expected {len(mine)} nodes, got {len(theirs)}; "
            "build the model from the config that they were saved with"
        )


def _restore_dims(node: Any, dims: dict[str, int | None], source: str) -> None:
    for name, value in dims.items():
        size = node.maybe_get_dim(name) if name in node.dim_names else None
        if name not in node.dim_names or (value is not None and size not in (None, value)):
            raise ModelError(
                f"{source}: {node.name} {name} does not fit the model, expected {size}, got {value}; "
                "build the model from the config that the weights were saved with"
            )
        if value is not None and size is None:
            node.set_dim(name, value)


def _restore_params(
    node: Any,
    saved: dict[str, Any],
    address: str,
    tensors: Tensors,
    shapes: checks.Shapes,
    source: str,
) -> set[str]:
    """Set the parameters of a node, and return the names of their arrays."""
    taken = set()
    for name, is_set in saved["params"].items():
        if not is_set:
            node.set_param(name, None)
            continue
        full = f"{address}/{name}"
        array = tensors.get(full)
        if array is None:
            raise CheckpointError(f"{source}: damaged, the array {full!r} is missing; {checks.RESTORE}")
        shape = node.get_param(name).shape if node.has_param(name) else shapes.get((node.id, name))
        declared = name in dict(attrs_of(node).get("param_dtypes", ()))
        dtype = _type(node, name) if declared else saved.get("dtypes", {}).get(name, "float32")
        checks.check_array(array, dtype, shape, full, source)
        # The tensors are views of the bytes, which are read-only; training changes parameters in place.
        node.set_param(name, node.ops.asarray(array.copy()))
        taken.add(full)
    return taken


def _restore_shims(node: Any, address: str, tensors: Tensors, source: str) -> set[str]:
    """Set the state of a node's shims, and return the names of their arrays."""
    taken = set[str]()
    for index, shim in enumerate(node.shims):
        prefix = f"{address}/shim{index}/"
        own = {name[len(prefix) :]: array for name, array in tensors.items() if name.startswith(prefix)}
        load_state_tensors(shim, own, f"{source}: {node.name}")
        taken.update(prefix + name for name in own)
    return taken
