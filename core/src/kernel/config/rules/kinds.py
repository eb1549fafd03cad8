"""Which kinds of registered functions are allowed where in a config, so that none is called in the wrong place."""

from __future__ import annotations

from collections import abc
from enum import Enum
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from kernel.config.rules.schema import SCHEMA, Field
from kernel.errors import did_you_mean
from kernel.hookspecs import KINDS

Kinds = frozenset[str]

#: Kinds that configs name without `@`, or not at all; blocks cannot call them.
NOT_CALLED: Kinds = frozenset(
    (
        "commands",
        "converters",
        "data_checks",
        "factories",
        "languages",
        "lookups",
        "matchers",
        "recommendations",
    )
)
#: Kinds whose functions have side effects when they are called: they open files or start processes.
ACTING: Kinds = frozenset(("launchers", "loggers", "updaters"))
#: The kinds that are allowed where the expected type is unknown.
OPEN: Kinds = frozenset(KINDS) - NOT_CALLED - ACTING
#: Functions of this kind may return anything, and may be used for any argument.
_ANY_ARGUMENT = "misc"

_NONE: Kinds = frozenset()
#: Maximum number of kinds that a message lists.
_N_NAMED = 4
_PLAIN = (int, float, bool, str, bytes, PurePath, Enum, NoneType)
_CONTRACTS = "kernel.contracts.products"
#: Module and name of a type to the kinds whose functions return it.
_PRODUCTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("thinc.model", "Model"): ("architectures", "layers"),
    ("thinc.optimizers", "Optimizer"): ("optimizers",),
    ("thinc.backends.ops", "Ops"): ("ops",),
    **{
        (_CONTRACTS, kind[:-1].capitalize()): (kind,)
        for kind in ("augmenters", "batchers", "callbacks", "launchers", "loggers", "readers", "updaters")
    },
    (_CONTRACTS, "Loss"): ("losses",),
    (_CONTRACTS, "ScoringFunction"): ("scorers",),
    (_CONTRACTS, "TokenizerFunction"): ("tokenizers",),
}


def for_argument(annotation: Any, outer: str = "") -> Kinds:
    """Return the kinds that are allowed for an argument of a function.

    Args:
        annotation: The argument's type.
        outer: The kind of the function: functions of a kind may be composed of others of the same kind.
    """
    allowed = _makers(annotation)
    if allowed is None:
        allowed = OPEN | {outer} if outer in KINDS and outer not in NOT_CALLED else OPEN
    return allowed | {_ANY_ARGUMENT}


def for_item(annotation: Any) -> Any:
    """Return the type of the items of a list or section of a type; Any where that is unknown."""
    for branch in _branches(annotation):
        kind = get_origin(branch)
        if isinstance(kind, type) and issubclass(kind, abc.Collection):
            return next((each for each in reversed(get_args(branch)) if each is not Ellipsis), Any)
    return Any


def for_path(path: str) -> Kinds:
    """Return the kinds that are allowed at a dotted path outside of any block.

    Args:
        path: Dotted path in the whole config.
    """
    top, _, rest = path.partition(".")
    schema = SCHEMA.get(top)
    if schema is None or (not rest and top != "corpora"):
        return OPEN
    if not rest:
        return frozenset(("readers",))  # one function that returns all of them
    key, _, below = rest.partition(".")
    expected = schema.fields.get(key) or schema.others
    return _at(expected, below) if expected is not None else OPEN


def _at(expected: Field, below: str) -> Kinds:
    if expected.keys:
        key, _, below = below.partition(".")
        inner = expected.keys.get(key)
        return _at(inner, below) if inner is not None else _NONE
    if expected.kind:
        in_place = not below or (expected.several and below.startswith("*."))
        return frozenset((expected.kind,)) if in_place else OPEN
    return OPEN if not below or expected.type in (Any, dict) or get_origin(expected.type) is dict else _NONE


def out_of_place(kind: str, admitted: Kinds) -> str:
    """Return what is wrong if a function of a kind is used where only others are allowed; empty if it is allowed.

    Args:
        kind: The function's kind. The registry reports a kind that does not exist.
        admitted: The allowed kinds.
    """
    if kind in admitted or (kind not in KINDS and len(admitted) > 1):
        return ""
    if kind in NOT_CALLED:
        return f"functions of this kind cannot be called by a config, got '@{kind}'; remove it"
    expected = sorted(admitted - {_ANY_ARGUMENT}) or sorted(
        admitted
    )  # misc remains where nothing else is allowed
    if not admitted:
        return f"expected a plain value, got '@{kind}'; write the value"
    if len(expected) > _N_NAMED:
        return f"a function of this kind is not allowed here, got '@{kind}'; move it to where its kind is expected"
    advice = did_you_mean(kind, expected) or f"; use a function of kind {expected[0]}"
    return f"expected {' or '.join(f'@{each}' for each in expected)}, got '@{kind}'{advice}"


def _makers(annotation: Any) -> Kinds | None:
    """Return the kinds whose functions return a type; None where any may, as for plain values."""
    makers: Kinds = frozenset()
    for branch in _branches(annotation):
        kind = get_origin(branch) or branch
        if kind is Literal or (isinstance(kind, type) and issubclass(kind, _PLAIN)):
            continue
        kinds = _product(kind)
        if not kinds:
            return None
        makers |= kinds
    return makers or None


def _product(kind: Any) -> Kinds:
    for each in getattr(kind, "__mro__", ()):
        if (each.__module__, each.__name__) in _PRODUCTS:
            return frozenset(_PRODUCTS[each.__module__, each.__name__])
    return frozenset()


def _branches(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        return _branches(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(each for branch in get_args(annotation) for each in _branches(branch))
    return (annotation,)
