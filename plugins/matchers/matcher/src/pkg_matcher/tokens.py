"""The matcher for token patterns."""

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
    """Finds slices of documents by patterns with one dictionary per token.

        matcher.add("GREETING", [[{"LOWER": "hello"}, {"IS_PUNCT": True, "OP": "?"}, {"POS": "PROPN"}]])

    An operator `OP` is `!`, `?`, `+`, `*`, `{n}`, `{n,m}`, `{n,}` or `{,m}`. The value of an attribute is a string,
    a number or a bool, or a dictionary of predicates: REGEX, FUZZY and FUZZY1 to FUZZY9, IN, NOT_IN, IS_SUBSET,
    IS_SUPERSET, INTERSECTS, and comparisons of numbers.
    """

    def __init__(
        self, vocab: Vocab, validate: bool = True, *, fuzzy_compare: FuzzyCompare = levenshtein_compare
    ) -> None:
        """Create a matcher without patterns.

        Args:
            vocab: The vocabulary of the documents.
            validate: Accepted for compatibility and ignored: patterns are always checked.
            fuzzy_compare: Returns for FUZZY whether two words are similar; called with input, pattern and the number of
                characters that may differ, or -1.
        """
        super().__init__(vocab)
        self._reader = PatternReader(vocab, fuzzy_compare)
        self._attributes: frozenset[str] = frozenset()

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
            key: The name of the rule.
            patterns: The patterns, of which any may match.
            on_match: Called for each match with the matcher, the document, the index of the match and all matches.
            greedy: Which of overlapping matches of this key to keep, FIRST or LONGEST; None for all.

        Raises:
            DataError: A pattern is wrong; the message locates the mistake.
        """
        self._check_add(key, patterns, on_match)
        if greedy is not None and greedy not in _GREEDY:
            raise DataError(f"Matcher {key!r}: greedy must be 'FIRST', 'LONGEST' or None, got {greedy!r}")
        parsed = [
            self._reader.read(f"Matcher {key!r}, pattern {i}", pattern) for i, pattern in enumerate(patterns)
        ]
        with self.vocab.strings.lock:
            rule = self._rule(key)
            rule.patterns += parsed
            rule.written += patterns
            rule.on_match, rule.greedy = on_match, greedy
            self._update_attributes()

    def remove(self, key: str | int) -> None:
        """Remove the patterns under a key.

        Raises:
            DataError: There are none.
        """
        with self.vocab.strings.lock:
            super().remove(key)
            self._update_attributes()

    def get(self, key: str | int, default: Any = None) -> tuple[OnMatch | None, list[TokenPattern]] | Any:
        """Return the callback and the patterns of a key; the default if it has none."""
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
            as_spans: Return spans labelled with the key.
            allow_missing: Whether the document may lack annotation that patterns use.
            with_alignments: Also return for each token of a match the index of the token pattern that it matched.

        Returns:
            Tuples (key, start, end[, alignment]), relative to the start of the document or span, sorted by end and then
            start, those of greedy rules after the others; or spans.

        Raises:
            DataError: Annotation is missing.
        """
        window = Window(doclike)
        if not allow_missing:
            window.check_annotated(self._attributes)
        plain: list[Match] = []
        kept: list[Match] = []
        patterns: dict[Match, Pattern] = {}
        for key, rule in self._rules.copy().items():
            pattern_of = dict(_matches_of(window, key, rule.patterns))
            if with_alignments:
                patterns.update(pattern_of)
            if rule.greedy is None:
                plain += pattern_of
            else:
                kept += _without_overlaps(pattern_of, rule.greedy, len(window))
        matches = [*sorted(plain, key=lambda match: (match[2], match[1])), *kept]
        if as_spans:
            self._call_back(window.doc, list[Any](matches))
            start = window.start
            return [Span(window.doc, start + match[1], start + match[2], label=match[0]) for match in matches]
        results = (
            [self._aligned(window, match, patterns[match]) for match in matches]
            if with_alignments
            else matches
        )
        self._call_back(window.doc, list[Any](results))
        return list(results)

    def _aligned(self, window: Window, match: Match, pattern: Pattern) -> tuple[int, int, int, list[int]]:
        return (*match, align(element_masks(window, pattern), pattern, match[1], match[2]))

    def _update_attributes(self) -> None:
        """Collect the attributes that the patterns use."""
        self._attributes = frozenset(
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
    """Return whether the document contains every value that the pattern requires."""
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
