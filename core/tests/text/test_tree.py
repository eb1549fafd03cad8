"""What follows from heads, against the plain way to work it out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.text.base.tree import Tree, check_heads


@st.composite
def forests(draw: st.DrawFn) -> list[int]:
    """Heads, by place, of trees over some tokens in any order."""
    n_tokens = draw(st.integers(1, 25))
    order = draw(st.permutations(range(n_tokens)))
    heads = [0] * n_tokens
    for rank, token in enumerate(order):
        heads[token] = order[draw(st.integers(0, rank))]
    return heads


def tree_of(heads: list[int]) -> Tree:
    return Tree(np.array(heads, dtype=np.int32) - np.arange(len(heads)))


def walk_up(heads: list[int], token: int) -> list[int]:
    path = [token]
    while heads[path[-1]] != path[-1]:
        path.append(heads[path[-1]])
    return path


@given(forests())
def test_every_token_finds_its_root(heads: list[int]) -> None:
    assert tree_of(heads).roots.tolist() == [walk_up(heads, token)[-1] for token in range(len(heads))]


@given(forests())
def test_edges_are_the_ends_of_subtrees(heads: list[int]) -> None:
    tokens = range(len(heads))
    below = [[token for token in tokens if top in walk_up(heads, token)] for top in tokens]

    first, last = tree_of(heads).edges

    assert first.tolist() == [min(subtree) for subtree in below]
    assert last.tolist() == [max(subtree) for subtree in below]


@given(forests())
def test_a_sentence_starts_at_the_first_token_below_each_root(heads: list[int]) -> None:
    tokens = range(len(heads))
    roots = [walk_up(heads, token)[-1] for token in tokens]

    starts = tree_of(heads).sent_starts

    assert starts.tolist() == [1 if roots.index(roots[token]) == token else -1 for token in tokens]


@given(forests())
def test_children_are_those_whose_head_it_is(heads: list[int]) -> None:
    tokens = range(len(heads))

    children = tree_of(heads).children

    assert children == [[token for token in tokens if heads[token] == top != token] for top in tokens]


@pytest.mark.parametrize("heads", [[1, 0], [1, 2, 0], [0, 2, 3, 4, 1], [1, 2, 3, 0, 0]])
def test_a_circle_is_an_error(heads: list[int]) -> None:
    with pytest.raises(DataError, match="heads must lead to a root, got a cycle"):
        _ = tree_of(heads).sent_starts


def test_a_head_outside_is_an_error() -> None:
    with pytest.raises(DataError, match="head of token 1 is outside its 2 tokens, got 2"):
        check_heads(np.array([0, 1]))


def test_a_tree_over_nothing_is_empty() -> None:
    assert tree_of([]).sent_starts.tolist() == []
    assert tree_of([]).children == []
