"""Parse patterns into the elements that the search uses; messages locate mistakes in the pattern.

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
from pkg_matcher.conditions import Compared, CustomTest, Equals, OneOf, StringTest
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
#: The first number that an array cannot hold; it has 19 digits.
_TOO_MANY = 1 << 63
_COUNTS = re.compile(r"\{(?:(\d{1,18})|(\d{1,18}),(\d{0,18})|,(\d{1,18}))\}")


class PatternReader:
    """Parses the patterns of one matcher.

    Args:
        vocab: The vocabulary that numbers the strings of patterns.
        fuzzy_compare: Returns whether two words are similar; called with input, pattern and the number of characters
            that may differ, or -1.
    """

    def __init__(self, vocab: Vocab, fuzzy_compare: FuzzyCompare = levenshtein_compare) -> None:
        self.vocab = vocab
        self._fuzzy_compare = fuzzy_compare

    def read(self, rule: str, pattern: Any) -> tuple[Element, ...]:
        """Parse one pattern.

        Args:
            rule: Its name in messages.
            pattern: A list of dictionaries, one per token.

        Raises:
            DataError: The pattern is wrong; the message starts with the location, `rule, token 2, LOWER`.
        """
        if not isinstance(pattern, Sequence) or isinstance(pattern, str) or not pattern:
            _fail(rule, "a list of dictionaries, one per token", pattern, "write at least one")
        return tuple(self._element(f"{rule}, token {i}", i, spec) for i, spec in enumerate(pattern))

    def _element(self, where: str, index: int, spec: Any) -> Element:
        if not isinstance(spec, Mapping):
            _fail(where, "a dictionary of attributes", spec, 'for example {"LOWER": "word"}')
        conditions: list[Condition] = []
        operator = "1"
        for name, value in spec.items():
            key = _ALIASES.get(str(name).upper(), str(name).upper())
            if key == "OP":
                operator = value
            elif key == "_":
                conditions += self._custom(where, value)
            elif key not in _KEYS:
                raise DataError(f"{where}: unknown attribute, got {name!r}{did_you_mean(key, _KEYS)}")
            else:
                conditions += self._attribute(f"{where}, {name}", key, value)
        least, most = _counts(where, operator)
        return Element(tuple(conditions), least, most, operator == "!", index)

    def _attribute(self, where: str, name: str, value: Any) -> list[Condition]:
        if isinstance(value, Mapping):
            return [self._predicate(where, name, kind, operand) for kind, operand in value.items()]
        if name in _FLAGS or name == "SENT_START":
            if (
                not isinstance(value, bool | int)
                or value not in (-1, 0, 1)
                or (value == -1 and name in _FLAGS)
            ):
                _fail(where, "true or false", value, "use one of the two")
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
            _fail(where, "features, Name=Value joined by |", value, "use this format")

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
            _fail(
                where, "a comparison such as >= for a number", kind, "use a comparison, or the value itself"
            )
        test = predicates.string_test(where, kind, value, self._fuzzy_compare, of_features=name == "MORPH")
        return StringTest(name, (kind, _as_text(where, value)), test)

    def _custom(self, where: str, attributes: Any) -> list[Condition]:
        where = f"{where}, _"
        if not isinstance(attributes, Mapping):
            _fail(where, "a dictionary of custom attributes", attributes, 'for example {"_": {"name": 1}}')
        conditions: list[Condition] = []
        for name, value in attributes.items():
            if not Token.has_extension(name):
                near = did_you_mean(name, Token.extensions) or f"; add it with Token.set_extension({name!r})"
                raise DataError(f"{where}: unknown custom attribute, got {name!r}{near}")
            if not isinstance(value, Mapping):
                conditions.append(
                    CustomTest(name, ("==", _as_text(where, value)), predicates.equality(value))
                )
                continue
            for predicate, operand in value.items():
                kind = str(predicate).upper()
                test = predicates.value_test(f"{where}, {name}, {kind}", kind, operand, self._fuzzy_compare)
                conditions.append(CustomTest(name, (kind, _as_text(where, operand)), test))
        return conditions


def _counts(where: str, operator: Any) -> tuple[int, int | None]:
    where = f"{where}, OP"
    if operator in _OPERATORS:
        return _OPERATORS[operator]
    counts = _COUNTS.fullmatch(operator) if isinstance(operator, str) else None
    if counts is None:
        _fail(where, "an operator", operator, "use !, ?, +, *, {n}, {n,m}, {n,} or {,m}")
    exact, least, most, at_most = counts.groups()
    if exact is not None:
        return int(exact), int(exact)
    low, high = int(least or 0), int(most or at_most) if most or at_most else None
    if high is not None and low > high:
        _fail(where, "a range with the smaller number first", operator, f"write {{{high},{low}}}")
    return low, high


def _count(where: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _TOO_MANY:
        _fail(where, "a whole number", value, f"use one from 0 to {_TOO_MANY - 1}")
    return value


def _as_text(where: str, value: Any) -> str:
    """Return a value as text, which identifies equal tests."""
    try:
        return json.dumps(value, sort_keys=True, default=repr)
    except TypeError:
        return f"{where}: {value!r}"


def _fail(where: str, expected: str, got: Any, advice: str) -> NoReturn:
    raise DataError(f"{where}: expected {expected}, got {got!r:.80}; {advice}")
