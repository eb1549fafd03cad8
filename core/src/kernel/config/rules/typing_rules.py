"""Check values against annotations, and describe annotations in messages.

This is based on confection's checker, with four differences: a string is neither the number that it spells nor a
list of its characters, a section is not a list of its keys, the limits of an `Annotated` number are checked, and a
plain `bool` may be written as 0 or 1.
"""

from __future__ import annotations

import re
from collections import abc
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from confection.typechecker import Ctx, check_branch, check_type, get_annot_branches

_NUMBERS = (int, float, bool)
_LISTS = (list, tuple, set, frozenset, abc.Iterable, abc.Collection, abc.Sequence)
_PLURALS = {int: "ints", float: "floats", bool: "true or false", str: "strings"}
_WORDS: dict[Any, str] = {
    int: "an int",
    float: "a float",
    bool: "true or false",
    str: "a string",
    dict: "a section",
    Mapping: "a section",
    None: "null",
    NoneType: "null",
    Any: "a value",
}


def fits(value: Any, annotation: Any) -> bool:
    """Whether a value of a config, or what a registered function returned, fits an annotation."""
    if annotation is Any or _is_bit(value, annotation):
        return True
    return any(_fits_branch(value, branch) for branch in get_annot_branches(annotation))


def misfit(value: Any, annotation: Any) -> tuple[str, Any, Any] | None:
    """Return the first item of a section that does not fit, as its key, the item and the expected type.

    Returns:
        None where the section itself does not fit.
    """
    for branch in get_annot_branches(annotation) if isinstance(value, Mapping) else ():
        if get_origin(branch) in (dict, abc.Mapping) and len(get_args(branch)) == 2:
            kind = get_args(branch)[1]
            wrong = ((str(key), item, kind) for key, item in value.items() if not fits(item, kind))
            return next(wrong, None)
    return None


def coerced(value: Any, annotation: Any) -> Any:
    """Return a value converted to its annotation: a boolean where a plain `bool` was written as 1 or 0."""
    return bool(value) if _is_bit(value, annotation) else value


def _is_bit(value: Any, annotation: Any) -> bool:
    """Whether a value is 0 or 1 for a plain boolean; pydantic's StrictBool does not accept numbers."""
    return annotation is bool and type(value) is int and value in (0, 1)


def _fits_branch(value: Any, branch: Any) -> bool:
    if _is_schedule(branch):
        return isinstance(value, Iterator)
    plain = get_args(branch)[0] if get_origin(branch) is Annotated else branch
    if isinstance(value, Iterator):
        # Checking the items of a generator would consume it.
        return (
            _is_many(plain)
            or isinstance(plain, TypeVar)
            or (isinstance(plain, type) and isinstance(value, plain))
        )
    if isinstance(value, Mapping) and (get_origin(plain) or plain) in _LISTS:
        return False
    if not check_type(value, branch, custom_handlers={str: _check_text}):
        return False
    if get_origin(branch) is Annotated and isinstance(value, (int, float, str)):
        return _within_limits(value, branch)
    origin, arguments = get_origin(branch), get_args(branch)
    if isinstance(value, list) and origin in (list, tuple) and len(arguments) == 1:
        return all(fits(item, arguments[0]) for item in value)
    if isinstance(value, Mapping) and origin is dict and len(arguments) == 2:
        return all(fits(item, arguments[1]) for item in value.values())
    return True


def _check_text(value: str, annotation: Any, handlers: Any, ctx: Ctx) -> bool:
    """Check a string without converting it to the number that it spells."""
    for branch in get_annot_branches(annotation):
        plain = get_args(branch)[0] if get_origin(branch) is Annotated else branch
        is_other = plain in _NUMBERS or _is_many(plain) or _is_schedule(plain)
        if not is_other and check_branch(value, branch, {}, ctx):
            return True
    return False


def _is_many(annotation: Any) -> bool:
    """Whether an annotation is a collection; a string does not count as one."""
    kind = get_origin(annotation) or annotation
    return (
        isinstance(kind, type) and issubclass(kind, Iterable) and not issubclass(kind, (str, PurePath, Enum))
    )


def _is_schedule(annotation: Any) -> bool:
    """Whether an annotation is Thinc's type of schedules, whose own check accepts any list and any string."""
    return getattr(annotation, "__module__", "") == "thinc.types" and annotation.__name__ == "Generator"


def _within_limits(value: Any, annotation: Any) -> bool:
    from pydantic import ValidationError

    try:
        _adapter(annotation).validate_python(value)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=256)
def _adapter(annotation: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(annotation)


def name_of(annotation: Any) -> str:
    """Return the name of an annotation in the terms of a config, such as "a list of strings"."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return name_of(arguments[0]) + "".join(_limits(annotation))
    if origin is Literal:
        return "one of " + ", ".join(repr(choice) for choice in arguments)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(name_of(branch) for branch in arguments))
    if _is_schedule(annotation):
        return "a schedule"
    if origin is abc.Generator:
        return "a schedule"
    if origin is abc.Callable:
        return "a function"
    if (word := _WORDS.get(origin or annotation)) is not None:
        return word
    if _is_many(annotation):
        return _name_many(arguments)
    return getattr(origin or annotation, "__name__", None) or re.sub(r"\w+\.", "", str(annotation))


def _name_many(arguments: tuple[Any, ...]) -> str:
    plain = [get_args(each)[0] if get_origin(each) is Annotated else each for each in arguments]
    items = [each for each in plain if each in _PLURALS]
    limits = "".join(_limits(arguments[0])) if items and get_origin(arguments[0]) is Annotated else ""
    return f"a list of {_PLURALS[items[0]]}{limits}" if items else "a list"


def _limits(annotation: Any) -> list[str]:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return [
        f", {word} {limit}"
        for metadata in annotation.__metadata__
        for key, word in words.items()
        if (limit := getattr(metadata, key, None)) is not None
    ]
