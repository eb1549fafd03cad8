"""Describe the function behind a registered name: file, signature, docstring, and what is wrong with them."""

from __future__ import annotations

import inspect
import re
import typing
from dataclasses import dataclass
from typing import Any

from kernel.errors import KernelError
from kernel.plugins.tables import Entry, one_line

#: Kinds whose names need no version, because no config writes them as `@kind = "name"`.
UNVERSIONED = frozenset(
    {
        *("commands", "converters", "data_checks", "factories", "languages", "lookups", "matchers", "ops"),
        "recommendations",
    }
)
#: Kinds whose target is used as it is; no config sets arguments for it.
READY_MADE = frozenset({"commands", "languages", "matchers", "ops"})
#: Some of Thinc's types cannot be evaluated at run time; its functions are not checked.
_NOT_OURS = "thinc."
_VERSIONED = re.compile(r".+\.v\d+")


@dataclass(frozen=True)
class Description:
    """A readable description of a registered name.

    Args:
        file: The file that defines it; empty when there is none.
        line: The line of its definition; 0 when unknown.
        parameters: One per argument, with its type and default: `size: int = 1000`.
        returns: The return type as text; empty when not annotated.
        doc: Its docstring; empty when it has none.
    """

    file: str
    line: int
    parameters: tuple[str, ...]
    returns: str
    doc: str


def describe(entry: Entry) -> Description:
    """Import the function behind a name and describe it.

    Raises:
        PluginImportError: It cannot be imported.
    """
    target = entry.resolve()
    signature = signature_of(target)
    parameters = tuple(map(_parameter_text, signature.parameters.values())) if signature else ()
    returns = _type_text(signature.return_annotation) if signature else ""
    file, line = _source_location(target)
    return Description(file, line, parameters, returns, _doc(target))


def faults(entry: Entry, *, documented: bool = True) -> list[str]:
    """Return what is wrong with a registered name, one message per fault.

    Args:
        entry: The name.
        documented: Whether a missing docstring is a fault too.
    """
    try:
        target = entry.resolve()
    except KernelError as exc:
        return [str(exc)]
    address = f"{entry.kind}: {entry.name!r} of {entry.owner}"
    messages = []
    if entry.kind not in UNVERSIONED and not _VERSIONED.fullmatch(entry.name):
        messages.append(f"{address} has no version; call it {entry.name + '.v1'!r}")
    if not callable(target):
        messages.append(
            f"{address} is not callable, got {type(target).__name__}; register a function or a class"
        )
    elif entry.kind not in READY_MADE and not entry.target.startswith(_NOT_OURS):
        messages += [f"{address} {fault}" for fault in hint_faults(target)]
    if documented and not _doc(target):
        messages.append(f"{address} has no docstring; document what it creates and what its arguments mean")
    return messages


def hint_faults(target: Any) -> list[str]:
    """Return which arguments of a function lack a type that can be evaluated at run time.

    One annotation that fails disables the checking of all arguments in a config.
    """
    function = target.__init__ if inspect.isclass(target) else target
    try:
        hints = typing.get_type_hints(function)
    except Exception as exc:
        return [
            f"has a type hint that cannot be evaluated, got {one_line(exc)}; import the type outside TYPE_CHECKING"
        ]
    signature = signature_of(target)
    names = list(signature.parameters) if signature else []
    return [f"has no type hint for its argument {name!r}" for name in names if name not in hints]


def signature_of(target: Any) -> inspect.Signature | None:
    """Return the signature of a function or class; None where Python cannot tell it."""
    try:
        return inspect.signature(target)
    except (TypeError, ValueError):
        return None


def _parameter_text(parameter: inspect.Parameter) -> str:
    stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else stars
    type_text = _type_text(parameter.annotation)
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    return f"{stars}{parameter.name}{': ' if type_text else ''}{type_text}{default}"


def _type_text(annotation: Any) -> str:
    if annotation is inspect.Signature.empty:
        return ""
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _source_location(target: Any) -> tuple[str, int]:
    definition = inspect.unwrap(getattr(target, "callback", None) or target)
    try:
        return inspect.getsourcefile(definition) or "", inspect.getsourcelines(definition)[1]
    except (TypeError, OSError):
        return "", 0


def _doc(target: Any) -> str:
    # A click command keeps its text in `help`; an instance must not report the docstring of its class.
    text = getattr(target, "help", None) or getattr(target, "__doc__", None) or ""
    inherited = not inspect.isclass(target) and text == type(target).__doc__
    return "" if inherited else inspect.cleandoc(text)
