"""Trees whose arcs cross, lifted and put back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.gold.projective import crossing_arcs, deprojectivize, projectivize
from kernel.text.vocab.vocab import Vocab

# d is the root; e hangs on b across c, a hangs on c across b.
HEADS = [2, 3, 3, 3, 1]
LABELS = ["x", "y", "z", "ROOT", "q"]


@st.composite
def trees(draw: st.DrawFn) -> list[int]:
    """Give heads of one random tree, arcs crossing or not."""
    order = draw(st.permutations(range(draw(st.integers(1, 8)))))
    heads = [0] * len(order)
    for rank, token in enumerate(order):
        heads[token] = order[draw(st.integers(0, rank - 1))] if rank else token
    return heads


def is_crossed(heads: list[int], token: int) -> bool:
    """Say whether something between a token and its head is not below the head."""
    head = heads[token]
    low, high = min(token, head), max(token, head)
    return any(head not in ancestors(heads, between) for between in range(low + 1, high))


def ancestors(heads: list[int], token: int) -> set[int]:
    above = set()
    while heads[token] != token:
        token = heads[token]
        above.add(token)
    return above


def test_dependents_are_lifted_and_say_so() -> None:
    assert projectivize(HEADS, LABELS) == ([3, 3, 3, 3, 3], ["x||z", "y", "z", "ROOT", "q||y"])


def test_lifted_dependents_return() -> None:
    assert deprojectivize(*projectivize(HEADS, LABELS)) == (HEADS, LABELS)


def test_a_lifted_dependent_stays_where_no_such_head_is_below() -> None:
    assert deprojectivize([1, 1], ["x||nowhere", "ROOT"]) == ([1, 1], ["x", "ROOT"])


@given(trees())
def test_some_arc_crosses_just_when_the_tree_is_not_projective(heads: list[int]) -> None:
    expected = any(is_crossed(heads, token) for token in range(len(heads)))

    assert crossing_arcs(np.array(heads)).any() == expected


@given(trees())
def test_lifting_leaves_a_projective_tree(heads: list[int]) -> None:
    lifted, labels = projectivize(heads, [f"l{i}" for i in range(len(heads))])

    assert not any(is_crossed(lifted, token) for token in range(len(heads)))
    assert deprojectivize(lifted, labels)[1] == [f"l{i}" for i in range(len(heads))]


@given(trees())
def test_labels_that_all_differ_lead_every_dependent_back(heads: list[int]) -> None:
    labels = [f"l{i}" for i in range(len(heads))]

    assert deprojectivize(*projectivize(heads, labels)) == (heads, labels)


def test_an_example_lists_projective_heads() -> None:
    vocab = Vocab()
    words = ["a", "b", "c", "d", "e"]
    eg = Example(Doc(vocab, words=words), Doc(vocab, words=words, heads=HEADS, deps=LABELS))

    assert eg.get_aligned_parse() == ([3, 3, 3, 3, 3], ["x||z", "y", "z", "ROOT", "q||y"])
    assert eg.get_aligned_parse(projectivize=False) == (HEADS, LABELS)


def test_the_parts_of_a_gold_token_share_its_head() -> None:
    vocab = Vocab()
    gold = Doc(vocab, words=["ab", "c"], spaces=[True, False], heads=[1, 1], deps=["x", "ROOT"])

    eg = Example(Doc(vocab, words=["a", "b", "c"], spaces=[False, True, False]), gold)

    assert eg.get_aligned_parse() == ([2, 2, 2], ["x", "x", "ROOT"])
