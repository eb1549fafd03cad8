"""The places where a config's callbacks shape the pipeline, and what each must give back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, TypeVar

from kernel.errors import ConfigError

T = TypeVar("T")


def made(section: Mapping[str, Any], key: str, kind: str = "callbacks") -> Callable[[Any], Any] | None:
    """Give what a block of a resolved [nlp] made, or None where the block is empty or left out.

    Raises:
        ConfigError: The block is none, as may be where a config is not validated.
    """
    function = section.get(key)
    if callable(function):
        found: Callable[[Any], Any] = function
        return found
    if function is None or function == {}:
        return None
    raise ConfigError(
        f"[nlp] {key}: expected a section with @{kind}, got {function!r:.80}; name one of {kind}"
    )


def before_creation(callback: Callable[[type[T]], type[T]] | None, language: type[T]) -> type[T]:
    """Let a callback change the language class before it is used; it returns the class or a subclass.

    The callback gets a subclass with defaults of its own, so that what it changes holds for this pipeline and
    not for every other one of the language in the same process.
    """
    if callback is None:
        return language
    changed = callback(_own_copy(language))
    if not (isinstance(changed, type) and issubclass(changed, language)):
        raise ConfigError(
            f"[nlp] before_creation: {_name(callback)} must return the language class that it was given or a "
            f"subclass of it, got {changed!r}; end it with a return"
        )
    return changed


def after_creation(callback: Callable[[T], T] | None, nlp: T, station: str = "after_creation") -> T:
    """Let a callback change a new nlp object; it returns the object.

    Args:
        callback: The callback, or None.
        nlp: The object.
        station: The key of [nlp] that the callback stands under.
    """
    if callback is None:
        return nlp
    changed = callback(nlp)
    if not isinstance(changed, type(nlp)):
        raise ConfigError(
            f"[nlp] {station}: {_name(callback)} must return the nlp object, got {changed!r}; "
            "end it with a return"
        )
    return changed


def _own_copy(language: Any) -> Any:
    defaults = language.Defaults
    own = type(defaults.__name__, (defaults,), {"stop_words": copy(defaults.stop_words)})
    members = {"Defaults": own, "__module__": language.__module__, "__doc__": language.__doc__}
    return type(language.__name__, (language,), members)


def _name(callback: Callable[..., Any]) -> str:
    return repr(getattr(callback, "__qualname__", type(callback).__qualname__))
