"""What stands behind a registered name: its file, signature and docstring, and whether they are in order."""

from __future__ import annotations

import inspect
import re
import typing
from dataclasses import dataclass
from typing import Any

from kernel.errors import KernelError
from kernel.plugins.tables import Entry, one_line

#: Kinds whose names a config writes as `@kind = "name"`, and which so carry a version.
UNVERSIONED = frozenset(
    {
        *("commands", "converters", "data_checks", "factories", "languages", "lookups", "matchers", "ops"),
        "recommendations",
    }
)
#: Kinds whose target is the thing itself, not a function whose arguments a config gives.
READY_MADE = frozenset({"commands", "languages", "matchers", "ops"})
#: Thinc hides some types from the run time; its functions are as they are.
_NOT_OURS = "thinc."
_VERSIONED = re.compile(r".+\.v\d+")


@dataclass(frozen=True)
class Description:
    """A registered name as a person wants to read it.

    Args:
        file: The file of its definition; empty when there is none.
        line: The line of its definition; 0 when it is not known.
        parameters: One per argument, with its type and default: `size: int = 1000`.
        returns: The type of what it returns, as text; empty when it does not say.
        doc: Its docstring; empty when it has none.
    """

    file: str
    line: int
    parameters: tuple[str, ...]
    returns: str
    doc: str


def describe(entry: Entry) -> Description:
    """Import what a name stands for and read off what it says about itself.

    Raises:
        PluginImportError: It does not import.
    """
    target = entry.resolve()
    signature = signature_of(target)
    parameters = tuple(map(_parameter_text, signature.parameters.values())) if signature else ()
    returns = _type_text(signature.return_annotation) if signature else ""
    file, line = _place(target)
    return Description(file, line, parameters, returns, _doc(target))


def faults(entry: Entry, *, documented: bool = True) -> list[str]:
    """Say what is wrong with a registered name, one line each.

    Args:
        entry: The name.
        documented: Whether it must have a docstring, too.
    """
    try:
        target = entry.resolve()
    except KernelError as exc:
        return [str(exc)]
    address = f"{entry.kind}: {entry.name!r} of {entry.owner}"
    found = []
    if entry.kind not in UNVERSIONED and not _VERSIONED.fullmatch(entry.name):
        found.append(f"{address} carries no version; call it {entry.name + '.v1'!r}")
    if not callable(target):
        found.append(f"{address} cannot be called, got {type(target).__name__}; name a function or a class")
    elif entry.kind not in READY_MADE and not entry.target.startswith(_NOT_OURS):
        found += [f"{address} {fault}" for fault in hint_faults(target)]
    if documented and not _doc(target):
        found.append(f"{address} has no docstring; say what it makes and what its arguments mean")
    return found


def hint_faults(target: Any) -> list[str]:
    """Say which arguments of a function have no type that can be evaluated at run time.

    One such annotation switches the checking of all arguments in a config off.
    """
    function = target.__init__ if inspect.isclass(target) else target
    try:
        hints = typing.get_type_hints(function)
    except Exception as exc:
        return [f"has a type that cannot be imported, got {one_line(exc)}; import it outside TYPE_CHECKING"]
    signature = signature_of(target)
    names = list(signature.parameters) if signature else []
    return [f"does not say the type of its argument {name!r}" for name in names if name not in hints]


def signature_of(target: Any) -> inspect.Signature | None:
    """The signature of a function or class; None where Python does not know it."""
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


def _place(target: Any) -> tuple[str, int]:
    definition = inspect.unwrap(getattr(target, "callback", None) or target)
    try:
        return inspect.getsourcefile(definition) or "", inspect.getsourcelines(definition)[1]
    except (TypeError, OSError):
        return "", 0


def _doc(target: Any) -> str:
    # A click command says it in `help`; an instance must not answer with the docstring of its class.
    text = getattr(target, "help", None) or getattr(target, "__doc__", None) or ""
    inherited = not inspect.isclass(target) and text == type(target).__doc__
    return "" if inherited else inspect.cleandoc(text)
