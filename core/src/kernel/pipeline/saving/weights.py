"""A Thinc model's weights as one safetensors file, and back.

Tensors are named `index/node/param`, by the node's place in `model.walk()`. The header holds, as one JSON text,
what is needed to shape a model before its parameters arrive: names, dimensions, references and plain
attributes of every node. Nothing in the file can run code.

What other frameworks hold is saved as `shims` says.
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

#: The one key of the header: several would be written in no fixed order.
_HEADER_KEY = "kernel"


def save_model(model: Model[Any, Any], path: str | os.PathLike[str]) -> None:
    """Write the weights of a model to a file."""
    Path(path).write_bytes(model_to_bytes(model))


def load_model(model: Model[Any, Any], path: str | os.PathLike[str]) -> None:
    """Read weights that `save_model` wrote into a model of the same architecture.

    Raises:
        CheckpointError: The file cannot be read, or is damaged.
        ModelError: It belongs to another architecture.
    """
    try:
        data = regular(path).read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path}: the weights cannot be read, {error.strerror or error}") from error
    model_from_bytes(model, data, source=str(path))


def model_to_bytes(model: Model[Any, Any]) -> bytes:
    """Give the weights of a model as the bytes of a safetensors file; equal weights give equal bytes.

    Raises:
        NotFinite: A weight is nan or inf: nobody could load what was saved.
    """
    nodes = list(model.walk())
    header = {"format": checks.FORMAT, "nodes": _describe(nodes)}
    tensors: Tensors = {}
    for name, array, is_learnt in _tensors(nodes):
        tensors[name] = np.asarray(array, order="C")
        if is_learnt and (found := checks.not_finite(tensors[name])) is not None:
            raise NotFinite(
                f"{model.name}: weights that are not finite cannot be saved, got {found} of {name!r}; "
                "load the pipeline that was saved last"
            )
    check_room(sum(array.nbytes for array in tensors.values()))
    # No tensors at all (a model without parameters) is a valid file too.
    return bytes(save_tensors(tensors, metadata={_HEADER_KEY: json.dumps(header, sort_keys=True)}))


def model_from_bytes(model: Model[Any, Any], data: bytes, *, source: str = "weights") -> None:
    """Load what `model_to_bytes` gave into a model of the same architecture.

    Args:
        model: A model that may still lack dimensions and parameters.
        data: The bytes.
        source: Where they come from, for messages.

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
    """State everything about the nodes that is no array."""
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
    """Name the types of parameters that are of another than the layer says, which is float32 mostly."""
    params = {name: node.get_param(name).dtype for name in node.param_names if node.has_param(name)}
    types = {name: str(dtype) for name, dtype in params.items() if dtype != _type(node, name)}
    return {"dtypes": types} if types else {}


def _type(node: Any, name: str) -> str:
    """Give the type that a layer says its parameter has."""
    return str(dict(attrs_of(node).get("param_dtypes", ())).get(name, "float32"))


def plain_attrs(node: Any) -> dict[str, Any]:
    """Give the attributes of one layer that JSON gives back unchanged."""
    return {name: value for name, value in node.attrs.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    """Say whether JSON gives the value back unchanged (callables and objects come from the config)."""
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    return value is None or type(value) in (bool, int, float, str)


def _tensors(nodes: list[Any]) -> Iterator[tuple[str, np.ndarray[Any, Any], bool]]:
    """Give all arrays by name, and whether each is learnt; masks among the others may be infinite."""
    for index, node in enumerate(nodes):
        for name in node.param_names:
            if node.has_param(name):
                array = node.ops.to_numpy(node.get_param(name), byte_order="<")
                yield f"{index}/{node.name}/{name}", array, True
        for place, shim in enumerate(node.shims):
            learnt = parameters(shim)
            for name, array in state_tensors(shim, node.name).items():
                yield f"{index}/{node.name}/shim{place}/{name}", array, name in learnt


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
        held = node.maybe_get_dim(name) if name in node.dim_names else None
        if name not in node.dim_names or (value is not None and held not in (None, value)):
            raise ModelError(
                f"{source}: {node.name} {name} does not fit the model, expected {held}, got {value}; "
                "build the model from the config that the weights were saved with"
            )
        if value is not None and held is None:
            node.set_dim(name, value)


def _restore_params(
    node: Any,
    saved: dict[str, Any],
    address: str,
    tensors: Tensors,
    shapes: checks.Shapes,
    source: str,
) -> set[str]:
    """Set the parameters of a node; gives the names of the arrays."""
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
        # The tensors look into the bytes, which cannot be written; training changes parameters in place.
        node.set_param(name, node.ops.asarray(array.copy()))
        taken.add(full)
    return taken


def _restore_shims(node: Any, address: str, tensors: Tensors, source: str) -> set[str]:
    """Set the state of the shims of a node; gives the names of the arrays."""
    taken = set[str]()
    for place, shim in enumerate(node.shims):
        prefix = f"{address}/shim{place}/"
        own = {name[len(prefix) :]: array for name, array in tensors.items() if name.startswith(prefix)}
        load_state_tensors(shim, own, f"{source}: {node.name}")
        taken.update(prefix + name for name in own)
    return taken
