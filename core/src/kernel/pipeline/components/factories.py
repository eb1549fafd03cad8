"""Find component factories by name, and register those declared in the user's own code."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from kernel.contracts import FactoryMeta, stated_meta
from kernel.contracts import factory as declare
from kernel.errors import ConfigError
from kernel.registry import registry

Factory = Callable[..., Any]


def factory_name(lang: str, name: str) -> str:
    """Return the registered name of a factory for a language: its own variant `lang.name` if there is one."""
    own = own_name(lang, name)
    return own if registry.has("factories", own) else name


def own_name(lang: str, name: str) -> str:
    """Return the name of a language's own variant of a factory, whether it exists or not."""
    return f"{lang}.{name}" if lang else name


def find_factory(lang: str, name: str) -> Factory:
    """Return a factory by name.

    Raises:
        UnknownName: No factory has this name.
    """
    factory: Factory = registry.get("factories", factory_name(lang, name))
    return factory


def find_meta(lang: str, name: str) -> FactoryMeta:
    """Return what a factory declares about itself; an empty declaration if it declares nothing."""
    meta: FactoryMeta = stated_meta(find_factory(lang, name)) or FactoryMeta(name)
    return meta if meta.name == name else replace(meta, name=name)


def set_meta(lang: str, name: str, meta: FactoryMeta) -> None:
    """Replace what a factory declares about itself.

    Raises:
        UnknownName: No factory has this name.
    """
    if not isinstance(meta, FactoryMeta):
        raise ConfigError(f"factory {name!r}: expected a FactoryMeta, got {meta!r:.80}")
    find_factory(lang, name).__factory__ = meta  # type: ignore[attr-defined]


def register_factory(
    name: str, func: Factory, *, lang: str = "", default_config: Mapping[str, Any] | None = None, **facts: Any
) -> Factory:
    """Register a factory from the user's own code.

    Args:
        name: Its name in configs.
        func: Takes `nlp`, `name` and the settings of its block.
        lang: The language that it is for; empty for all.
        default_config: Defaults for settings.
        facts: `assigns`, `requires`, `retokenizes`, `default_score_weights`.
    """
    _check_name(name)
    if not callable(func):
        raise ConfigError(
            f"factory {name!r}: expected a function, got {func!r}; put the decorator above a def"
        )
    _check_arguments(name, func)
    if default_config is not None and not isinstance(default_config, Mapping):
        raise ConfigError(f"factory {name!r}: default_config must be a dictionary, got {default_config!r}")
    # A function may have two names with different declarations: the second is put on a copy.
    target = func if stated_meta(func) is None else _copy(func)
    declare(name, default_config=default_config, **facts)(target)
    registry.factories.register(own_name(lang, name), func=target)
    return func


def register_component(name: str, component: Callable[..., Any], *, lang: str = "", **facts: Any) -> Any:
    """Register a function from Doc to Doc, without settings, as a component."""
    _check_name(name)
    if not callable(component):
        raise ConfigError(
            f"component {name!r}: expected a function, got {component!r}; put the decorator above a def"
        )
    register_factory(name, _copy(partial(_component, component), like=component), lang=lang, **facts)
    return component


def declare_factory(
    language: Any,
    name: str,
    *,
    default_config: Mapping[str, Any] | None = None,
    assigns: Iterable[str] = (),
    requires: Iterable[str] = (),
    retokenizes: bool = False,
    default_score_weights: Mapping[str, float | None] | None = None,
    func: Callable[..., Any] | None = None,
) -> Any:
    """Register a function that creates a component; a decorator for the user's own code.

    Args:
        name: Its name in configs.
        default_config: Defaults for settings.
        assigns: Attributes that the component sets, such as `token.tag`.
        requires: Attributes that must be set before it runs.
        retokenizes: Whether it changes the tokens.
        default_score_weights: Weight of each score in the pipeline's score; None hides a score.
        func: The function, if this is not used as a decorator.
    """
    facts: dict[str, Any] = {
        "default_config": default_config,
        "assigns": assigns,
        "requires": requires,
        "retokenizes": retokenizes,
        "default_score_weights": default_score_weights,
    }
    if func is not None:
        return register_factory(name, func, lang=language.lang, **facts)
    return lambda target: register_factory(name, target, lang=language.lang, **facts)


def declare_component(
    language: Any,
    name: str,
    *,
    assigns: Iterable[str] = (),
    requires: Iterable[str] = (),
    retokenizes: bool = False,
    func: Callable[..., Any] | None = None,
) -> Any:
    """Register a function from Doc to Doc, without settings, as a component; also a decorator."""
    facts: dict[str, Any] = {"assigns": assigns, "requires": requires, "retokenizes": retokenizes}
    if func is not None:
        return register_component(name, func, lang=language.lang, **facts)
    return lambda target: register_component(name, target, lang=language.lang, **facts)


def _component(component: Callable[..., Any], nlp: Any, name: str) -> Callable[..., Any]:
    return component() if isinstance(component, type) else component


def _copy(func: Callable[..., Any], like: Callable[..., Any] | None = None) -> Callable[..., Any]:
    copied = partial(func)
    for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
        if hasattr(like or func, attribute):
            setattr(copied, attribute, getattr(like or func, attribute))
    return copied


def _check_arguments(name: str, func: Factory) -> None:
    try:
        expected = inspect.signature(func)
    except ValueError:
        return  # a function written in C has no signature
    try:
        expected.bind_partial(nlp=None, name="")
    except TypeError as error:
        raise ConfigError(
            f"factory {name!r}: expected the arguments nlp and name, got {expected}; write def make(nlp, name, ...)"
        ) from error


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise ConfigError(
            f"factory: expected a name, got {name!r}; write @Language.factory('name') or "
            "@Language.component('name')"
        )
    if "." in name:
        raise ConfigError(
            f"factory {name!r}: the name must not contain a dot, got {name!r}; dots separate languages"
        )
