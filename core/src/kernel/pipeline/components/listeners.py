"""Who listens to whom: layers that read a shared component's output are found, pointed elsewhere, and replaced.

A listening layer has the attribute `upstream`, the name of the shared component or "*" for the nearest before it;
the block that makes the layer has a key of that name.
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
#: A shared component, and its block without variables.
Shared = tuple[Any, Mapping[str, Any]]


def listening_layers(component: Any) -> list[Any]:
    """Give the layers of a component that read what another one shares."""
    return [node for node in layers_of(component) if KEY in node.attrs]


def listening_blocks(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Give the blocks of a component's config that make such layers, by dotted path."""
    found: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping):
            path = f"{prefix}{key}"
            if KEY in value and any(str(name).startswith("@") for name in value):
                found[path] = value
            else:
                found.update(listening_blocks(value, f"{path}."))
    return found


def meant(pipes: Pipes, name: str, upstream: str) -> str | None:
    """Say which component a listening layer of another one reads.

    Args:
        pipes: The pipeline.
        name: The component that has the layer.
        upstream: What the layer says; "*" for the nearest shared component before it.

    Returns:
        Its name; None where there is none.
    """
    before = pipes.names[: pipes.names.index(name)]
    if upstream != LATEST:
        return upstream if upstream in before else None
    shared = [one for one in before if shares_output(pipes.get(one).component)]
    return shared[-1] if shared else None


def upstreams(pipes: Pipes, name: str) -> list[tuple[str, str | None]]:
    """Say what each listening layer of a component names, and which component that is."""
    layers = listening_layers(pipes.get(name).component)
    named = dict.fromkeys(layer.attrs[KEY] for layer in layers)
    return [(upstream, meant(pipes, name, upstream)) for upstream in named]


def point(pipe: Pipe, old: str, new: str) -> None:
    """Let the layers of a component that named one upstream name another."""
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
    """Give a component its own copies of what it listens to.

    Args:
        pipes: The pipeline that it is in.
        name: The component.
        paths: The blocks of the listening layers to replace, such as "model.tok2vec"; of one upstream all or none.
        shared: Gives a shared component, and its block without variables.
        upstream: The one that is listened to; any when None.

    Returns:
        The component in its place with its new settings; its model is changed in place.

    Raises:
        ConfigError: A path leads to no such layer, or one is left out.
    """
    pipe = pipes.get(name)
    read = {path: meant(pipes, name, block[KEY]) for path, block in listening_blocks(pipe.config).items()}
    chosen = {read.get(path) for path in paths} if upstream is None else {upstream}
    expected = [
        path for path, real in read.items() if real is not None and (real in chosen or None in chosen)
    ]
    if not expected:
        whom = f"{upstream!r}" if upstream else "anybody"
        raise ConfigError(
            f"replace_listeners: {name!r} does not listen to {whom}, got {list(paths)}; leave it out"
        )
    if set(paths) != set(expected):
        raise ConfigError(
            f"replace_listeners: expected the blocks by which {name!r} listens, {expected}, got {list(paths)}"
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
    """Yield each component that listens, what it names, and whom that means."""
    for name in pipes.names:
        for upstream, real in upstreams(pipes, name):
            yield name, upstream, real
