"""Validate data from files: which keys objects have, and which types values have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: A type or a tuple of types; `[shape]` for a list; a dictionary of shapes by key for an object, where `"key?"` is an
#: optional key and `str` matches all other keys.
Shape = Any

#: Types of a number, and of a string or null.
NUMBER, TEXT_OR_NONE = (int, float), (str, type(None))


def check_shape(value: Any, shape: Shape, place: str = "") -> None:
    """Check that a value has a shape.

    Args:
        value: The value.
        shape: The shape.
        place: Name of the value, for messages.

    Raises:
        ValueError: It has another; the message says where.
    """
    if isinstance(shape, Mapping):
        _check_object(value, shape, place)
    elif isinstance(shape, list):
        _check_type(value, (list,), place)
        for i, part in enumerate(value):
            check_shape(part, shape[0], f"{place}[{i}]")
    else:
        _check_type(value, shape if isinstance(shape, tuple) else (shape,), place)


def _check_object(value: Any, shape: Mapping[Any, Shape], place: str) -> None:
    _check_type(value, (dict,), place)
    named = {key.removesuffix("?"): key for key in shape if isinstance(key, str)}
    for name, key in named.items():
        if name in value:
            check_shape(value[name], shape[key], _below(place, name))
        elif not key.endswith("?"):
            raise ValueError(f"{_below(place, name)} is missing")
    if str in shape:
        for name, part in value.items():
            if name not in named:
                check_shape(part, shape[str], _below(place, f"{name:.40}"))


def _check_type(value: Any, types: tuple[type, ...], place: str) -> None:
    # True is an int in Python but not in JSON.
    if not isinstance(value, types) or (isinstance(value, bool) and not {bool, object} & set(types)):
        names = " or ".join({dict: "object", type(None): "null"}.get(each, each.__name__) for each in types)
        raise ValueError(f"{place or 'it'} must be {names}, got {value!r:.40}")


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
