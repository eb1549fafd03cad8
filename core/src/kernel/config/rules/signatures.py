"""The parameters of a registered function, read from its signature."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, get_type_hints

from kernel.config.rules.thinc_limits import limited

#: Name of the section with positional arguments, or with the blocks of a list.
POSITIONAL = "*"

#: Marks a parameter that has no default.
REQUIRED: Any = inspect.Parameter.empty


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function: its type, Any where unknown, and its default."""

    annotation: Any
    default: Any

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is REQUIRED


@dataclass(frozen=True)
class Signature:
    """The parameters of a function.

    Args:
        parameters: By name, in the function's order.
        open: Whether the function accepts arbitrary keyword arguments.
        rest: Type of the values of a `*` section; REQUIRED where there is no such parameter.
    """

    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    open: bool = False
    rest: Any = REQUIRED

    def annotation(self, argument: str) -> Any:
        """Return the type of an argument, or of the whole `*` section; Any where unknown."""
        if argument == POSITIONAL:
            return dict[str, Any] if self.rest is REQUIRED else dict[str, self.rest]  # type: ignore[name-defined]
        return self.parameters[argument].annotation if argument in self.parameters else Any


def signature(func: Callable[..., Any], *, without: tuple[str, ...] = ()) -> Signature:
    """Return a function's signature with its annotations evaluated.

    Args:
        func: A registered function or class.
        without: Names of arguments that do not come from the config.
    """
    # Evaluating annotations takes most of the time of a check.
    return _read_once(func, without) if isinstance(func, Hashable) else _read(func, without)


@lru_cache(maxsize=1024)
def _read_once(func: Callable[..., Any], without: tuple[str, ...]) -> Signature:
    return _read(func, without)


def _read(func: Callable[..., Any], without: tuple[str, ...]) -> Signature:
    try:
        raw = inspect.signature(func)
    except (TypeError, ValueError):
        return Signature(open=True)
    hints = _hints(func, raw)
    parameters: dict[str, Parameter] = {}
    is_open, rest = False, REQUIRED
    for parameter in raw.parameters.values():
        annotation = hints.get(parameter.name, Any)
        if parameter.kind is parameter.VAR_KEYWORD:
            is_open = True
        elif parameter.kind is parameter.VAR_POSITIONAL:
            rest = annotation
        elif parameter.name not in without:
            narrowed = limited(func, parameter.name, annotation)
            parameters[parameter.name] = Parameter(narrowed, parameter.default)
    return Signature(parameters, is_open, rest)


def _hints(func: Callable[..., Any], raw: inspect.Signature) -> dict[str, Any]:
    """Evaluate annotations one by one, so that one that cannot be imported does not disable the checks of others."""
    target = func.__init__ if isinstance(func, type) else inspect.unwrap(func)  # type: ignore[misc]
    try:
        return get_type_hints(target, include_extras=True)
    except (NameError, AttributeError, TypeError, SyntaxError):
        names = (
            vars(sys.modules[module]) if (module := getattr(target, "__module__", "")) in sys.modules else {}
        )
        names = getattr(target, "__globals__", names)
        return {name: _evaluate(each.annotation, names) for name, each in raw.parameters.items()}


def _evaluate(annotation: Any, names: dict[str, Any]) -> Any:
    if annotation is REQUIRED:
        return Any
    if not isinstance(annotation, str):
        return annotation

    def holder() -> None: ...

    holder.__annotations__ = {"value": annotation}
    try:
        return get_type_hints(holder, globalns=names, include_extras=True)["value"]
    except (NameError, AttributeError, TypeError, SyntaxError):
        return Any
