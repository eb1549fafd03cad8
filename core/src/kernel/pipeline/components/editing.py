"""Add, copy, replace, rename, remove, enable and disable components: methods of `Language`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kernel.config import Config
from kernel.contracts import FactoryMeta
from kernel.contracts.capabilities import offers_name
from kernel.pipeline.components import analysis, component_factory, listeners, sourcing
from kernel.pipeline.components.pipes import DisabledPipes, select
from kernel.pipeline.run.failures import ErrorHandler, check_handler, hand_over

Names = str | Iterable[str]


def get_pipe_meta(nlp: Any, name: str) -> FactoryMeta:
    """Return what a component's factory declares."""
    meta: FactoryMeta = nlp._pipes.get(name).meta
    return meta


def get_pipe_config(nlp: Any, name: str) -> Config:
    """Return a component's block of the config."""
    return Config(nlp._pipes.get(name).config, is_interpolated=False)


def analyze_pipes(nlp: Any, *, keys: Sequence[str] = analysis.KEYS, pretty: bool = False) -> dict[str, Any]:
    """Collect what the components declare about themselves, and requirements that no earlier component meets.

    Args:
        keys: What to include: "assigns", "requires", "scores", "retokenizes".
        pretty: Whether to print the result as a table.

    Returns:
        `summary`: declarations by component; `problems`: unmet requirements by component; `attrs`: for each
        attribute, the components that assign it and those that require it.
    """
    result = analysis.analyze(nlp._pipes, keys)
    if pretty:
        print(analysis.as_text(result, keys))
    return result


def create_pipe(
    nlp: Any,
    factory_name: str,
    name: str | None = None,
    *,
    config: Mapping[str, Any] | None = None,
    raw_config: Mapping[str, Any] | None = None,
    validate: bool = True,
) -> Any:
    """Create a component without adding it; the arguments are those of `add_pipe`."""
    return component_factory.new_pipe(nlp, factory_name, name, config, raw_config, validate).component


def create_pipe_from_source(nlp: Any, source_name: str, source: Any, *, name: str) -> tuple[Any, str]:
    """Copy a component of another pipeline without adding it.

    Args:
        source_name: The component's name there.
        source: The other pipeline.
        name: The component's name here.

    Returns:
        The component and the name of its factory.
    """
    pipe = sourcing.sourced_pipe(nlp, source, source_name, name)
    sourcing.check_vectors([pipe], nlp.vocab.vectors)
    return pipe.component, pipe.meta.name


def add_pipe(
    nlp: Any,
    factory_name: str,
    name: str | None = None,
    *,
    before: str | int | None = None,
    after: str | int | None = None,
    first: bool | None = None,
    last: bool | None = None,
    source: Any = None,
    config: Mapping[str, Any] | None = None,
    raw_config: Mapping[str, Any] | None = None,
    validate: bool = True,
) -> Any:
    """Create a component and add it to the pipeline.

    Args:
        factory_name: The factory's name; with `source`, the component's name in the source.
        name: The component's name here; by default the factory's.
        before: The name or index of the component to insert it before.
        after: The name or index of the component to insert it after.
        first: Whether to insert it first.
        last: Whether to insert it last, which is the default.
        source: A pipeline to copy the component from, with its weights.
        config: Settings that override the factory's defaults.
        raw_config: The block to save, with variables; by default `config`.
        validate: Whether to check the settings against the factory.

    Returns:
        The component.
    """
    component_factory.check_factory_name(factory_name)
    name = factory_name if name is None else name
    nlp._pipes.check_new(name)
    if source is None:
        pipe = component_factory.new_pipe(nlp, factory_name, name, config, raw_config, validate)
    else:
        pipe = sourcing.sourced_pipe(nlp, source, factory_name, name)
        sourcing.check_vectors([pipe], nlp.vocab.vectors)
    nlp._pipes.insert(pipe, before=before, after=after, first=first, last=last)
    sourcing.connect(nlp._pipes)
    return pipe.component


def replace_pipe(
    nlp: Any, name: str, factory_name: str, *, config: Mapping[str, Any] | None = None, validate: bool = True
) -> Any:
    """Replace a component by a new one with the same name and position."""
    nlp._pipes.get(name)
    pipe = component_factory.new_pipe(nlp, factory_name, name, config, None, validate)
    nlp._pipes.replace(name, pipe)
    return pipe.component


def replace_listeners(nlp: Any, tok2vec_name: str, pipe_name: str, listeners: Iterable[str]) -> None:
    """Replace a component's listeners by its own copies of the shared layers, including their weights.

    The component predicts as before, but no longer depends on the shared component, which may be removed.

    Args:
        tok2vec_name: The shared component.
        pipe_name: The component that listens.
        listeners: The config paths of its listening layers, such as "model.tok2vec".
    """
    sourcing.replace_listeners(nlp, tok2vec_name, pipe_name, list(listeners))


def rename_pipe(nlp: Any, old_name: str, new_name: str) -> None:
    """Rename a component."""
    listening = [
        name for name, upstream, real in listeners.all_listening(nlp._pipes) if upstream == real == old_name
    ]
    nlp._pipes.rename(old_name, new_name)
    for name in listening:
        listeners.point(nlp._pipes.get(name), old_name, new_name)
    component = nlp.get_pipe(new_name)
    if offers_name(component):
        component.name = new_name
    block = nlp.config["initialize"].get("components", {})
    if old_name in block:
        block[new_name] = block.pop(old_name)


def remove_pipe(nlp: Any, name: str) -> tuple[str, Any]:
    """Remove a component and return its name and the component."""
    pipe = nlp._pipes.remove(name)
    nlp.config["initialize"].get("components", {}).pop(name, None)
    return pipe.name, pipe.component


def disable_pipe(nlp: Any, name: str) -> None:
    """Disable a component until it is enabled again."""
    nlp._pipes.check_known([name])
    nlp._pipes.disabled.add(name)


def enable_pipe(nlp: Any, name: str) -> None:
    """Enable a disabled component."""
    nlp._pipes.check_known([name])
    nlp._pipes.disabled.discard(name)


def disable_pipes(nlp: Any, *names: Names) -> DisabledPipes:
    """Disable components until the end of a `with` block or `restore()`; like `select_pipes(disable=...)`."""
    flat = [each for name in names for each in ([name] if isinstance(name, str) else name)]
    return select_pipes(nlp, disable=flat)


def select_pipes(nlp: Any, *, disable: Names | None = None, enable: Names | None = None) -> DisabledPipes:
    """Enable only some components until the end of a `with` block or `restore()`.

    Args:
        disable: Components to disable.
        enable: Components to keep; all others are disabled.
    """
    return DisabledPipes(nlp._pipes, select(nlp._pipes, enable, disable))


def set_error_handler(nlp: Any, error_handler: ErrorHandler) -> None:
    """Set the function to call when a component fails, for all current and future components.

    If the handler returns, `nlp.pipe` continues without the documents; `nlp(text)` passes the document to the next
    component.

    Args:
        error_handler: Takes the component's name, the component, the batch of documents and the error.
    """
    check_handler(error_handler)
    nlp.default_error_handler = error_handler
    hand_over(error_handler, [component for _, component in nlp.components])
