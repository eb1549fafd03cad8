"""Relations of the tree: beside a matcher that walks from token to token."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.matcher import DependencyMatcher
from kernel.tokens import Doc, Token
from kernel.vocab import Vocab

VOCAB = Vocab()
RELATIONS = "< > << >> . .* ; ;* $+ $- $++ $-- >+ >- >++ >-- <+ <- <++ <--"


@st.composite
def trees(draw: st.DrawFn) -> Doc:
    """A projective tree or two over a few words."""
    heads: list[int] = []
    for _ in range(draw(st.integers(1, 2))):
        heads += _attach(draw, len(heads), len(heads) + draw(st.integers(1, 5)), None)
    words = [draw(st.sampled_from("ab")) for _ in heads]
    deps = ["ROOT" if head == i else "dep" for i, head in enumerate(heads)]
    return Doc(VOCAB, words=words, heads=heads, deps=deps)


def _attach(draw: st.DrawFn, start: int, end: int, above: int | None) -> list[int]:
    if start == end:
        return []
    top = draw(st.integers(start, end - 1))
    return [
        *_attach(draw, start, top, top),
        top if above is None else above,
        *_attach(draw, top + 1, end, top),
    ]


def holds(left: Token, relation: str, right: Token) -> bool:
    """Whether two tokens stand in a relation, by what tokens say of themselves."""
    side = {
        "+": right.i == left.i + 1,
        "-": right.i == left.i - 1,
        "++": right.i > left.i,
        "--": right.i < left.i,
    }
    if relation[0] in ".;":
        near = {".": "+", ".*": "++", ";": "-", ";*": "--"}[relation]
        return left.sent.start == right.sent.start and side[near]
    if relation == "<<":
        return right in list(left.ancestors)
    if relation == ">>":
        return left in list(right.ancestors)
    is_related = {
        "<": left.head == right != left,
        ">": right.head == left != right,
        "$": left.head == right.head and left not in (left.head, right) and right != right.head,
    }
    return is_related[relation[0]] and side.get(relation[1:], True)


@settings(deadline=None)
@given(doc=trees(), first=st.sampled_from(RELATIONS.split()), second=st.sampled_from(RELATIONS.split()))
def test_matches_are_those_that_walking_the_tree_finds(doc: Doc, first: str, second: str) -> None:
    matcher = DependencyMatcher(VOCAB)
    pattern: list[dict[str, Any]] = [
        {"RIGHT_ID": "x", "RIGHT_ATTRS": {"ORTH": "a"}},
        {"LEFT_ID": "x", "REL_OP": first, "RIGHT_ID": "y", "RIGHT_ATTRS": {}},
        {"LEFT_ID": "y", "REL_OP": second, "RIGHT_ID": "z", "RIGHT_ATTRS": {"ORTH": "b"}},
    ]
    matcher.add("K", [pattern])
    expected = [
        [x.i, y.i, z.i]
        for x, y, z in product(doc, doc, doc)
        if x.text == "a" and z.text == "b" and holds(x, first, y) and holds(y, second, z)
    ]

    assert [tokens for _, tokens in matcher(doc)] == expected


def test_a_span_is_matched_for_itself_and_on_match_is_called() -> None:
    doc = Doc(VOCAB, words=["x", "she", "eats"], heads=[0, 2, 2], deps=["ROOT", "nsubj", "ROOT"])
    calls: list[tuple[Any, ...]] = []
    matcher = DependencyMatcher(VOCAB)
    pattern = [
        {"RIGHT_ID": "verb", "RIGHT_ATTRS": {"ORTH": "eats"}},
        {"LEFT_ID": "verb", "REL_OP": ">--", "RIGHT_ID": "who", "RIGHT_ATTRS": {"DEP": "nsubj"}},
    ]
    matcher.add("SUBJECT", [pattern], on_match=lambda *given: calls.append(given))

    assert matcher(doc[1:3]) == [(VOCAB.strings["SUBJECT"], [1, 0])]
    assert len(calls) == 1
    assert matcher.get("SUBJECT")[1] == [pattern]
    matcher.remove("SUBJECT")
    assert matcher(doc) == []


ANCHOR = {"RIGHT_ID": "a", "RIGHT_ATTRS": {}}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ([], "pattern 0: expected a list of dictionaries"),
        ([{"RIGHT_ID": "a"}], "pattern 0, node 0: RIGHT_ATTRS is missing, got RIGHT_ID"),
        ([{**ANCHOR, "LEFT_ID": "b"}], "node 0: expected only RIGHT_ID and RIGHT_ATTRS in the first node"),
        ([ANCHOR, ANCHOR], "node 1: LEFT_ID is missing"),
        (
            [ANCHOR, {**ANCHOR, "LEFT_ID": "z", "REL_OP": ">"}],
            "node 1, LEFT_ID: expected an earlier node: a, got 'z'",
        ),
        ([ANCHOR, {**ANCHOR, "LEFT_ID": "a", "REL_OP": "~"}], "node 1, REL_OP: expected a relation, got '~'"),
        (
            [ANCHOR, {**ANCHOR, "LEFT_ID": "a", "REL_OP": ">"}],
            "expected a RIGHT_ID that no earlier node has",
        ),
        ([{"RIGHT_ID": "a", "RIGHT_ATTRS": {"OP": "+"}}], "node 0, OP: expected one token per node, got '+'"),
        (
            [{"RIGHT_ID": "a", "RIGHT_ATTRS": {"LOWR": "x"}}],
            "node 0, token 0: unknown attribute",
        ),
    ],
)
def test_a_wrong_pattern_is_named_by_its_place(pattern: Any, message: str) -> None:
    with pytest.raises(DataError) as refused:
        DependencyMatcher(VOCAB).add("RULE", [pattern])
    assert str(refused.value).startswith("DependencyMatcher 'RULE', pattern 0")
    assert message in str(refused.value)


def test_a_document_without_a_tree_is_refused() -> None:
    matcher = DependencyMatcher(VOCAB)
    matcher.add("K", [[ANCHOR]])

    with pytest.raises(DataError, match="the document has no dependency tree"):
        matcher(Doc(VOCAB, words=["x"]))
