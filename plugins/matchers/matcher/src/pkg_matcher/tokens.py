"""The matcher of token patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, overload

import numpy as np

from kernel.errors import DataError
from kernel.tokens import Doc, Span
from kernel.vocab import Vocab
from pkg_matcher.conditions import Equals, OneOf, StringTest
from pkg_matcher.fuzzy import levenshtein_compare
from pkg_matcher.patterns import FuzzyCompare, PatternReader
from pkg_matcher.rules import MatchRules, OnMatch
from pkg_matcher.search import Element, align, element_masks, find
from pkg_matcher.window import Mask, Window

Pattern = tuple[Element, ...]
Match = tuple[int, int, int]
#: A pattern as written.
TokenPattern = list[dict[str, Any]]

_GREEDY: dict[str, Callable[[Match], tuple[int, int]]] = {
    "FIRST": lambda match: (match[1], -match[2]),
    "LONGEST": lambda match: (match[1] - match[2], match[1]),
}


class Matcher(MatchRules[Pattern]):
    """Finds slices of documents by patterns, one dictionary a token.

        matcher.add("GREETING", [[{"LOWER": "hello"}, {"IS_PUNCT": True, "OP": "?"}, {"POS": "PROPN"}]])

    An operator `OP` is `!`, `?`, `+`, `*`, `{n}`, `{n,m}`, `{n,}` or `{,m}`. The value of an attribute is a string,
    number or truth value, or predicates: REGEX, FUZZY and FUZZY1 to FUZZY9, IN, NOT_IN, IS_SUBSET, IS_SUPERSET,
    INTERSECTS, and comparisons of numbers.
    """

    def __init__(
        self, vocab: Vocab, validate: bool = True, *, fuzzy_compare: FuzzyCompare = levenshtein_compare
    ) -> None:
        """Make a matcher without patterns.

        Args:
            vocab: The vocabulary of the documents.
            validate: Stands here because callers pass it: patterns are checked in any case.
            fuzzy_compare: Tells for FUZZY whether two words are near: input, pattern, letters that may differ or -1.
        """
        super().__init__(vocab)
        self._reader = PatternReader(vocab, fuzzy_compare)
        self._asked: frozenset[str] = frozenset()

    def add(
        self,
        key: str | int,
        patterns: list[TokenPattern],
        *,
        on_match: OnMatch | None = None,
        greedy: str | None = None,
    ) -> None:
        """Add patterns under a key.

        Args:
            key: Names the rule.
            patterns: The patterns; what matches any is a match.
            on_match: Called for each match with the matcher, the document, the place of the match and all matches.
            greedy: Of matches of this key that overlap keep the FIRST or the LONGEST; None: all.

        Raises:
            DataError: A pattern is none; the message names its place.
        """
        self._check_add(key, patterns, on_match)
        if greedy is not None and greedy not in _GREEDY:
            raise DataError(f"Matcher {key!r}: greedy must be 'FIRST', 'LONGEST' or None, got {greedy!r}")
        read = [
            self._reader.read(f"Matcher {key!r}, pattern {i}", pattern) for i, pattern in enumerate(patterns)
        ]
        with self.vocab.strings.lock:
            rule = self._rule(key)
            rule.patterns += read
            rule.written += patterns
            rule.on_match, rule.greedy = on_match, greedy
            self._note_attributes()

    def remove(self, key: str | int) -> None:
        """Forget the patterns under a key.

        Raises:
            DataError: There are none.
        """
        with self.vocab.strings.lock:
            super().remove(key)
            self._note_attributes()

    def get(self, key: str | int, default: Any = None) -> tuple[OnMatch | None, list[TokenPattern]] | Any:
        """What is called for matches of a key, and its patterns; the default where there are none."""
        if not self.has_key(key):
            return default
        rule = self._rules[self.vocab.strings.as_int(key)]
        return rule.on_match, rule.written

    @overload
    def __call__(
        self,
        doclike: Doc | Span,
        *,
        as_spans: Literal[True],
        allow_missing: bool = ...,
        with_alignments: bool = ...,
    ) -> list[Span]: ...
    @overload
    def __call__(
        self,
        doclike: Doc | Span,
        *,
        as_spans: Literal[False] = ...,
        allow_missing: bool = ...,
        with_alignments: bool = ...,
    ) -> list[Any]: ...

    def __call__(
        self,
        doclike: Doc | Span,
        *,
        as_spans: bool = False,
        allow_missing: bool = False,
        with_alignments: bool = False,
    ) -> list[Any]:
        """Find all matches.

        Args:
            doclike: A document, or a span of one.
            as_spans: Give spans that the key labels.
            allow_missing: Whether the document may lack annotation that patterns ask for.
            with_alignments: Also give for each token of a match the index of the specification that took it.

        Returns:
            Tuples (key, start, end[, alignment]), counted from the start of the document or span, by end and then
            start, those of greedy rules behind the others; or spans.

        Raises:
            DataError: Annotation is missing.
        """
        window = Window(doclike)
        if not allow_missing:
            window.check_annotated(self._asked)
        plain: list[Match] = []
        kept: list[Match] = []
        patterns: dict[Match, Pattern] = {}
        for key, rule in self._rules.copy().items():
            matches = dict(_matches_of(window, key, rule.patterns))
            if with_alignments:
                patterns.update(matches)
            if rule.greedy is None:
                plain += matches
            else:
                kept += _without_overlaps(matches, rule.greedy, len(window))
        found = [*sorted(plain, key=lambda match: (match[2], match[1])), *kept]
        if as_spans:
            self._call_back(window.doc, list[Any](found))
            start = window.start
            return [Span(window.doc, start + match[1], start + match[2], label=match[0]) for match in found]
        given = (
            [self._aligned(window, match, patterns[match]) for match in found] if with_alignments else found
        )
        self._call_back(window.doc, list[Any](given))
        return list(given)

    def _aligned(self, window: Window, match: Match, pattern: Pattern) -> tuple[int, int, int, list[int]]:
        return (*match, align(element_masks(window, pattern), pattern, match[1], match[2]))

    def _note_attributes(self) -> None:
        """Remember which attributes the patterns ask for."""
        self._asked = frozenset(
            condition.name
            for rule in self._rules.values()
            for pattern in rule.patterns
            for element in pattern
            for condition in element.conditions
            if isinstance(condition, Equals | OneOf | StringTest)
        )


def _matches_of(window: Window, key: int, patterns: Iterable[Pattern]) -> Iterator[tuple[Match, Pattern]]:
    for pattern in patterns:
        if not _is_possible(window, pattern):
            continue
        starts, ends = find(element_masks(window, pattern), pattern)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield (key, start, end), pattern


def _is_possible(window: Window, pattern: Pattern) -> bool:
    """Whether every value that the pattern cannot do without is in the document."""
    return all(
        window.has(condition.name, condition.value)
        for element in pattern
        if element.least and not element.negated
        for condition in element.conditions
        if isinstance(condition, Equals)
    )


def _without_overlaps(matches: Iterable[Match], greedy: str, n_tokens: int) -> list[Match]:
    taken: Mask = np.zeros(n_tokens, dtype=np.bool_)
    kept = []
    for match in sorted(matches, key=_GREEDY[greedy]):
        if not taken[match[1] : match[2]].any():
            taken[match[1] : match[2]] = True
            kept.append(match)
    return kept
