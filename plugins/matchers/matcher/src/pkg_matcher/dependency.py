"""The matcher for parts of dependency trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np

from kernel.errors import DataError, did_you_mean
from kernel.tokens import Doc, Span
from kernel.vocab import Vocab
from pkg_matcher.patterns import PatternReader
from pkg_matcher.relations import RELATIONS, Tokens, related
from pkg_matcher.rules import MatchRules, OnMatch
from pkg_matcher.search import Element, element_masks
from pkg_matcher.window import Window

_KEYS = ("RIGHT_ID", "RIGHT_ATTRS", "LEFT_ID", "REL_OP")


class Node(NamedTuple):
    """One token of a pattern.

    Attributes:
        element: What the token must match.
        left: Index of the earlier node that it is related to; -1 for the first node.
        relation: The relation to that node.
    """

    element: Element
    left: int
    relation: str


class DependencyMatcher(MatchRules[tuple[Node, ...]]):
    """Finds tokens by their relations in the dependency tree.

        matcher.add("SUBJECT", [[
            {"RIGHT_ID": "verb", "RIGHT_ATTRS": {"POS": "VERB"}},
            {"LEFT_ID": "verb", "REL_OP": ">", "RIGHT_ID": "subject", "RIGHT_ATTRS": {"DEP": "nsubj"}},
        ]])

    `pkg_matcher.relations` lists the relations.
    """

    def __init__(self, vocab: Vocab, *, validate: bool = True) -> None:
        """Create a matcher without patterns.

        Args:
            vocab: The vocabulary of the documents.
            validate: Accepted for compatibility and ignored: patterns are always checked.
        """
        super().__init__(vocab)
        self._reader = PatternReader(vocab)

    def add(
        self, key: str | int, patterns: list[list[dict[str, Any]]], *, on_match: OnMatch | None = None
    ) -> None:
        """Add patterns under a key.

        Args:
            key: The name of the rule.
            patterns: The patterns, of which any may match.
            on_match: Called for each match with the matcher, the document, the index of the match and all matches.

        Raises:
            DataError: A pattern is wrong; the message locates the mistake.
        """
        self._check_add(key, patterns, on_match)
        parsed = [
            self._read(f"DependencyMatcher {key!r}, pattern {i}", pattern)
            for i, pattern in enumerate(patterns)
        ]
        rule = self._rule(key)
        rule.patterns += parsed
        rule.written += patterns
        rule.on_match = on_match

    def get(self, key: str | int, default: Any = None) -> Any:
        """Return the callback and the patterns of a key; the default if it has none."""
        if not self.has_key(key):
            return default
        rule = self._rules[self.vocab.strings.as_int(key)]
        return rule.on_match, rule.written

    def __call__(self, doclike: Doc | Span) -> list[tuple[int, list[int]]]:
        """Find all matches.

        Args:
            doclike: A parsed document, or a span of one.

        Returns:
            For each match the key and the tokens in the order of the pattern, relative to the start of the document or
            span; sorted by pattern, then by tokens.

        Raises:
            DataError: The document is not parsed.
        """
        window = Window(doclike.as_doc() if isinstance(doclike, Span) else doclike)
        if len(window) and not window.doc.has_annotation("HEAD"):
            raise DataError(
                "DependencyMatcher: the document has no dependency tree; run a component that sets it first, "
                "such as parser"
            )
        matches = [
            (key, tokens)
            for key, rule in self._rules.copy().items()
            for pattern in rule.patterns
            for tokens in _matches(window, pattern).tolist()
        ]
        self._call_back(window.doc, matches)
        return matches

    def _read(self, rule: str, pattern: Any) -> tuple[Node, ...]:
        if not isinstance(pattern, Sequence) or isinstance(pattern, str) or not pattern:
            _fail(rule, "a list of dictionaries, one per token", pattern, "write at least one")
        index_of: dict[str, int] = {}
        nodes = []
        for i, spec in enumerate(pattern):
            where = f"{rule}, node {i}"
            if not isinstance(spec, Mapping):
                _fail(where, "a dictionary", spec, f"its keys are {', '.join(_KEYS)}")
            left, relation = _relation(where, spec, index_of) if i else (-1, "")
            if not i and ("LEFT_ID" in spec or "REL_OP" in spec):
                _fail(
                    where,
                    "only RIGHT_ID and RIGHT_ATTRS in the first node",
                    sorted(spec),
                    "start with the anchor",
                )
            name = spec["RIGHT_ID"] if "RIGHT_ID" in spec else _missing(where, "RIGHT_ID", spec)
            if name in index_of:
                _fail(where, "a RIGHT_ID that no earlier node has", name, "choose another name")
            attributes = (
                spec["RIGHT_ATTRS"] if "RIGHT_ATTRS" in spec else _missing(where, "RIGHT_ATTRS", spec)
            )
            (element,) = self._reader.read(where, [attributes])
            if (element.least, element.most) != (1, 1):
                _fail(f"{where}, OP", "one token per node", attributes["OP"], "remove the operator")
            index_of[name] = i
            nodes.append(Node(element, left, relation))
        return tuple(nodes)


def _relation(where: str, spec: Mapping[str, Any], index_of: Mapping[str, int]) -> tuple[int, str]:
    left = spec["LEFT_ID"] if "LEFT_ID" in spec else _missing(where, "LEFT_ID", spec)
    relation = spec["REL_OP"] if "REL_OP" in spec else _missing(where, "REL_OP", spec)
    if left not in index_of:
        _fail(f"{where}, LEFT_ID", f"an earlier node: {', '.join(index_of)}", left, "put that node first")
    if relation not in RELATIONS:
        _fail(f"{where}, REL_OP", "a relation", relation, f"use one of {' '.join(RELATIONS)}")
    unknown = next((key for key in spec if key not in _KEYS), None)
    if unknown is not None:
        raise DataError(f"{where}: unknown key, got {unknown!r}{did_you_mean(unknown, _KEYS)}")
    return index_of[left], relation


def _matches(window: Window, pattern: Sequence[Node]) -> Tokens:
    """Return all assignments of tokens to nodes: a sorted array (matches, nodes)."""
    tree = window.doc.tree
    candidates = [np.flatnonzero(element_masks(window, [node.element])[0]) for node in pattern]
    chosen = candidates[0][:, None]
    for node, rights in zip(pattern[1:], candidates[1:], strict=True):
        which, right = related(tree, node.relation, chosen[:, node.left], rights)
        chosen = np.concatenate([chosen[which], right[:, None]], axis=1)
    return chosen[np.lexsort(chosen.T[::-1])]


def _missing(where: str, key: str, spec: Mapping[str, Any]) -> NoReturn:
    raise DataError(f"{where}: {key} is missing, got {', '.join(map(str, spec)) or 'nothing'}; add it")


def _fail(where: str, expected: str, got: Any, advice: str) -> NoReturn:
    raise DataError(f"{where}: expected {expected}, got {got!r:.80}; {advice}")
