"""Add, copy, replace, rename, remove and switch the components of a pipeline: methods of `Language`."""

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
    """Give what the factory of a component states."""
    meta: FactoryMeta = nlp._pipes.get(name).meta
    return meta


def get_pipe_config(nlp: Any, name: str) -> Config:
    """Give the block of a component."""
    return Config(nlp._pipes.get(name).config, is_interpolated=False)


def analyze_pipes(nlp: Any, *, keys: Sequence[str] = analysis.KEYS, pretty: bool = False) -> dict[str, Any]:
    """Gather what the components state about themselves, and what one needs and none before it sets.

    Args:
        keys: Which facts: "assigns", "requires", "scores", "retokenizes".
        pretty: Whether to print it as a table.

    Returns:
        `summary`: facts by component; `problems`: unmet requirements by component; `attrs`: who assigns and who
        requires each attribute.
    """
    found = analysis.analyze(nlp._pipes, keys)
    if pretty:
        print(analysis.as_text(found, keys))
    return found


def create_pipe(
    nlp: Any,
    factory_name: str,
    name: str | None = None,
    *,
    config: Mapping[str, Any] | None = None,
    raw_config: Mapping[str, Any] | None = None,
    validate: bool = True,
) -> Any:
    """Make a component without adding it; arguments as in `add_pipe`."""
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
    """Make a component and add it to the pipeline.

    Args:
        factory_name: The factory; with `source`, the component's name there.
        name: The component's name here; the factory's when None.
        before: The name or index of the component that follows it.
        after: The name or index of the component that it follows.
        first: Whether it comes first.
        last: Whether it comes last, as it does when no place is given.
        source: A pipeline to copy the component from, with its weights.
        config: Settings over the factory's defaults.
        raw_config: The block as it is to be saved, variables kept; `config` when None.
        validate: Whether the settings are checked against the factory.

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
    """Put a new component in the place of one, under the same name."""
    nlp._pipes.get(name)
    pipe = component_factory.new_pipe(nlp, factory_name, name, config, None, validate)
    nlp._pipes.replace(name, pipe)
    return pipe.component


def replace_listeners(nlp: Any, tok2vec_name: str, pipe_name: str, listeners: Iterable[str]) -> None:
    """Give a component its own copy of the shared layers that it listens to, weights included.

    The component predicts as before, and then no longer changes with the shared one, which may be removed.

    Args:
        tok2vec_name: The shared component.
        pipe_name: The component that listens.
        listeners: The blocks of its listening layers, such as "model.tok2vec".
    """
    sourcing.replace_listeners(nlp, tok2vec_name, pipe_name, list(listeners))


def rename_pipe(nlp: Any, old_name: str, new_name: str) -> None:
    """Give a component another name."""
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
    """Take a component out and return its name and the component."""
    pipe = nlp._pipes.remove(name)
    nlp.config["initialize"].get("components", {}).pop(name, None)
    return pipe.name, pipe.component


def disable_pipe(nlp: Any, name: str) -> None:
    """Keep a component out of use until it is enabled."""
    nlp._pipes.check_known([name])
    nlp._pipes.disabled.add(name)


def enable_pipe(nlp: Any, name: str) -> None:
    """Put a disabled component to use again."""
    nlp._pipes.check_known([name])
    nlp._pipes.disabled.discard(name)


def disable_pipes(nlp: Any, *names: Names) -> DisabledPipes:
    """Leave components out of use, until the end of a `with` block or `restore()`; `select_pipes` says the same."""
    listed = [one for name in names for one in ([name] if isinstance(name, str) else name)]
    return select_pipes(nlp, disable=listed)


def select_pipes(nlp: Any, *, disable: Names | None = None, enable: Names | None = None) -> DisabledPipes:
    """Use some of the components, until the end of a `with` block or `restore()`.

    Args:
        disable: These are out of use.
        enable: All but these are out of use.
    """
    return DisabledPipes(nlp._pipes, select(nlp._pipes, enable, disable))


def set_error_handler(nlp: Any, error_handler: ErrorHandler) -> None:
    """Say what to do with documents that a component fails on, for all components that are here or come later.

    `nlp.pipe` goes on without them where the handler returns; `nlp(text)` gives the document to the next component.

    Args:
        error_handler: Takes the component's name, the component, the documents that it was to annotate together,
            and the error.
    """
    check_handler(error_handler)
    nlp.default_error_handler = error_handler
    hand_over(error_handler, [component for _, component in nlp.components])
