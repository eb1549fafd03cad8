"""Signatures, values and classes as text that is the same in every supported version of Python."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

#: Special methods that somebody calls by an operator or a statement.
_OPERATORS = (
    "__call__", "__contains__", "__delitem__", "__enter__", "__exit__", "__getitem__", "__iter__", "__len__",
    "__next__", "__setitem__",
)  # fmt: skip


def signature(function: Callable[..., Any], *, is_method: bool = False) -> str:
    """Write the arguments of a function, with types and defaults, and what it returns.

    Args:
        function: The function or class.
        is_method: Whether its first argument is the object.
    """
    found = inspect.signature(function)
    parameters = list(found.parameters.values())[1 if is_method else 0 :]
    returned = found.return_annotation
    written = [_parameter(parameter) for parameter in parameters]
    for place, parameter in enumerate(parameters):
        before = parameters[place - 1].kind if place else None
        if parameter.kind is parameter.KEYWORD_ONLY and before not in (
            parameter.KEYWORD_ONLY,
            parameter.VAR_POSITIONAL,
        ):
            written[place] = f"*, {written[place]}"
        if before is parameter.POSITIONAL_ONLY and parameter.kind is not parameter.POSITIONAL_ONLY:
            written[place] = f"/, {written[place]}"
    arrow = "" if returned is inspect.Signature.empty else f" -> {annotation(returned)}"
    return f"({', '.join(written)}){arrow}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    is_typed = parameter.annotation is not parameter.empty
    typed = f": {annotation(parameter.annotation)}" if is_typed else ""
    if parameter.default is parameter.empty:
        return f"{stars}{parameter.name}{typed}"
    equals = " = " if is_typed else "="
    return f"{parameter.name}{typed}{equals}{value(parameter.default)}"


def annotation(found: Any) -> str:
    """Write a type as a module writes it, whether Python has kept the text or the type."""
    if isinstance(found, str):
        return " ".join(found.split())
    if found in (None, NoneType):
        return "None"
    origin, arguments = get_origin(found), get_args(found)
    if origin in (Union, UnionType):
        return " | ".join(map(annotation, arguments))
    if origin is Annotated:
        return f"Annotated[{', '.join([annotation(arguments[0]), *map(repr, arguments[1:])])}]"
    if origin is not None:
        inner = [
            f"[{', '.join(map(annotation, one))}]" if isinstance(one, list) else annotation(one)
            for one in arguments
        ]
        return f"{annotation(origin)}[{', '.join(inner)}]"
    if found is Ellipsis:
        return "..."
    return str(getattr(found, "__name__", found if isinstance(found, (int, bool)) else repr(found)))


def value(found: Any) -> str:
    """Write a default; what is no plain data by its name or its class."""
    if isinstance(found, (list, tuple, set, frozenset, dict)) and len(found) > 8:
        return f"<{type(found).__name__} of {len(found)}>"
    if isinstance(found, (set, frozenset)):
        return f"{{{', '.join(sorted(map(value, found)))}}}"
    if isinstance(found, (list, tuple)):
        written = ", ".join(map(value, found))
        return f"[{written}]" if isinstance(found, list) else f"({written})"
    if type(found) is dict:
        return f"{{{', '.join(f'{value(key)}: {value(item)}' for key, item in found.items())}}}"
    if found is None or type(found) in (bool, int, float, str, bytes):
        return repr(found)
    if found is Ellipsis:
        return "..."
    if repr(found) == "<factory>":
        return "<factory>"
    return f"<{getattr(found, '__name__', type(found).__name__)}>"


def members(cls: type) -> Iterator[tuple[str, str]]:
    """Yield the public members of a class that its own project defines, each with what there is to say of it."""
    found: dict[str, str] = {}
    for base in reversed(_own_bases(cls)):
        for name in _set_on_objects(base):
            found.setdefault(name, "")
        for name, kind in inspect.get_annotations(base).items():
            found[name] = f": {annotation(kind)}"
        for name, member in vars(base).items():
            found[name] = _member(member) or found.get(name, "")
    for name in sorted(found):
        if name in _OPERATORS or not name.startswith("_"):
            yield name, found[name]


def _member(member: Any) -> str:
    if isinstance(member, property):
        settable = ", settable" if member.fset is not None else ""
        kind = inspect.signature(member.fget).return_annotation if member.fget is not None else "Any"
        return f": {annotation(kind) if kind is not inspect.Signature.empty else 'Any'} (property{settable})"
    if isinstance(member, staticmethod):
        return f"{signature(member.__func__)} (static)"
    if isinstance(member, classmethod):
        return f"{signature(member.__func__, is_method=True)} (class method)"
    if inspect.isfunction(member):
        return signature(member, is_method=True)
    if isinstance(member, (bool, int, float, str)):
        return f" = {value(member)}"
    return ""


def _set_on_objects(cls: type) -> Iterator[str]:
    """Yield the names that methods of a class give to attributes of the object."""
    try:
        source = textwrap.dedent(inspect.getsource(cls))
    except (OSError, TypeError):
        return
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(ast.Name("self"), name, ast.Store()):
                yield name


def bases(cls: type) -> str:
    """Write the bases of a class that others can rely on: Python's own, and the classes of exceptions."""
    told = [
        base.__name__
        for base in cls.__bases__
        if base is not object and (base.__module__ == "builtins" or issubclass(base, BaseException))
    ]
    return f"({', '.join(told)})" if told else ""


def constructor(cls: type) -> str:
    """Write what makes an object of a class; nothing where that is what Python does for every class."""
    if getattr(cls, "_is_protocol", False) or inspect.isabstract(cls):
        return ""
    is_own = any({"__init__", "__new__"} & set(vars(base)) for base in _own_bases(cls))
    return signature(cls) if is_own else ""


def _own_bases(cls: type) -> list[type]:
    """A class and those of its bases that come from the same project."""
    project = cls.__module__.partition(".")[0]
    return [base for base in cls.__mro__ if base.__module__.partition(".")[0] == project]


def single_spaced(text: str) -> str:
    """Put a text into one line."""
    return re.sub(r"\s+", " ", text).strip()
