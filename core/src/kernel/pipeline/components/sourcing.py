"""Components of other pipelines: copied with their weights, what they listened to, and a check of word vectors."""

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
    """The pipelines that the components of one config are taken from, each loaded once.

    Args:
        load: Loads a pipeline from a folder or a package.
    """

    def __init__(self, load: Callable[[str], Any]) -> None:
        self._load = load
        self._loaded: dict[str, Any] = {}

    def add(self, nlp: Any, name: str, block: Mapping[str, Any]) -> None:
        """Copy the component that a block with `source` names to the end of a pipeline."""
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
        """Let the copies listen to the copies of what they listened to.

        Raises:
            ConfigError: One of those was not copied.
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
                        f"which this pipeline does not take from there before it; add [components.{upstream}] with "
                        f'source = "{origin.path}", or give {name!r} a copy of its own: '
                        f"replace_listeners = {_paths(pipes.get(name))}"
                    )
        connect(pipes)


def sourced_pipe(nlp: Any, source: Any, source_name: str, name: str, path: str = "") -> Pipe:
    """Copy a component of another pipeline, with its weights and its settings there."""
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
    """Give a component of a pipeline its own copy of one that it listens to; see `Language.replace_listeners`."""
    pipes: Pipes = nlp._pipes
    pipes.check_known([upstream, name])
    blocks = values_of(nlp)["components"]
    pipes.replace(
        name, listeners.replaced(pipes, name, paths, lambda one: (nlp.get_pipe(one), blocks[one]), upstream)
    )


def connect(pipes: Pipes) -> None:
    """Point the listening layers of copied components to the copies of what they read where they come from."""
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
    """Find the component before another that was copied from a pipeline, by its name there."""
    for before in reversed(pipes.names[: pipes.names.index(name)]):
        origin = pipes.get(before).origin
        if origin is not None and origin.source() is source and origin.name == original:
            return before
    return None


def check_vectors(pipes: Iterable[Pipe], vectors: Vectors) -> None:
    """Raise where a component was learnt with other word vectors than the pipeline has.

    Raises:
        ConfigError: It was.
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
                f"{where}, and this pipeline has {'others' if vectors.size else 'none'}, got a table of shape "
                f"{vectors.shape}; use the same, {fix}"
            )


def fingerprint(vectors: Vectors) -> str:
    """Say in one line which vectors these are; empty where there are none."""
    if not vectors.size:
        return ""
    digest = hashlib.sha256(on_cpu(vectors.data).tobytes())
    digest.update(repr(sorted(vectors.key2row.items())).encode())
    return f"{vectors.shape} {digest.hexdigest()}"


def _with_own_layers(source: Any, pipe: Pipe, paths: Sequence[str]) -> Pipe:
    """Give a copied component copies of what it listened to."""
    if not paths:
        return pipe
    name = source._pipes.get(pipe.origin.name).name if pipe.origin else pipe.name
    # The copy stands where the original does, so that "*" means the same.
    standing = Pipes()
    for one in source._pipes:
        standing.insert(replace(pipe, name=name) if one.name == name else one)
    blocks = values_of(source)["components"]
    own = listeners.replaced(standing, name, paths, lambda one: (source.get_pipe(one), blocks[one]))
    return replace(own, name=pipe.name)


def _paths(pipe: Pipe) -> str:
    """Write the paths of a component's listening blocks as a config does."""
    return json.dumps(list(listeners.listening_blocks(pipe.config)))
