"""Fill a config with the defaults of `default.cfg`, of its components and of every registered function.

Values that the user wrote, variables included, are not changed; only missing ones are added.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from kernel.config.block_tree import FACTORY_ARGUMENTS, Block, Visitor, fold, is_list
from kernel.config.format.document import Config
from kernel.config.format.parsing import copied
from kernel.config.format.references import follow
from kernel.config.format.sources import MAX_LEVELS
from kernel.config.format.writing import SECTION_ORDER
from kernel.config.plugin_choice import plugins_of
from kernel.config.rules.defaults import DEFAULT_CONFIG
from kernel.config.rules.score_weights import combine_score_weights
from kernel.config.rules.signatures import signature
from kernel.contracts import stated_meta
from kernel.errors import ConfigError, KernelError
from kernel.registry import registry


def fill_config(config: Mapping[str, Any]) -> Config:
    """Return a copy of a config with all defaults added.

    Defaults come from, in this order: `default.cfg`; the language's `Defaults.config`, such as its own tokenizer;
    the default config of each component's factory; the signatures of all registered functions that the config names. A
    block that calls another function than the default block takes nothing from it. Unknown names are left unchanged.
    The size of a batcher defaults to `[training] batch_size`, if that is set.

    Args:
        config: Nested sections. Variables may refer to keys that only the defaults have.
    """
    user = _own(config)
    with plugins_of(user):
        return _filled(user)


def fill_selected(config: Mapping[str, Any]) -> Config:
    """Do the same within a `with plugins_of(...)` block, using the plugins selected there."""
    return _filled(_own(config))


def _own(config: Mapping[str, Any]) -> Config:
    _check_keys(config)
    user = Config(copied(config), is_interpolated=False)
    user.sources = dict(getattr(config, "sources", {}))
    return user


def _filled(user: Config) -> Config:
    filled = defaults_and(user)
    training = user.get("training")
    if isinstance(training, Mapping) and is_list(training.get("logger")):
        # A list of loggers does not include the default one.
        filled["training"]["logger"] = copied(training["logger"])
    _connect_batch_size(user, filled)
    _fill_components(filled)
    fold(filled, "", _Filler(filled), None)
    training = filled.get("training")
    if isinstance(training, Mapping) and training.get("score_weights") in (None, {}):
        filled["training"]["score_weights"] = combine_score_weights(default_score_weights(filled))
    ordered = Config(_in_order(filled), is_interpolated=False)
    ordered.sources = user.sources
    return ordered


def defaults_and(user: Config) -> Config:
    """Return a copy of a config with the defaults of `default.cfg` and of its language, but not those of functions."""
    return DEFAULT_CONFIG.merge(language_config(user)).merge(user)


def language_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults of a config's language, which replace those of `default.cfg`; empty if it is unknown."""
    section = config.get("nlp")
    lang = follow(config, section.get("lang")) if isinstance(section, Mapping) else None
    defaults = getattr(registered("languages", lang), "Defaults", None)
    return dict(copied(getattr(defaults, "config", {})))


def factory_of(block: Any, root: Mapping[str, Any]) -> Callable[..., Any] | None:
    """Return the factory that a component's block names, or None if it is unknown or cannot be loaded."""
    name = block.get("factory") if isinstance(block, Mapping) else None
    return registered("factories", follow(root, name))


def registered(kind: str, name: Any) -> Callable[..., Any] | None:
    """Return a registered function, or None if it cannot be loaded; the check of the config reports why."""
    try:
        return registry.get(kind, name) if isinstance(name, str) else None
    except KernelError:
        return None


def default_score_weights(config: Mapping[str, Any]) -> list[dict[str, float | None]]:
    """Return the default score weights of the factories of a pipeline, in the pipeline's order."""
    pipeline = config.get("nlp", {}).get("pipeline", ())
    blocks = config.get("components", {})
    names = [name for name in pipeline if isinstance(name, str)] if isinstance(pipeline, list | tuple) else []
    metas = [stated_meta(factory_of(blocks.get(name), config)) for name in names]
    return [dict(meta.default_score_weights) for meta in metas if meta is not None]


def _connect_batch_size(user: Mapping[str, Any], filled: Config) -> None:
    """Use `[training] batch_size` as the batcher's size, if it has such a parameter and none is set."""
    training = user.get("training")
    if not isinstance(training, Mapping) or "batch_size" not in training:
        return
    own, batcher = training.get("batcher", {}), filled["training"].get("batcher")
    func = (
        registered("batchers", follow(filled, batcher.get("@batchers")))
        if isinstance(batcher, dict)
        else None
    )
    if func is not None and "size" not in own and "size" in signature(func).parameters:
        batcher["size"] = "${training.batch_size}"


def _fill_components(filled: Config) -> None:
    components = filled.get("components")
    for name, block in components.items() if isinstance(components, dict) else ():
        factory = factory_of(block, filled)
        if factory is None or not isinstance(block, dict):
            continue
        if meta := stated_meta(factory):
            components[name] = Config({name: copied(meta.default_config)}).merge({name: block})[name]
        _add_defaults(components[name], factory, without=FACTORY_ARGUMENTS)


class _Filler(Visitor[None, bool]):
    """Adds the defaults of its function to every block, in place, and to the blocks in these defaults.

    Args:
        root: The whole config, to follow its variables.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def enter(self, block: Block, context: None) -> bool:
        func = registered(block.kind, follow(self._root, block.name))
        if func is not None and isinstance(block.section, dict):
            _add_defaults(block.section, func)
        return True


def _add_defaults(block: dict[str, Any], func: Callable[..., Any], *, without: tuple[str, ...] = ()) -> None:
    for name, parameter in signature(func, without=without).parameters.items():
        if name not in block and not parameter.required and _is_plain(parameter.default):
            block[name] = copied(parameter.default)


def _is_plain(value: Any) -> bool:
    """Whether a default can be written to a config; other objects remain defaults of the function."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def _check_keys(tree: Mapping[Any, Any], section: str = "", level: int = 1) -> None:
    if level > MAX_LEVELS:
        raise ConfigError(
            f"[{section[:40]}...]: sections are nested more than {MAX_LEVELS} levels deep; flatten them"
        )
    for key, value in tree.items():
        if not isinstance(key, str):
            raise ConfigError(f"[{section}]: keys of a config must be strings, got {key!r}; put it in quotes")
        if isinstance(value, Mapping):
            _check_keys(value, f"{section}.{key}" if section else key, level + 1)


def _in_order(filled: Mapping[str, Any]) -> dict[str, Any]:
    order = [*(name for name in SECTION_ORDER if name in filled), *filled]
    return {name: filled[name] for name in dict.fromkeys(order)}
