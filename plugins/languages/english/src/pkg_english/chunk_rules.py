"""Base noun phrases by rules over labelled trees; every language builds its `noun_chunks` from these.

A language's `noun_chunks` is a `NounChunkFinder` with a few rules. Each says which words head a phrase, by part of
speech and the label of their place, and how far it extends to either side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.errors import DataError

NOUNS = ("NOUN", "PROPN", "PRON")
_CONJUNCT = "conj"


class ParsedDoc:
    """The tree over a parsed document as plain lists, one value a token.

    Attributes:
        pos: Universal parts of speech.
        deps: Labels.
        heads: Places of the heads; a root is its own.
        first: Where the subtree of each token begins.
        last: Its last token.
        children: The dependents of each token, in order.
    """

    def __init__(self, doc: Any) -> None:
        """Read the tree.

        Raises:
            DataError: The document is not parsed.
        """
        if not doc.has_annotation("DEP"):
            raise DataError("noun_chunks: the document has no dependencies; add a parser to the pipeline")
        names = doc.vocab.strings
        self.pos: list[str] = [names[i] for i in doc.column("POS").tolist()]
        self.deps: list[str] = [names[i] for i in doc.column("DEP").tolist()]
        tree = doc.tree
        self.heads: list[int] = tree.heads.tolist()
        self.first: list[int] = tree.edges[0].tolist()
        self.last: list[int] = tree.edges[1].tolist()
        self.children: list[list[int]] = tree.children

    def before(self, i: int) -> list[int]:
        """The dependents to the left of a token, the nearest first."""
        return [child for child in reversed(self.children[i]) if child < i]

    def behind(self, i: int) -> list[int]:
        """The dependents to the right of a token, the nearest first."""
        return [child for child in self.children[i] if child > i]

    def first_conjunct(self, i: int) -> int | None:
        """The first of the words that a conjunct is coordinated with; None where it is no conjunct."""
        if self.deps[i] != _CONJUNCT:
            return None
        first = self.heads[i]
        while self.deps[first] == _CONJUNCT and self.heads[first] < first:
            first = self.heads[first]
        return first


def search_input(doclike: Any) -> tuple[ParsedDoc, range, int]:
    """Give what a search starts from: the whole tree, the tokens to look at, and the number of the label NP.

    Args:
        doclike: The document or span.

    Raises:
        DataError: The document is not parsed.
    """
    doc = doclike.doc
    parse = ParsedDoc(doc)
    tokens = range(getattr(doclike, "start", 0), getattr(doclike, "end", len(doc)))
    return parse, tokens, doc.vocab.strings.add("NP")


#: Says where a phrase begins, or with which token it ends, given its head.
Bound = Callable[[ParsedDoc, int], int]


def itself(parse: ParsedDoc, i: int) -> int:
    """Nothing but the head."""
    return i


def left_edge(parse: ParsedDoc, i: int) -> int:
    """Everything before the head that depends on it."""
    return parse.first[i]


def right_edge(parse: ParsedDoc, i: int) -> int:
    """Everything behind the head that depends on it."""
    return parse.last[i]


def left_edge_but(pos: str) -> Bound:
    """Everything before the head that depends on it, without a first word of a part of speech: an adposition."""

    def bound(parse: ParsedDoc, i: int) -> int:
        first = parse.first[i]
        return first + 1 if parse.pos[first] == pos else first

    return bound


def leftmost(*labels: str) -> Bound:
    """As far to the left as a dependent with one of the labels stands."""

    def bound(parse: ParsedDoc, i: int) -> int:
        return min((child for child in parse.before(i) if parse.deps[child] in labels), default=i)

    return bound


def rightmost(*labels: str, pos: tuple[str, ...] = ()) -> Bound:
    """As far to the right as a dependent with one of the labels, and of a part of speech where given, stands."""

    def bound(parse: ParsedDoc, i: int) -> int:
        fitting = (child for child in parse.behind(i) if parse.deps[child] in labels)
        return max((child for child in fitting if not pos or parse.pos[child] in pos), default=i)

    return bound


def nearest(extents: Mapping[str, Bound]) -> Bound:
    """As far as the nearest dependent to the right says, if it says anything.

    Args:
        extents: For a label of the dependent, how far the phrase goes from there.
    """

    def bound(parse: ParsedDoc, i: int) -> int:
        for child in parse.behind(i)[:1]:
            if parse.deps[child] in extents:
                return extents[parse.deps[child]](parse, child)
        return i

    return bound


def chained(labels: tuple[str, ...], *, until_pos: tuple[str, ...], until: tuple[str, ...]) -> Bound:
    """As far as dependents with one of the labels, and theirs in turn, follow without a break.

    Args:
        labels: Of the dependents.
        until_pos: Parts of speech that break the phrase.
        until: Labels that break it.
    """

    def breaks(parse: ParsedDoc, i: int) -> bool:
        return parse.pos[i] in until_pos or parse.deps[i] in until

    def bound(parse: ParsedDoc, i: int) -> int:
        end = i
        for child in parse.behind(i):
            if parse.deps[child] in labels:
                reached = bound(parse, child)
                if any(breaks(parse, between) for between in range(i, reached)):
                    break
                end = reached
        return end

    return bound


@dataclass(frozen=True)
class ChunkRule:
    """Which words head a phrase, and how far it goes.

    Args:
        places: Labels of these words; None for whatever label.
        conjuncts: Whether it is about words that are coordinated with one in such a place instead.
        nouns: Their parts of speech.
        unless: A label that none of their dependents may have.
        before: Where the phrase begins.
        behind: With which token it ends.
    """

    places: tuple[str, ...] | None = None
    conjuncts: bool = False
    nouns: tuple[str, ...] = NOUNS
    unless: str = ""
    before: Bound = left_edge
    behind: Bound = itself

    def holds(self, parse: ParsedDoc, i: int) -> bool:
        """Whether a token heads a phrase by this rule."""
        if parse.pos[i] not in self.nouns:
            return False
        place = parse.first_conjunct(i) if self.conjuncts else i
        if place is None or (self.places is not None and parse.deps[place] not in self.places):
            return False
        return not self.unless or all(parse.deps[child] != self.unless for child in parse.children[i])


class NounChunkFinder:
    """Finds the base noun phrases of a document or span; none lies in another."""

    def __init__(self, *rules: ChunkRule) -> None:
        """Put rules together.

        Args:
            rules: The first that holds for a word says how far its phrase goes.
        """
        self.rules = rules

    def __call__(self, doclike: Any) -> Iterator[tuple[int, int, int]]:
        """Find the phrases.

        Args:
            doclike: The document or span.

        Yields:
            First token, token behind the last, number of the label NP.

        Raises:
            DataError: The document is not parsed.
        """
        parse, tokens, label = search_input(doclike)
        end = 0
        for i in tokens:
            rule = next((rule for rule in self.rules if rule.holds(parse, i)), None)
            if rule is None:
                continue
            start = rule.before(parse, i)
            if start >= end:
                end = rule.behind(parse, i) + 1
                yield start, end, label
