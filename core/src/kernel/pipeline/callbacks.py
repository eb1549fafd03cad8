"""The places where a config's callbacks shape the pipeline, and what each must give back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kernel.errors import ConfigError

T = TypeVar("T")


def before_creation(callback: Callable[[type[T]], type[T]] | None, language: type[T]) -> type[T]:
    """Let a callback change the language class before it is used; it returns the class or a subclass."""
    if callback is None:
        return language
    changed = callback(language)
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


def _name(callback: Callable[..., Any]) -> str:
    return repr(getattr(callback, "__qualname__", type(callback).__qualname__))
