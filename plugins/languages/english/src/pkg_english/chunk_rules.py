"""Rules that find base noun phrases in dependency trees; every language builds its `noun_chunks` from them.

A language's `noun_chunks` is a `NounChunkFinder` with a few rules. Each rule defines which words head a phrase, by part
of speech and dependency label, and how far the phrase extends to either side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.errors import DataError

NOUNS = ("NOUN", "PROPN", "PRON")
_CONJUNCT = "conj"


class ParsedDoc:
    """The tree of a parsed document as plain lists, one value per token.

    Attributes:
        pos: Universal parts of speech.
        deps: Dependency labels.
        heads: Indices of the heads; a root is its own head.
        first: The first token of each token's subtree.
        last: The last token of each token's subtree.
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
        """Return the dependents to the left of a token, nearest first."""
        return [child for child in reversed(self.children[i]) if child < i]

    def behind(self, i: int) -> list[int]:
        """Return the dependents to the right of a token, nearest first."""
        return [child for child in self.children[i] if child > i]

    def first_conjunct(self, i: int) -> int | None:
        """Return the first word that a conjunct is coordinated with; None if the token is not a conjunct."""
        if self.deps[i] != _CONJUNCT:
            return None
        first = self.heads[i]
        while self.deps[first] == _CONJUNCT and self.heads[first] < first:
            first = self.heads[first]
        return first


def search_input(doclike: Any) -> tuple[ParsedDoc, range, int]:
    """Return the input of a search: the whole tree, the tokens to search, and the hash of the label NP.

    Args:
        doclike: The document or span.

    Raises:
        DataError: The document is not parsed.
    """
    doc = doclike.doc
    parse = ParsedDoc(doc)
    tokens = range(getattr(doclike, "start", 0), getattr(doclike, "end", len(doc)))
    return parse, tokens, doc.vocab.strings.add("NP")


#: Returns the first token of a phrase, or the last, given its head.
Bound = Callable[[ParsedDoc, int], int]


def itself(parse: ParsedDoc, i: int) -> int:
    """Return the head itself."""
    return i


def left_edge(parse: ParsedDoc, i: int) -> int:
    """Return the first token of the head's subtree."""
    return parse.first[i]


def right_edge(parse: ParsedDoc, i: int) -> int:
    """Return the last token of the head's subtree."""
    return parse.last[i]


def left_edge_but(pos: str) -> Bound:
    """Create a bound: the first token of the head's subtree, skipping it if it has a part of speech, such as ADP."""

    def bound(parse: ParsedDoc, i: int) -> int:
        first = parse.first[i]
        return first + 1 if parse.pos[first] == pos else first

    return bound


def leftmost(*labels: str) -> Bound:
    """Create a bound: the leftmost dependent with one of the labels."""

    def bound(parse: ParsedDoc, i: int) -> int:
        return min((child for child in parse.before(i) if parse.deps[child] in labels), default=i)

    return bound


def rightmost(*labels: str, pos: tuple[str, ...] = ()) -> Bound:
    """Create a bound: the rightmost dependent with one of the labels and, if given, one of the parts of speech."""

    def bound(parse: ParsedDoc, i: int) -> int:
        candidates = (child for child in parse.behind(i) if parse.deps[child] in labels)
        return max((child for child in candidates if not pos or parse.pos[child] in pos), default=i)

    return bound


def nearest(extents: Mapping[str, Bound]) -> Bound:
    """Create a bound that depends on the label of the nearest dependent to the right.

    Args:
        extents: For each label, the bound to apply to the dependent; with other labels the phrase ends at the head.
    """

    def bound(parse: ParsedDoc, i: int) -> int:
        for child in parse.behind(i)[:1]:
            if parse.deps[child] in extents:
                return extents[parse.deps[child]](parse, child)
        return i

    return bound


def chained(labels: tuple[str, ...], *, until_pos: tuple[str, ...], until: tuple[str, ...]) -> Bound:
    """Create a bound that follows chains of dependents with one of the labels, up to the first break.

    Args:
        labels: Labels of the dependents.
        until_pos: Parts of speech that break the chain.
        until: Labels that break the chain.
    """

    def breaks(parse: ParsedDoc, i: int) -> bool:
        return parse.pos[i] in until_pos or parse.deps[i] in until

    def bound(parse: ParsedDoc, i: int) -> int:
        end = i
        for child in parse.behind(i):
            if parse.deps[child] in labels:
                last = bound(parse, child)
                if any(breaks(parse, between) for between in range(i, last)):
                    break
                end = last
        return end

    return bound


@dataclass(frozen=True)
class ChunkRule:
    """A rule for which words head a phrase, and how far the phrase extends.

    Args:
        places: Labels of the heads; None for any label.
        conjuncts: Whether the heads are instead words coordinated with a word that has one of these labels.
        nouns: Parts of speech of the heads.
        unless: A label that no dependent of a head may have.
        before: The first token of the phrase.
        behind: The last token of the phrase.
    """

    places: tuple[str, ...] | None = None
    conjuncts: bool = False
    nouns: tuple[str, ...] = NOUNS
    unless: str = ""
    before: Bound = left_edge
    behind: Bound = itself

    def holds(self, parse: ParsedDoc, i: int) -> bool:
        """Return whether a token heads a phrase by this rule."""
        if parse.pos[i] not in self.nouns:
            return False
        token = parse.first_conjunct(i) if self.conjuncts else i
        if token is None or (self.places is not None and parse.deps[token] not in self.places):
            return False
        return not self.unless or all(parse.deps[child] != self.unless for child in parse.children[i])


class NounChunkFinder:
    """Finds the base noun phrases of a document or span, without nested ones."""

    def __init__(self, *rules: ChunkRule) -> None:
        """Create a finder from rules.

        Args:
            rules: The rules; the first that holds for a word determines its phrase.
        """
        self.rules = rules

    def __call__(self, doclike: Any) -> Iterator[tuple[int, int, int]]:
        """Find the phrases.

        Args:
            doclike: The document or span.

        Yields:
            First token, the token after the last, and the hash of the label NP.

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
