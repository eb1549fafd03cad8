"""Checks of saved weights before a model loads them: the header, and each array's type, shape and values.

A layer may declare the shapes of its parameters and those of the layers inside it: its attribute `param_shapes` is a
function of the layer that returns triples of layer, parameter name and shape. The attribute `param_dtypes` lists the
types of parameters that are not float32, as a tuple of pairs; `fixed_attrs` is a tuple of the attributes that the
config determines and nothing changes. None of them is saved. The shapes of Thinc's own layers are defined here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from kernel.contracts.capabilities import attrs_of
from kernel.errors import CheckpointError, ModelError
from kernel.text.base.json_data import read_json

FORMAT = 1
#: The parts of a node in the header, besides its name.
NODE_PARTS = ("dims", "params", "refs", "attrs")
RESTORE = "restore the file or save the pipeline again"
REBUILD = "build the model from the config that the weights were saved with"

Shapes = dict[tuple[int, str], tuple[int, ...]]

#: Types that parameters may have.
_TYPES = frozenset(np.dtype(code).name for code in "?bBhHiIlLqQefd")

_DENSE = {"W": ("nO", "nI"), "b": ("nO",)}
#: The arrays of Thinc's layers, by the module of the layer.
_THINC: dict[str, dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("linear", "relu", "mish", "gelu", "swish", "dish", "clipped_linear", "hard_swish", "softmax"), _DENSE
    ),
    **dict.fromkeys(("hard_swish_mobilenet", "sigmoid", "multisoftmax"), _DENSE),
    "maxout": {"W": ("nO", "nP", "nI"), "b": ("nO", "nP")},
    "layernorm": {"G": ("nI",), "b": ("nI",)},
    "embed": {"E": ("nV", "nO")},
    "hashembed": {"E": ("nV", "nO")},
}


def read_header(data: bytes, source: str) -> list[dict[str, Any]]:
    """Read the descriptions of a model's nodes from the header of a weights file.

    Args:
        data: The file, which safetensors has read.
        source: Where it comes from, for messages.

    Raises:
        CheckpointError: The header is damaged, or of another format.
    """
    try:
        length = int.from_bytes(data[:8], "little")
        header = read_json(read_json(data[8 : 8 + length])["__metadata__"]["kernel"])
        version, nodes = header["format"], header["nodes"]
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(source, len(data), error) from error
    if version != FORMAT:
        raise CheckpointError(
            f"{source}: the weights are of another format, expected {FORMAT}, got {version!r:.40}; "
            "install the release that saved them, or save the pipeline again"
        )
    if not isinstance(nodes, list):
        raise damaged(source, len(data), ValueError("its header describes no nodes"))
    for index, node in enumerate(nodes):
        if not _is_description(node, len(nodes)):
            raise damaged(source, len(data), ValueError(f"its header does not describe node {index}"))
    return nodes


def damaged(source: str, n_bytes: int, error: Exception) -> CheckpointError:
    """Create the error for bytes that are not weights."""
    return CheckpointError(
        f"{source}: not the weights of a model, or damaged, got {n_bytes} bytes ({error}); {RESTORE}"
    )


def _is_description(node: Any, n_nodes: int) -> bool:
    """Return whether an entry of the header describes a node."""
    if not isinstance(node, dict) or not isinstance(node.get("name"), str):
        return False
    if not all(isinstance(node.get(part), dict) for part in NODE_PARTS):
        return False
    dims, refs = node["dims"].values(), node["refs"].values()
    return (
        all(size is None or (_is_int(size) and size >= 0) for size in dims)
        and all(target is None or (_is_int(target) and 0 <= target < n_nodes) for target in refs)
        and all(isinstance(is_set, bool) for is_set in node["params"].values())
        and isinstance(types := node.get("dtypes", {}), dict)
        and all(isinstance(name, str) and name in _TYPES for name in types.values())
    )


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def check_params(node: Any, params: Iterable[str], source: str) -> None:
    """Check that a node and its description have the same parameters.

    Raises:
        ModelError: A parameter is unknown or missing.
    """
    theirs, mine = list(params), node.param_names
    for name in (*theirs, *mine):
        if name not in mine or name not in theirs:
            problem = "unknown parameter" if name in theirs else "missing parameter"
            raise ModelError(f"{source}: {node.name}: {problem} {name!r}, got {theirs}; {REBUILD}")


def check_attrs(node: Any, attrs: Mapping[str, Any], source: str) -> None:
    """Check that a description changes no attribute's type, and no fixed attribute's value.

    Raises:
        ModelError: It does.
    """
    for name, value in attrs.items():
        own = node.attrs.get(name)
        is_other = own is not None and _kind(own) is not _kind(value)
        if is_other or (name in attrs_of(node).get("fixed_attrs", ()) and own != value):
            expected = f"expected {own!r:.60}, " if not callable(own) else ""
            raise ModelError(
                f"{source}: {node.name}: attribute {name!r} does not fit the model, {expected}got {value!r:.60}; "
                f"{REBUILD}"
            )


def restore_refs(node: Any, refs: Mapping[str, int | None], nodes: list[Any], source: str) -> None:
    """Set the references of a node to others, given by their indices.

    Raises:
        ModelError: It already refers to another node, or has no such reference.
    """
    for name, target in refs.items():
        current = node.get_ref(name) if name in node.ref_names and node.has_ref(name) else None
        saved = None if target is None else nodes[target]
        try:
            if current is not None and saved is not current:
                raise ValueError("it refers to another layer")
            node.set_ref(name, saved)
        except (ValueError, KeyError) as error:
            raise ModelError(
                f"{source}: {node.name}: reference {name!r} does not fit the model, got {target}, {error}; {REBUILD}"
            ) from error


def _kind(value: Any) -> type:
    """Return the type that JSON reads a value as; all numbers count as float."""
    return float if _is_int(value) else type(value)


def check_all_taken(names: Iterable[str], taken: Iterable[str], source: str) -> None:
    """Check that the model has loaded every array of a file.

    Raises:
        ModelError: An array was not loaded.
    """
    if left := sorted(set(names) - set(taken)):
        raise ModelError(f"{source}: unknown array {left[0]!r}, which the model does not have; {REBUILD}")


def declared_shapes(nodes: list[Any], described: list[dict[str, Any]], source: str) -> Shapes:
    """Collect the declared shapes of parameters, by the layer's id and the parameter's name.

    Raises:
        CheckpointError: A layer has parameters but lacks the dimensions that determine their shapes.
        ModelError: Layers declare different shapes for one parameter.
    """
    shapes: Shapes = {}
    for node, saved in zip(nodes, described, strict=True):
        declare = attrs_of(node).get("param_shapes", _shapes_of_thinc)
        try:
            for layer, name, shape in declare(node):
                if shapes.setdefault((layer.id, name), tuple(shape)) != tuple(shape):
                    raise ModelError(
                        f"{source}: sizes of layers do not fit together, got {shape} and {shapes[layer.id, name]} for "
                        f"{name} of {layer.name}; {REBUILD}"
                    )
        except ModelError:
            raise
        except (KeyError, ValueError) as error:
            if any(saved["params"].values()):
                raise CheckpointError(
                    f"{source}: damaged, layer {node.name} has weights, but not all of their dimensions, got "
                    f"{saved['dims']}; "
                    f"{RESTORE}"
                ) from error
    return shapes


def _shapes_of_thinc(node: Any) -> Iterable[tuple[Any, str, tuple[int, ...]]]:
    package, _, name = node._func.__module__.rpartition(".")
    dims_of = _THINC.get(name, {}) if package == "thinc.layers" else {}
    for param, dims in dims_of.items():
        if node.has_param(param) is not False:
            yield node, param, tuple(node.get_dim(dim) for dim in dims)


def check_array(
    array: np.ndarray[Any, Any], dtype: Any, shape: tuple[int, ...] | None, address: str, source: str
) -> None:
    """Check that an array fits the model.

    Args:
        array: The array.
        dtype: The expected type.
        shape: The expected shape; None if unknown.
        address: Its name in the file.
        source: The file.

    Raises:
        ModelError: The type or shape differs.
        CheckpointError: A value is nan or inf.
    """
    if array.dtype != np.dtype(dtype):
        raise ModelError(
            f"{source}: the array {address!r} must be of {np.dtype(dtype).name}, got {array.dtype.name}; {REBUILD}"
        )
    if shape is not None and array.shape != shape:
        raise ModelError(
            f"{source}: the array {address!r} does not fit the model, expected shape {shape}, got {array.shape}; "
            f"{REBUILD}"
        )
    check_finite(array, address, source)


def check_finite(array: np.ndarray[Any, Any], address: str, source: str) -> None:
    """Check that an array is finite.

    Raises:
        CheckpointError: A value is nan or inf.
    """
    if (where := not_finite(array)) is not None:
        raise CheckpointError(
            f"{source}: damaged, the array {address!r} holds numbers that are not finite, got {where}; {RESTORE}"
        )


def not_finite(array: np.ndarray[Any, Any]) -> str | None:
    """Describe the first value that is nan or inf and its index; None if all are finite."""
    if array.dtype.kind != "f" or not array.size:
        return None
    flat = array.reshape(-1)
    with np.errstate(all="ignore"):
        # One pass without a temporary array: any nan or inf makes the result nan or inf. So do large numbers.
        if np.isfinite(np.dot(flat, flat)):
            return None
    bad = np.flatnonzero(~np.isfinite(flat))
    if not len(bad):
        return None
    index = ", ".join(str(int(i)) for i in np.unravel_index(bad[0], array.shape))
    return f"{flat[bad[0]]} at [{index}]"
