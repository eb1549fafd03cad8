"""The matcher of parts of trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np

from kernel.errors import DataError, did_you_mean
from kernel.tokens import Doc, Span
from kernel.vocab import Vocab
from pkg_matcher.patterns import PatternReader
from pkg_matcher.relations import RELATIONS, Places, related
from pkg_matcher.rules import MatchRules, OnMatch
from pkg_matcher.search import Element, element_masks
from pkg_matcher.window import Window

_KEYS = ("RIGHT_ID", "RIGHT_ATTRS", "LEFT_ID", "REL_OP")


class Node(NamedTuple):
    """One token of a pattern.

    Attributes:
        element: What it must be.
        left: The node before it that it is related to; -1 for the first.
        relation: How.
    """

    element: Element
    left: int
    relation: str


class DependencyMatcher(MatchRules[tuple[Node, ...]]):
    """Finds tokens that stand in relations of the tree.

        matcher.add("SUBJECT", [[
            {"RIGHT_ID": "verb", "RIGHT_ATTRS": {"POS": "VERB"}},
            {"LEFT_ID": "verb", "REL_OP": ">", "RIGHT_ID": "subject", "RIGHT_ATTRS": {"DEP": "nsubj"}},
        ]])

    The relations stand in `pkg_matcher.relations`.
    """

    def __init__(self, vocab: Vocab, *, validate: bool = True) -> None:
        """Make a matcher without patterns.

        Args:
            vocab: The vocabulary of the documents.
            validate: Stands here because callers pass it: patterns are checked in any case.
        """
        super().__init__(vocab)
        self._reader = PatternReader(vocab)

    def add(
        self, key: str | int, patterns: list[list[dict[str, Any]]], *, on_match: OnMatch | None = None
    ) -> None:
        """Add patterns under a key.

        Args:
            key: Names the rule.
            patterns: The patterns; what matches any is a match.
            on_match: Called for each match with the matcher, the document, the place of the match and all matches.

        Raises:
            DataError: A pattern is none; the message names its place.
        """
        self._check_add(key, patterns, on_match)
        read = [
            self._read(f"DependencyMatcher {key!r}, pattern {i}", pattern)
            for i, pattern in enumerate(patterns)
        ]
        rule = self._rule(key)
        rule.patterns += read
        rule.written += patterns
        rule.on_match = on_match

    def get(self, key: str | int, default: Any = None) -> Any:
        """What is called for matches of a key, and its patterns; the default where there are none."""
        if not self.has_key(key):
            return default
        rule = self._rules[self.vocab.strings.as_int(key)]
        return rule.on_match, rule.written

    def __call__(self, doclike: Doc | Span) -> list[tuple[int, list[int]]]:
        """Find all matches.

        Args:
            doclike: A parsed document, or a span of one.

        Returns:
            For each match the key and the tokens in the order of the pattern, counted from the start of the document or
            span; by pattern, then by token.

        Raises:
            DataError: The document is not parsed.
        """
        window = Window(doclike.as_doc() if isinstance(doclike, Span) else doclike)
        if len(window) and not window.doc.has_annotation("HEAD"):
            raise DataError(
                "DependencyMatcher: the document has no tree; run a component that sets it before, such as parser"
            )
        found = [
            (key, tokens)
            for key, rule in self._rules.copy().items()
            for pattern in rule.patterns
            for tokens in _matches(window, pattern).tolist()
        ]
        self._call_back(window.doc, found)
        return found

    def _read(self, rule: str, pattern: Any) -> tuple[Node, ...]:
        if not isinstance(pattern, Sequence) or isinstance(pattern, str) or not pattern:
            _fail(rule, "a list of dictionaries, one a token", pattern, "write at least one")
        places: dict[str, int] = {}
        nodes = []
        for i, given in enumerate(pattern):
            where = f"{rule}, node {i}"
            if not isinstance(given, Mapping):
                _fail(where, "a dictionary", given, f"write its {', '.join(_KEYS)}")
            left, relation = _relation(where, given, places) if i else (-1, "")
            if not i and ("LEFT_ID" in given or "REL_OP" in given):
                _fail(
                    where,
                    "only RIGHT_ID and RIGHT_ATTRS in the first",
                    sorted(given),
                    "begin with the anchor",
                )
            name = given["RIGHT_ID"] if "RIGHT_ID" in given else _missing(where, "RIGHT_ID", given)
            if name in places:
                _fail(where, "a RIGHT_ID that no node before it has", name, "name it otherwise")
            attributes = (
                given["RIGHT_ATTRS"] if "RIGHT_ATTRS" in given else _missing(where, "RIGHT_ATTRS", given)
            )
            (element,) = self._reader.read(where, [attributes])
            if (element.least, element.most) != (1, 1):
                _fail(f"{where}, OP", "one token a node", attributes["OP"], "leave the operator out")
            places[name] = i
            nodes.append(Node(element, left, relation))
        return tuple(nodes)


def _relation(where: str, given: Mapping[str, Any], places: Mapping[str, int]) -> tuple[int, str]:
    left = given["LEFT_ID"] if "LEFT_ID" in given else _missing(where, "LEFT_ID", given)
    relation = given["REL_OP"] if "REL_OP" in given else _missing(where, "REL_OP", given)
    if left not in places:
        _fail(f"{where}, LEFT_ID", f"a node before it: {', '.join(places)}", left, "put that node first")
    if relation not in RELATIONS:
        _fail(f"{where}, REL_OP", "a relation", relation, f"write one of {' '.join(RELATIONS)}")
    unknown = next((key for key in given if key not in _KEYS), None)
    if unknown is not None:
        raise DataError(f"{where}: no key is called so, got {unknown!r}{did_you_mean(unknown, _KEYS)}")
    return places[left], relation


def _matches(window: Window, pattern: Sequence[Node]) -> Places:
    """All ways to choose a token for each node: an array (matches, nodes), in order."""
    tree = window.doc.tree
    candidates = [np.flatnonzero(element_masks(window, [node.element])[0]) for node in pattern]
    chosen = candidates[0][:, None]
    for node, rights in zip(pattern[1:], candidates[1:], strict=True):
        which, right = related(tree, node.relation, chosen[:, node.left], rights)
        chosen = np.concatenate([chosen[which], right[:, None]], axis=1)
    return chosen[np.lexsort(chosen.T[::-1])]


def _missing(where: str, key: str, given: Mapping[str, Any]) -> NoReturn:
    raise DataError(f"{where}: {key} is missing, got {', '.join(map(str, given)) or 'nothing'}; write it")


def _fail(where: str, wanted: str, got: Any, what_to_do: str) -> NoReturn:
    raise DataError(f"{where}: expected {wanted}, got {got!r:.80}; {what_to_do}")
