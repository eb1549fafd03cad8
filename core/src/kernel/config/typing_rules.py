"""Whether a value fits an annotation, and how the annotation is called in a message.

confection's checker does the work, with three differences: a text is never a number, the limits of an
`Annotated` number hold, and an annotation may be one of pydantic's types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from confection.typechecker import Ctx, check_branch, check_type, get_annot_branches

_NUMBERS = (int, float, bool)
_WORDS = {int: "an int", float: "a float", bool: "true or false", str: "a string", list: "a list"}
_WORDS |= {dict: "a section", NoneType: "null", tuple: "a list"}


def fits(value: Any, annotation: Any) -> bool:
    """Whether a value of a config, or what a registered function returned, fits an annotation."""
    if annotation is Any:
        return True
    return any(_fits_branch(value, branch) for branch in get_annot_branches(annotation))


def _fits_branch(value: Any, branch: Any) -> bool:
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
    """Check a string without taking it for the number that it spells."""
    for branch in get_annot_branches(annotation):
        plain = get_args(branch)[0] if get_origin(branch) is Annotated else branch
        if plain not in _NUMBERS and check_branch(value, branch, {}, ctx):
            return True
    return False


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
    """Call an annotation by words that a writer of configs knows."""
    if annotation in _WORDS:
        return _WORDS[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return name_of(arguments[0]) + "".join(_limits(annotation))
    if origin is Literal:
        return "one of " + ", ".join(repr(choice) for choice in arguments)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(name_of(branch) for branch in arguments))
    if origin is not None:
        return _name_generic(origin, arguments)
    return getattr(annotation, "__name__", None) or re.sub(r"\w+\.", "", str(annotation))


def _name_generic(origin: Any, arguments: tuple[Any, ...]) -> str:
    word = _WORDS.get(origin, getattr(origin, "__name__", str(origin)).lower())
    if origin in (list, tuple) or (isinstance(origin, type) and issubclass(origin, Iterable)):
        plain = [
            name_of(item)
            for item in arguments
            if item is not Ellipsis and isinstance(item, type | GenericAlias)
        ]
        return f"{word} of {plain[-1].removeprefix('an ').removeprefix('a ')} values" if plain else word
    return word


def _limits(annotation: Any) -> list[str]:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return [
        f", {word} {limit}"
        for metadata in annotation.__metadata__
        for key, word in words.items()
        if (limit := getattr(metadata, key, None)) is not None
    ]
