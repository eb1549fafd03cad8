"""Find, redirect and replace listening layers, which read the output of a shared component.

A listening layer has the attribute `upstream`: the name of the shared component, or "*" for the nearest one before it.
The layer's config block has a key of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from kernel.config.resolve import resolve_value
from kernel.contracts.capabilities import layers_of, model_of, shares_output
from kernel.errors import ConfigError
from kernel.pipeline.components.pipes import Pipe, Pipes
from kernel.pipeline.run.ops import kernel_ops
from kernel.pipeline.run.tape import LATEST
from kernel.pipeline.saving.weights import model_from_bytes, model_to_bytes

KEY = "upstream"
#: A shared component, and its config block without variables.
Shared = tuple[Any, Mapping[str, Any]]


def listening_layers(component: Any) -> list[Any]:
    """Return the layers of a component that read another component's output."""
    return [node for node in layers_of(component) if KEY in node.attrs]


def listening_blocks(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the blocks of a component's config that define listening layers, by dotted path."""
    blocks: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping):
            path = f"{prefix}{key}"
            if KEY in value and any(str(name).startswith("@") for name in value):
                blocks[path] = value
            else:
                blocks.update(listening_blocks(value, f"{path}."))
    return blocks


def meant(pipes: Pipes, name: str, upstream: str) -> str | None:
    """Return the name of the component that a listening layer reads; None if there is none.

    Args:
        pipes: The pipeline.
        name: The component that has the layer.
        upstream: The layer's `upstream`; "*" for the nearest shared component before it.
    """
    before = pipes.names[: pipes.names.index(name)]
    if upstream != LATEST:
        return upstream if upstream in before else None
    shared = [other for other in before if shares_output(pipes.get(other).component)]
    return shared[-1] if shared else None


def upstreams(pipes: Pipes, name: str) -> list[tuple[str, str | None]]:
    """Return the distinct `upstream` values of a component's listening layers, each with the component it means."""
    layers = listening_layers(pipes.get(name).component)
    named = dict.fromkeys(layer.attrs[KEY] for layer in layers)
    return [(upstream, meant(pipes, name, upstream)) for upstream in named]


def point(pipe: Pipe, old: str, new: str) -> None:
    """Redirect the listening layers of a component from one upstream to another."""
    for layer in listening_layers(pipe.component):
        if layer.attrs[KEY] == old:
            layer.attrs[KEY] = new
    for block in listening_blocks(pipe.config).values():
        if block[KEY] == old:
            block[KEY] = new


def replaced(
    pipes: Pipes,
    name: str,
    paths: Sequence[str],
    shared: Callable[[str], Shared],
    upstream: str | None = None,
) -> Pipe:
    """Replace listening layers of a component by copies of the layers that they listen to.

    Args:
        pipes: The pipeline that contains the component.
        name: The component.
        paths: Config paths of the listening layers, such as "model.tok2vec"; all or none for each upstream.
        shared: Returns a shared component by name, with its config block without variables.
        upstream: The shared component; any if None.

    Returns:
        The entry of the component with its new settings; its model is changed in place.

    Raises:
        ConfigError: A path is not that of such a layer, or the path of one is missing.
    """
    pipe = pipes.get(name)
    read = {path: meant(pipes, name, block[KEY]) for path, block in listening_blocks(pipe.config).items()}
    chosen = {read.get(path) for path in paths} if upstream is None else {upstream}
    expected = [
        path for path, real in read.items() if real is not None and (real in chosen or None in chosen)
    ]
    if not expected:
        whom = f"{upstream!r}" if upstream else "any component"
        raise ConfigError(
            f"replace_listeners: {name!r} does not listen to {whom}, got {list(paths)}; remove it"
        )
    if set(paths) != set(expected):
        raise ConfigError(
            f"replace_listeners: expected the listening blocks of {name!r}, {expected}, got {list(paths)}"
        )
    sources = {real: shared(real) for real in chosen if real is not None}
    config = deepcopy(dict(pipe.config))
    for path in paths:
        _set(config, path, deepcopy(sources[read[path] or ""][1]["model"]))
    for layer in listening_layers(pipe.component):
        real = meant(pipes, name, layer.attrs[KEY])
        if real in sources:
            model_of(pipe.component).replace_node(layer, _copied(*sources[real]))
    return replace(pipe, config=config)


def _copied(component: Any, block: Mapping[str, Any]) -> Any:
    with kernel_ops():
        model = resolve_value(block["model"], f"components.{component.name}.model")
    model_from_bytes(model, model_to_bytes(component.model), source=component.name)
    return model


def _set(config: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        config = config[step]
    config[last] = value


def all_listening(pipes: Pipes) -> Iterator[tuple[str, str, str | None]]:
    """Yield each listening component with its `upstream` values and the components that they mean."""
    for name in pipes.names:
        for upstream, real in upstreams(pipes, name):
            yield name, upstream, real
