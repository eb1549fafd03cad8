"""Patterns as people write them to elements that are searched for; mistakes are named by their place in the pattern.

[{"LOWER": "new"}, {"POS": {"IN": ["NOUN", "PROPN"]}, "OP": "+"}, {"_": {"is_place": True}}]
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from kernel.errors import DataError, did_you_mean
from kernel.text.vocab.lexeme_table import FLAG_NAMES
from kernel.tokens import Token
from kernel.vocab import Vocab
from pkg_matcher import predicates
from pkg_matcher.conditions import AddedTest, Compared, Equals, OneOf, StringTest
from pkg_matcher.fuzzy import levenshtein_compare
from pkg_matcher.search import Element
from pkg_matcher.window import Condition

FuzzyCompare = Callable[[str, str, int], bool]

_STRINGS = (
    *("ORTH", "LOWER", "NORM", "SHAPE", "PREFIX", "SUFFIX", "LEMMA", "POS", "TAG", "DEP", "MORPH"),
    *("ENT_TYPE", "ENT_ID", "ENT_KB_ID", "ENT_IOB"),
)
_FLAGS = [*sorted(FLAG_NAMES), "SPACY"]
_ALIASES = {"TEXT": "ORTH", "IS_SENT_START": "SENT_START"}
_KEYS = [*_STRINGS, *_FLAGS, "LENGTH", "SENT_START", "TEXT", "IS_SENT_START", "OP", "_"]
_IOB = ("", "I", "O", "B")

_OPERATORS = {"1": (1, 1), "!": (1, 1), "?": (0, 1), "+": (1, None), "*": (0, None)}
#: The first number that an array does not hold; it has 19 digits.
_TOO_MANY = 1 << 63
_COUNTS = re.compile(r"\{(?:(\d{1,18})|(\d{1,18}),(\d{0,18})|,(\d{1,18}))\}")


class PatternReader:
    """Reads the patterns of one matcher.

    Args:
        vocab: Where the patterns' words are numbered.
        fuzzy_compare: Tells whether two words are near: input, pattern, letters that may differ or -1.
    """

    def __init__(self, vocab: Vocab, fuzzy_compare: FuzzyCompare = levenshtein_compare) -> None:
        self.vocab = vocab
        self._fuzzy_compare = fuzzy_compare

    def read(self, rule: str, pattern: Any) -> tuple[Element, ...]:
        """Read one pattern.

        Args:
            rule: Names it in messages.
            pattern: A list of dictionaries, one a token.

        Raises:
            DataError: It is none: `rule, token 2, LOWER: what was expected`.
        """
        if not isinstance(pattern, Sequence) or isinstance(pattern, str) or not pattern:
            _fail(rule, "a list of dictionaries, one a token", pattern, "write at least one")
        return tuple(self._element(f"{rule}, token {i}", i, spec) for i, spec in enumerate(pattern))

    def _element(self, where: str, index: int, spec: Any) -> Element:
        if not isinstance(spec, Mapping):
            _fail(where, "a dictionary of attributes", spec, 'write such as {"LOWER": "word"}')
        conditions: list[Condition] = []
        operator = "1"
        for given, value in spec.items():
            key = _ALIASES.get(str(given).upper(), str(given).upper())
            if key == "OP":
                operator = value
            elif key == "_":
                conditions += self._added(where, value)
            elif key not in _KEYS:
                raise DataError(
                    f"{where}: no attribute to match is called so, got {given!r}{did_you_mean(key, _KEYS)}"
                )
            else:
                conditions += self._attribute(f"{where}, {given}", key, value)
        least, most = _counts(where, operator)
        return Element(tuple(conditions), least, most, operator == "!", index)

    def _attribute(self, where: str, name: str, value: Any) -> list[Condition]:
        if isinstance(value, Mapping):
            return [self._predicate(where, name, kind, of) for kind, of in value.items()]
        if name in _FLAGS or name == "SENT_START":
            if (
                not isinstance(value, bool | int)
                or value not in (-1, 0, 1)
                or (value == -1 and name in _FLAGS)
            ):
                _fail(where, "true or false", value, "write one of the two")
            return [Equals(name, int(value) & 0xFFFFFFFFFFFFFFFF)]
        if name == "LENGTH":
            return [Equals(name, _count(where, value))]
        if name == "ENT_IOB" and value in _IOB:
            return [Equals(name, _IOB.index(value))]
        if not isinstance(value, str):
            _fail(where, "a string, or a dictionary of predicates", value, "write it in quotes")
        return [Equals(name, self._number(where, name, value))]

    def _number(self, where: str, name: str, value: Any) -> int:
        if not isinstance(value, str):
            _fail(where, "a string", value, "write it in quotes")
        if name != "MORPH":
            return self.vocab.strings.add(value)
        try:
            return self.vocab.morphology.add(value)
        except DataError:
            _fail(where, "features, Name=Value joined by |", value, "write them so")

    def _predicate(self, where: str, name: str, kind: Any, value: Any) -> Condition:
        kind = str(kind).upper()
        where = f"{where}, {kind}"
        if kind in predicates.COMPARISONS and (name == "LENGTH" or name in _FLAGS):
            return Compared(name, kind, _count(where, value))
        if kind in ("IN", "NOT_IN") and isinstance(value, Sequence) and not isinstance(value, str):
            if name == "LENGTH":
                return OneOf(name, tuple(_count(where, each) for each in value), kind == "NOT_IN")
            return OneOf(name, tuple(self._number(where, name, each) for each in value), kind == "NOT_IN")
        if name in _FLAGS or name in ("LENGTH", "SENT_START"):
            _fail(where, "a comparison such as >= for a number", kind, "compare, or give the value itself")
        test = predicates.string_test(where, kind, value, self._fuzzy_compare, of_features=name == "MORPH")
        return StringTest(name, (kind, _written(where, value)), test)

    def _added(self, where: str, attributes: Any) -> list[Condition]:
        where = f"{where}, _"
        if not isinstance(attributes, Mapping):
            _fail(where, "a dictionary of added attributes", attributes, 'write such as {"_": {"name": 1}}')
        conditions: list[Condition] = []
        for name, value in attributes.items():
            if not Token.has_extension(name):
                near = did_you_mean(name, Token.extensions) or f"; add it with Token.set_extension({name!r})"
                raise DataError(
                    f"{where}: no attribute of tokens was added under this name, got {name!r}{near}"
                )
            if not isinstance(value, Mapping):
                conditions.append(AddedTest(name, ("==", _written(where, value)), predicates.equality(value)))
                continue
            for given, of in value.items():
                kind = str(given).upper()
                test = predicates.value_test(f"{where}, {name}, {kind}", kind, of, self._fuzzy_compare)
                conditions.append(AddedTest(name, (kind, _written(where, of)), test))
        return conditions


def _counts(where: str, operator: Any) -> tuple[int, int | None]:
    where = f"{where}, OP"
    if operator in _OPERATORS:
        return _OPERATORS[operator]
    counts = _COUNTS.fullmatch(operator) if isinstance(operator, str) else None
    if counts is None:
        _fail(where, "an operator", operator, "write !, ?, +, *, {n}, {n,m}, {n,} or {,m}")
    exact, least, most, at_most = counts.groups()
    if exact is not None:
        return int(exact), int(exact)
    low, high = int(least or 0), int(most or at_most) if most or at_most else None
    if high is not None and low > high:
        _fail(where, "a range from few to many", operator, f"write {{{high},{low}}}")
    return low, high


def _count(where: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _TOO_MANY:
        _fail(where, "a whole number", value, f"write one from 0 to {_TOO_MANY - 1}")
    return value


def _written(where: str, value: Any) -> str:
    """A value as text: what tells whether two tests are the same."""
    try:
        return json.dumps(value, sort_keys=True, default=repr)
    except TypeError:
        return f"{where}: {value!r}"


def _fail(where: str, wanted: str, got: Any, what_to_do: str) -> NoReturn:
    raise DataError(f"{where}: expected {wanted}, got {got!r:.80}; {what_to_do}")
