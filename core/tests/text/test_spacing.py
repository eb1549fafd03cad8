"""Words without whitespace, put into their text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.tokens import Doc
from kernel.util import get_words_and_spaces
from kernel.vocab import Vocab


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        (["a", "b"], "a b", (["a", "b"], [True, False])),
        (["a", "b"], " a  b \n", ([" ", "a", " ", "b", "\n"], [False, True, False, True, False])),
        (["a", "\n", "b"], "a \n b", (["a", "\n ", "b"], [True, False, False])),
        (["a", " ", "b"], "a b", (["a", "b"], [True, False])),
        ([], "  ", (["  "], [False])),
    ],
)
def test_whitespace_becomes_spaces_and_tokens(
    words: list[str], text: str, expected: tuple[list[str], list[bool]]
) -> None:
    assert get_words_and_spaces(words, text) == expected


@given(st.text(" ab\n\té"))
def test_the_text_of_the_document_is_the_text(text: str) -> None:
    tokens, spaces = get_words_and_spaces(text.split(), text)

    assert Doc(Vocab(), tokens, spaces).text == text


@pytest.mark.parametrize(("words", "rest"), [(["b"], "got 'b' for 'a c'"), (["a"], "got no word for ' c'")])
def test_other_words_are_refused(words: list[str], rest: str) -> None:
    with pytest.raises(DataError, match=rest):
        get_words_and_spaces(words, "a c")
