"""Run the callbacks of a config that shape the pipeline, and check what they return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, TypeVar

from kernel.errors import ConfigError

T = TypeVar("T")


def resolved_function(
    section: Mapping[str, Any], key: str, kind: str = "callbacks"
) -> Callable[[Any], Any] | None:
    """Return the function that a block of [nlp] was resolved to; None if the block is empty or missing.

    Raises:
        ConfigError: It is not a function, as is possible if the config was not validated.
    """
    function = section.get(key)
    if callable(function):
        resolved: Callable[[Any], Any] = function
        return resolved
    if function is None or function == {}:
        return None
    raise ConfigError(
        f"[nlp] {key}: expected a section with @{kind}, got {function!r:.80}; name one of the {kind}"
    )


def before_creation(callback: Callable[[type[T]], type[T]] | None, language: type[T]) -> type[T]:
    """Let a callback change the language class before it is used; it must return the class or a subclass.

    The callback gets a subclass with its own defaults, so that changes apply to this pipeline and
    not to every other pipeline of the language in the same process.
    """
    if callback is None:
        return language
    changed = callback(_own_copy(language))
    if not (isinstance(changed, type) and issubclass(changed, language)):
        raise ConfigError(
            f"[nlp] before_creation: {_name(callback)} must return the language class that it received or a "
            f"subclass of it, got {changed!r}; add a return statement"
        )
    return changed


def after_creation(callback: Callable[[T], T] | None, nlp: T, station: str = "after_creation") -> T:
    """Let a callback change a new nlp object; it must return the object.

    Args:
        callback: The callback, or None.
        nlp: The object.
        station: The callback's key in [nlp].
    """
    if callback is None:
        return nlp
    changed = callback(nlp)
    if not isinstance(changed, type(nlp)):
        raise ConfigError(
            f"[nlp] {station}: {_name(callback)} must return the nlp object, got {changed!r}; "
            "add a return statement"
        )
    return changed


def _own_copy(language: Any) -> Any:
    defaults = language.Defaults
    own = type(defaults.__name__, (defaults,), {"stop_words": copy(defaults.stop_words)})
    members = {"Defaults": own, "__module__": language.__module__, "__doc__": language.__doc__}
    return type(language.__name__, (language,), members)


def _name(callback: Callable[..., Any]) -> str:
    return repr(getattr(callback, "__qualname__", type(callback).__qualname__))
