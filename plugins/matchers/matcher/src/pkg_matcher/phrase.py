"""The matcher for large numbers of phrases, found by the hashes of all runs of tokens.

The hash of a run is a polynomial of its tokens' numbers, so the hashes of each length are computed from those one token
shorter, for the whole document at once. Runs with the hash of a phrase are then compared token by token.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, overload

import numpy as np

from kernel.attrs import attribute_name
from kernel.errors import DataError
from kernel.tokens import Doc, Span
from kernel.vocab import Vocab
from pkg_matcher.rules import MatchRules, OnMatch
from pkg_matcher.window import Numbers, Window

_BASE = np.uint64(0x9E3779B97F4A7C15)

Phrase = tuple[int, ...]


class PhraseMatcher(MatchRules[Phrase]):
    """Finds slices whose tokens have the same attribute values as those of a phrase.

    matcher.add("CITY", list(nlp.pipe(["New York", "Rome"])))
    """

    def __init__(self, vocab: Vocab, attr: int | str = "ORTH", validate: bool = False) -> None:
        """Create a matcher without phrases.

        Args:
            vocab: The vocabulary of the documents.
            attr: The attribute to compare.
            validate: Accepted for compatibility and ignored: phrases are always checked.
        """
        super().__init__(vocab)
        self.attr = attribute_name("ORTH" if isinstance(attr, str) and attr.upper() == "TEXT" else attr)
        # The keys of each phrase, and the sorted hashes of the phrases of each length; computed when first needed.
        self._table: tuple[dict[Phrase, dict[int, None]], dict[int, Numbers]] | None = None
        self._n_changes = 0

    def add(
        self, key: str | int, docs: Sequence[Doc | Span], *more: Doc, on_match: OnMatch | None = None
    ) -> None:
        """Add phrases under a key.

        Args:
            key: The name of the rule.
            docs: The phrases, as documents.
            more: Refused; older versions accepted phrases as separate arguments.
            on_match: Called for each match with the matcher, the document, the index of the match and all matches.

        Raises:
            DataError: A phrase is not a document, or lacks the attribute.
        """
        if more:
            raise DataError(
                f"PhraseMatcher {key!r}: expected the phrases as one list, got separate arguments; "
                "write add(key, [doc, ...])"
            )
        self._check_add(key, docs, on_match)
        phrases = []
        for i, doc in enumerate(docs):
            if not isinstance(doc, Doc | Span):
                raise DataError(
                    f"PhraseMatcher {key!r}, phrase {i}: expected a Doc, got {doc!r:.80}; write nlp.make_doc(text)"
                )
            window = Window(doc)
            window.check_annotated(frozenset([self.attr]))
            phrases.append(tuple(window.column(self.attr).tolist()))
        with self.vocab.strings.lock:
            rule = self._rule(key)
            rule.patterns += [phrase for phrase in phrases if phrase]
            rule.on_match = on_match
            self._change()

    def remove(self, key: str | int) -> None:
        """Remove the phrases under a key.

        Raises:
            DataError: There are none.
        """
        with self.vocab.strings.lock:
            super().remove(key)
            self._change()

    @overload
    def __call__(self, doclike: Doc | Span, *, as_spans: Literal[True]) -> list[Span]: ...
    @overload
    def __call__(
        self, doclike: Doc | Span, *, as_spans: Literal[False] = ...
    ) -> list[tuple[int, int, int]]: ...

    def __call__(self, doclike: Doc | Span, *, as_spans: bool = False) -> list[Any]:
        """Find all phrases.

        Args:
            doclike: A document, or a span of one.
            as_spans: Return spans labelled with the key.

        Returns:
            Tuples (key, start, end), relative to the start of the document, sorted by end and then start; or spans.
        """
        window = Window(doclike)
        keys, hashes = self._phrases()
        column = window.column(self.attr)
        numbers = column.tolist()
        matches = [
            (key, window.start + start, window.start + end)
            for start, end in sorted(_candidates(column, hashes), key=lambda pair: (pair[1], pair[0]))
            for key in keys.get(tuple(numbers[start:end]), ())
        ]
        self._call_back(window.doc, matches)
        if as_spans:
            return [Span(window.doc, start, end, label=key) for key, start, end in matches]
        return list(matches)

    def _phrases(self) -> tuple[dict[Phrase, dict[int, None]], dict[int, Numbers]]:
        """Return the keys of each phrase, and the sorted hashes of the phrases of each length."""
        table, n_changes = self._table, self._n_changes
        if table is None:
            keys: dict[Phrase, dict[int, None]] = {}
            for key, rule in self._rules.copy().items():
                for phrase in rule.patterns:
                    keys.setdefault(phrase, {})[key] = None
            by_length: dict[int, list[Phrase]] = {}
            for phrase in keys:
                by_length.setdefault(len(phrase), []).append(phrase)
            hashes = {length: _hashes(phrases) for length, phrases in sorted(by_length.items())}
            table = keys, hashes
            with self.vocab.strings.lock:
                # It may lack phrases that another thread added meanwhile.
                if n_changes == self._n_changes:
                    self._table = table
        return table

    def _change(self) -> None:
        """Invalidate the table; the caller holds the lock of the strings."""
        self._table = None
        self._n_changes += 1


def _candidates(column: Numbers, hashes: dict[int, Numbers]) -> Iterable[tuple[int, int]]:
    """Yield the slices with the hash of a phrase."""
    runs, longest = np.zeros(len(column), dtype=np.uint64), max(hashes, default=0)
    for length in range(1, min(longest, len(column)) + 1):
        runs = runs[: len(column) - length + 1] * _BASE + column[length - 1 :]
        phrases = hashes.get(length)
        if phrases is not None:
            nearest = np.minimum(np.searchsorted(phrases, runs), len(phrases) - 1)
            for start in np.flatnonzero(phrases[nearest] == runs).tolist():
                yield start, start + length


def _hashes(phrases: Sequence[Phrase]) -> Numbers:
    """Return the sorted hashes of phrases of one length."""
    tokens = np.array(phrases, dtype=np.uint64)
    numbers = np.zeros(len(tokens), dtype=np.uint64)
    for column in tokens.T:
        numbers = numbers * _BASE + column
    return np.unique(numbers)
