"""Create a component from its settings: fill, check and resolve them, and call the factory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from kernel.config import Config, fill_config
from kernel.config.block_check import BlockCheck
from kernel.config.block_tree import Block
from kernel.config.format.parsing import copied
from kernel.config.plugin_choice import plugins_of
from kernel.config.resolve import call, resolve_arguments
from kernel.config.rules.component_names import misnomer
from kernel.config.rules.mistakes import Mistakes
from kernel.errors import ConfigAddress, ConfigError, KernelError
from kernel.pipeline.components.factories import factory_name, find_factory, find_meta
from kernel.pipeline.components.pipes import Pipe
from kernel.pipeline.run.failures import hand_over, raise_error
from kernel.pipeline.run.ops import kernel_ops


def check_factory_name(factory: object) -> None:
    """Check that a factory is given by name, not as a function."""
    if not isinstance(factory, str):
        raise ConfigError(
            f"nlp.add_pipe: expected the name of a factory, got {factory!r}; declare the function with "
            "@Language.component('name') and add it by that name"
        )


def new_pipe(
    nlp: Any,
    factory: str,
    name: str | None,
    config: Mapping[str, Any] | None,
    raw_config: Mapping[str, Any] | None,
    validate: bool,
) -> Pipe:
    """Create a component from its settings.

    Args:
        nlp: The pipeline that it is for.
        factory: The factory's name.
        name: The component's name; by default the factory's.
        config: Its settings; complete if `raw_config` is given, otherwise they override the defaults.
        raw_config: The same settings with variables.
        validate: Whether to check the settings first.
    """
    check_factory_name(factory)
    name = factory if name is None else name
    if what := misnomer(name):
        raise ConfigError(f"pipeline: {what}")
    if config is not None and not isinstance(config, Mapping):
        raise ConfigError(f"[components.{name}]: expected settings as a dictionary, got {config!r}")
    block = {"factory": factory, **{key: value for key, value in (config or {}).items() if key != "factory"}}
    with plugins_of(nlp.config):
        meta = _factory_meta(nlp.lang, factory, name)
        if raw_config is None:
            raw_config, block = _filled_block(nlp, name, block)
        if validate:
            _check_block(nlp.lang, name, block)
        component = _component(nlp, name, block, getattr(nlp.config, "sources", {}))
    if nlp.default_error_handler is not raise_error:
        hand_over(nlp.default_error_handler, [component])
    return Pipe(name, component, meta, {**deepcopy(dict(raw_config)), "factory": factory})


def _factory_meta(lang: str, factory: str, name: str) -> Any:
    try:
        return find_meta(lang, factory)
    except KernelError as error:
        raise error.at(ConfigAddress(f"components.{name}", "factory")) from error


def _filled_block(nlp: Any, name: str, block: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fill in all defaults of a component's block, and return it with variables and without."""
    config = Config(copied(nlp.config), is_interpolated=False)
    config["nlp"]["pipeline"] = [*config["nlp"]["pipeline"], name]
    config["components"][name] = {**block, "factory": factory_name(nlp.lang, block["factory"])}
    filled = fill_config(config)
    raw, plain = filled["components"][name], filled.interpolate()["components"][name]
    return dict(raw), {**plain, "factory": block["factory"]}


def _check_block(lang: str, name: str, block: Mapping[str, Any]) -> None:
    mistakes = Mistakes({})
    registered = {**block, "factory": factory_name(lang, block["factory"])}
    BlockCheck(mistakes).check_component(f"components.{name}", registered)
    mistakes.raise_all()


def _component(
    nlp: Any, name: str, block: Mapping[str, Any], sources: Mapping[str, Any]
) -> Callable[..., Any]:
    section = f"components.{name}"
    factory = find_factory(nlp.lang, block["factory"])
    with kernel_ops():
        arguments = {**resolve_arguments(Block.component(section, block), factory, sources), "name": name}
        component = call(factory, arguments, name=block["factory"], section=section, sources=sources, nlp=nlp)
    if not callable(component):
        raise ConfigError(
            f"[{section}]: a component must be callable with a Doc, got {component!r} from factory "
            f"{block['factory']!r}; return the component from it"
        )
    return component  # type: ignore[no-any-return]
