"""Copy components from other pipelines: with their weights and listeners, and a check of the word vectors."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from weakref import ref

from kernel.contracts.capabilities import offers_to_bytes
from kernel.errors import ConfigAddress, ConfigError, KernelError
from kernel.pipeline.components import listeners
from kernel.pipeline.components.component_factory import new_pipe
from kernel.pipeline.components.pipeline_config import values_of
from kernel.pipeline.components.pipes import Origin, Pipe, Pipes
from kernel.text.base.host_arrays import on_cpu
from kernel.text.vectors.vectors import Vectors


class Sources:
    """The pipelines that the components of a config are copied from, each loaded once.

    Args:
        load: Loads a pipeline from a folder or a package.
    """

    def __init__(self, load: Callable[[str], Any]) -> None:
        self._load = load
        self._loaded: dict[str, Any] = {}

    def add(self, nlp: Any, name: str, block: Mapping[str, Any]) -> None:
        """Copy the component that a config block with `source` names, and append it to a pipeline."""
        if not isinstance(block["source"], (str, os.PathLike)):
            raise ConfigError(
                f"[components.{name}] source: expected a folder or the name of a package, got {block['source']!r}"
            )
        path = str(block["source"])
        try:
            if path not in self._loaded:
                self._loaded[path] = self._load(path)
            source = self._loaded[path]
            pipe = sourced_pipe(nlp, source, block.get("component", name), name, path)
            pipe = _with_own_layers(source, pipe, block.get("replace_listeners") or ())
        except KernelError as error:
            raise error.within(ConfigAddress(f"components.{name}", "source")) from error
        nlp._pipes.insert(pipe)

    def connect(self, pipes: Pipes) -> None:
        """Redirect the listeners of copied components to the copies of their upstreams.

        Raises:
            ConfigError: An upstream was not copied.
        """
        for name in pipes.names:
            origin = pipes.get(name).origin
            if origin is None or origin.path not in self._loaded:
                continue
            source = self._loaded[origin.path]
            if not listeners.listening_layers(pipes.get(name).component):
                continue
            for _, upstream in listeners.upstreams(source._pipes, origin.name):
                if upstream is not None and find_copy(pipes, name, source, upstream) is None:
                    raise ConfigError(
                        f"[components.{name}] source: {origin.name!r} listens to {upstream!r} of {origin.path!r}, "
                        f"which is not copied before it in this pipeline; add [components.{upstream}] with "
                        f'source = "{origin.path}", or give {name!r} its own copy: '
                        f"replace_listeners = {_paths(pipes.get(name))}"
                    )
        connect(pipes)


def sourced_pipe(nlp: Any, source: Any, source_name: str, name: str, path: str = "") -> Pipe:
    """Copy a component of another pipeline, with its weights and settings."""
    if not (hasattr(source, "get_pipe_config") and hasattr(source, "vocab")):
        raise ConfigError(
            f"nlp.add_pipe: source must be a pipeline, got {source!r}; load one with kernel.load(path)"
        )
    original = source.get_pipe(source_name)
    block = values_of(source)["components"][source_name]
    pipe = new_pipe(nlp, block["factory"], name, block, block, validate=False)
    for string in source.vocab.strings:
        nlp.vocab.strings.add(string)
    if offers_to_bytes(original):
        pipe.component.from_bytes(original.to_bytes())  # type: ignore[attr-defined]
    return replace(pipe, origin=Origin(ref(source), source_name, path, fingerprint(source.vocab.vectors)))


def replace_listeners(nlp: Any, upstream: str, name: str, paths: Sequence[str]) -> None:
    """Replace listeners of a component by copies of the shared layers; see `Language.replace_listeners`."""
    pipes: Pipes = nlp._pipes
    pipes.check_known([upstream, name])
    blocks = values_of(nlp)["components"]
    pipes.replace(
        name, listeners.replaced(pipes, name, paths, lambda key: (nlp.get_pipe(key), blocks[key]), upstream)
    )


def connect(pipes: Pipes) -> None:
    """Redirect the listening layers of copied components to the copies of their upstreams, where there are any."""
    for name in pipes.names:
        pipe = pipes.get(name)
        source = pipe.origin.source() if pipe.origin is not None else None
        if pipe.origin is None or source is None:
            continue
        for upstream, real in listeners.upstreams(source._pipes, pipe.origin.name):
            copy = find_copy(pipes, name, source, real)
            if copy is not None and listeners.meant(pipes, name, upstream) != copy:
                listeners.point(pipe, upstream, copy)


def find_copy(pipes: Pipes, name: str, source: Any, original: str | None) -> str | None:
    """Return the component before `name` that was copied from `original` of a pipeline; None if there is none."""
    for before in reversed(pipes.names[: pipes.names.index(name)]):
        origin = pipes.get(before).origin
        if origin is not None and origin.source() is source and origin.name == original:
            return before
    return None


def check_vectors(pipes: Iterable[Pipe], vectors: Vectors) -> None:
    """Check that copied components were trained with the pipeline's word vectors.

    Raises:
        ConfigError: A component was trained with others.
    """
    own = None
    for pipe in pipes:
        if pipe.origin is None or not pipe.origin.vectors:
            continue
        own = fingerprint(vectors) if own is None else own
        if own != pipe.origin.vectors:
            where = pipe.origin.path or "the other pipeline"
            fix = (
                f'[initialize] vectors = "{where}"'
                if pipe.origin.path
                else "nlp.vocab.vectors = source.vocab.vectors before you add it"
            )
            raise ConfigError(
                f"[components.{pipe.name}] source: {pipe.origin.name!r} was trained with the word vectors of "
                f"{where}, but this pipeline has {'others' if vectors.size else 'none'}, got a table of shape "
                f"{vectors.shape}; use the same vectors: {fix}"
            )


def fingerprint(vectors: Vectors) -> str:
    """Return a string that identifies a table of vectors; empty if there are none."""
    if not vectors.size:
        return ""
    digest = hashlib.sha256(on_cpu(vectors.data).tobytes())
    digest.update(repr(sorted(vectors.key2row.items())).encode())
    return f"{vectors.shape} {digest.hexdigest()}"


def _with_own_layers(source: Any, pipe: Pipe, paths: Sequence[str]) -> Pipe:
    """Replace the listeners of a copied component by copies of the layers that they listened to."""
    if not paths:
        return pipe
    name = source._pipes.get(pipe.origin.name).name if pipe.origin else pipe.name
    # The copy takes the position of the original, so that "*" means the same.
    pipes = Pipes()
    for original in source._pipes:
        pipes.insert(replace(pipe, name=name) if original.name == name else original)
    blocks = values_of(source)["components"]
    own = listeners.replaced(pipes, name, paths, lambda key: (source.get_pipe(key), blocks[key]))
    return replace(own, name=pipe.name)


def _paths(pipe: Pipe) -> str:
    """Format the paths of a component's listening blocks as a config value."""
    return json.dumps(list(listeners.listening_blocks(pipe.config)))
