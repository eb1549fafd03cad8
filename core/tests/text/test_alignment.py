"""Alignment of two tokenizations of one text."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.text.gold.alignment import Alignment


def test_identical_tokenizations_align_token_by_token() -> None:
    alignment = Alignment.from_strings(["a", " ", "b"], ["a", " ", "b"])

    assert alignment.is_identical
    assert alignment.x2y.data.tolist() == [0, 1, 2]
    assert alignment.x2y.lengths.tolist() == [1, 1, 1]


def test_split_and_merged_tokens_align_both_ways() -> None:
    alignment = Alignment.from_strings(["listen", "to", "obama's"], ["listen", "to", "obama", "'", "s"])

    assert [row.tolist() for row in alignment.x2y] == [[0], [1], [2, 3, 4]]
    assert [row.tolist() for row in alignment.y2x] == [[0], [1], [2], [2], [2]]


def test_overlapping_tokens_align_with_each_other() -> None:
    alignment = Alignment.from_strings(["a", "bc", "d"], ["ab", "c", "d"])

    assert alignment.x2y.data.tolist() == [0, 0, 1, 2]
    assert alignment.x2y.lengths.tolist() == [1, 2, 1]
    assert alignment.y2x.data.tolist() == [0, 1, 1, 2]
    assert alignment.y2x.lengths.tolist() == [2, 1, 1]


def test_whitespace_tokens_align_with_nothing() -> None:
    alignment = Alignment.from_strings(["a", " ", "b\n"], ["a", "b"])

    assert alignment.x2y.lengths.tolist() == [1, 0, 1]
    assert alignment.x2y[2].tolist() == [1]
    assert alignment.y2x.data.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (["HELLO"], ["hel", "lo"], [[0, 1]]),
        (["İx"], ["i̇", "x"], [[0, 1]]),
        (["ΑΣ", "x"], ["α", "ς", "x"], [[0, 1], [2]]),
        (["ﬁ", "n"], ["fin"], [[0], [0]]),
        (["straße"], ["STRA", "SSE"], [[0, 1]]),
        ([], [], []),
        ([" "], [], [[]]),
    ],
)
def test_case_and_ligatures_do_not_hinder(x: list[str], y: list[str], expected: list[list[int]]) -> None:
    assert [row.tolist() for row in Alignment.from_strings(x, y).x2y] == expected


def test_a_slice_gives_its_rows_after_each_other() -> None:
    rows = Alignment.from_strings(["ab", "c", "de"], ["a", "b", "c", "d", "e"]).x2y

    assert rows[0:2].tolist() == [0, 1, 2]
    assert rows[-1].tolist() == [3, 4]


def test_rows_can_be_given_outright() -> None:
    alignment = Alignment.from_indices([[0], [1, 2]], [[0], [1], [1]])

    assert alignment.x2y == Alignment.from_strings(["a", "bc"], ["a", "b", "c"]).x2y
    assert alignment.y2x.ends.tolist() == [1, 2, 3]


def test_different_texts_are_an_error_that_shows_where() -> None:
    with pytest.raises(DataError) as caught:
        Alignment.from_strings(["one", "two"], ["one", "tw", "x"])

    assert str(caught.value) == (
        "alignment: the texts differ at token 1 of the first and token 2 of the second, got ['two'] and "
        "['x']; give two tokenizations of one text (only whitespace and case may differ)"
    )


@st.composite
def tokenizations(draw: st.DrawFn) -> tuple[str, list[str], list[str]]:
    """One text, cut twice."""
    text = draw(st.text(max_size=40))
    cuts = st.lists(st.integers(0, len(text)), max_size=12).map(lambda found: sorted({0, len(text), *found}))
    x, y = draw(cuts), draw(cuts)
    return (
        text,
        [text[i:j] for i, j in pairwise(x)],
        [text[i:j] for i, j in pairwise(y)],
    )


@given(tokenizations())
def test_the_two_directions_hold_the_same_pairs(case: tuple[str, list[str], list[str]]) -> None:
    _, x, y = case

    alignment = Alignment.from_strings(x, y)

    forth = {(i, j) for i, row in enumerate(alignment.x2y) for j in row.tolist()}
    back = {(i, j) for j, row in enumerate(alignment.y2x) for i in row.tolist()}
    assert forth == back
    assert len(alignment.x2y) == len(x)
    assert len(alignment.y2x) == len(y)


@given(tokenizations())
def test_every_token_with_a_visible_character_aligns(case: tuple[str, list[str], list[str]]) -> None:
    _, x, y = case

    alignment = Alignment.from_strings(x, y)

    visible = [bool("".join(token.split())) for token in x]
    assert [n > 0 for n in alignment.x2y.lengths.tolist()] == ([True] * len(x) if x == y else visible)


@given(tokenizations(), st.sampled_from([str.upper, str.lower, str.swapcase, str.title, str.casefold]))
def test_tokenizations_whose_case_differs_align(
    case: tuple[str, list[str], list[str]], change: Callable[[str], str]
) -> None:
    _, x, y = case
    changed = [change(token) for token in y]

    alignment = Alignment.from_strings(x, changed)

    assert len(alignment.x2y) == len(x)
    assert len(alignment.y2x) == len(y)


@given(st.lists(st.sampled_from(["ﬁ", "ﬂ", "ﬀ", "ß", "ŉ", "ﬃ", "ı", "İ", "σ", "ς"]), min_size=1, max_size=6))
def test_ligatures_align_with_their_letters(ligatures: list[str]) -> None:
    letters = [letter for ligature in ligatures for letter in ligature.casefold()]

    alignment = Alignment.from_strings(ligatures, letters)

    assert alignment.x2y.lengths.tolist() == [len(ligature.casefold()) for ligature in ligatures]
