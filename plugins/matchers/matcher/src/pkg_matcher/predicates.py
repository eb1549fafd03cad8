"""The predicates of patterns, `REGEX`, `FUZZY2`, `IS_SUBSET`, `>=` and so on, as functions of a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NoReturn

from kernel.errors import DataError, did_you_mean
from kernel.text.tokenizer.foreign_patterns import ForeignPattern
from pkg_matcher.conditions import COMPARISONS as COMPARISONS

Compare = Callable[[str, str, int], bool]
Test = Callable[[Any], bool]

_FUZZY = {"FUZZY": -1, **{f"FUZZY{n}": n for n in range(1, 10)}}
_SETS: dict[str, Callable[[set[Any], frozenset[Any]], bool]] = {
    "IS_SUBSET": lambda values, operand: values <= operand,
    "IS_SUPERSET": lambda values, operand: values >= operand,
    "INTERSECTS": lambda values, operand: not values.isdisjoint(operand),
}
_KINDS = ("REGEX", *_FUZZY, "IN", "NOT_IN", *_SETS, *COMPARISONS)


def string_test(
    where: str, kind: str, value: Any, compare: Compare, *, of_features: bool
) -> Callable[[str], bool]:
    """Create a test of strings.

    Args:
        where: Location in the pattern, for messages.
        kind: The predicate.
        value: Its operand: a string, a list of strings, or `{"IN": [...]}` inside REGEX and FUZZY.
        compare: Returns whether two words are similar.
        of_features: Whether the strings are morphological features, which are compared as sets.

    Raises:
        DataError: The predicate is unknown, or its operand has the wrong type.
    """
    if kind == "REGEX" or kind in _FUZZY:
        return _nested(where, value, partial(_single, where, kind, compare))
    if kind in _SETS:
        operand = frozenset(_strings(where, value))
        if of_features:
            operand = frozenset("|".join(sorted(each.split("|"))) for each in operand)
            return lambda text: _SETS[kind](set(text.split("|")) - {"", "_"}, operand)
        return lambda text: _SETS[kind]({text}, operand)
    if kind in COMPARISONS:
        _fail(
            where,
            "REGEX, FUZZY, IN or another test of strings",
            kind,
            "comparisons are for numbers, such as LENGTH",
        )
    if kind in ("IN", "NOT_IN"):
        _fail(where, "a list of strings", value, "write it in square brackets")
    raise DataError(f"{where}: unknown predicate, got {kind!r}{did_you_mean(kind, _KINDS)}")


def value_test(where: str, kind: str, value: Any, compare: Compare) -> Test:
    """Create a test of the values of a custom attribute; see `string_test`."""
    if kind in COMPARISONS:
        return partial(_compared, COMPARISONS[kind], value)
    if kind in ("IN", "NOT_IN"):
        operand = frozenset(_scalars(where, value))
        negated = kind == "NOT_IN"
        return lambda own: isinstance(own, str | int) and (own in operand) is not negated
    if kind in _SETS:
        operand = frozenset(_scalars(where, value))
        return lambda own: _of_set(_SETS[kind], own, operand)
    test = string_test(where, kind, value, compare, of_features=False)
    return lambda own: isinstance(own, str) and test(own)


def equality(value: Any) -> Test:
    """Create a test for one value."""
    return lambda own: bool(own == value)


def _nested(where: str, value: Any, single: Callable[[str], Callable[[str], bool]]) -> Callable[[str], bool]:
    """Create a test for one operand, or for any or none of a list of operands."""
    if isinstance(value, str):
        return single(value)
    kinds = list(value) if isinstance(value, dict) else []
    if kinds not in (["IN"], ["NOT_IN"]):
        _fail(where, 'a string or {"IN": [...]} or {"NOT_IN": [...]}', value, "use one of them")
    tests = [single(each) for each in _strings(where, value[kinds[0]])]
    is_in = kinds == ["IN"]
    return lambda text: any(test(text) for test in tests) is is_in


def _single(where: str, kind: str, compare: Compare, value: str) -> Callable[[str], bool]:
    if kind != "REGEX":
        return lambda text: text == value or compare(text, value, _FUZZY[kind])
    try:
        pattern = re.compile(value)
    except re.error as error:
        raise DataError(f"{where}: not a regular expression, got {value!r}: {error}; correct it") from None
    search = ForeignPattern(pattern, "search", where)
    return lambda text: search(text) is not None


def _compared(comparison: Callable[[Any, Any], Any], value: Any, own: Any) -> bool:
    try:
        return bool(comparison(own, value))
    except TypeError:  # such as None >= 3: an attribute that was not set
        return False


def _of_set(holds: Callable[[set[Any], frozenset[Any]], bool], own: Any, operand: frozenset[Any]) -> bool:
    if isinstance(own, str | int):
        return holds({own}, operand)
    if isinstance(own, Iterable):
        values = list(own)
        return all(isinstance(each, str | int) for each in values) and holds(set(values), operand)
    return False


def _strings(where: str, values: Any) -> Sequence[str]:
    if isinstance(values, str) or not isinstance(values, Sequence | set | frozenset):
        _fail(where, "a list of strings", values, "write it in square brackets")
    for value in values:
        if not isinstance(value, str):
            _fail(where, "strings in the list", value, "write it in quotes")
    return list(values)


def _scalars(where: str, values: Any) -> Sequence[str | int]:
    if isinstance(values, str) or not isinstance(values, Sequence | set | frozenset):
        _fail(where, "a list", values, "write it in square brackets")
    for value in values:
        if not isinstance(value, str | int | float):
            _fail(where, "strings or numbers in the list", value, "use one of these")
    return list(values)


def _fail(where: str, expected: str, got: Any, advice: str) -> NoReturn:
    raise DataError(f"{where}: expected {expected}, got {got!r:.80}; {advice}")
