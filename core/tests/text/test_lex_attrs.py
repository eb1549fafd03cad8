"""What words show by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.text.vocab.lex_attrs import LEX_ATTR_GETTERS, like_email, like_num, like_url, word_shape


def having(flag: str, words: str) -> str:
    """Keep the words that a flag holds for."""
    return " ".join(word for word in words.split() if LEX_ATTR_GETTERS[flag](word))


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("", ""),
        ("Pilot", "Xxxxx"),
        ("C3PO", "XdXX"),
        ("international", "xxxx"),
        ("Washington", "Xxxxx"),
        ("1234567", "dddd"),
        ("......", "...."),
        ("-LRB-", "-XXX-"),
        ("日本語", "xxx"),
        ("x" * 100, "LONG"),
        ("x" * 99, "xxxx"),
    ],
)
def test_shape_shows_case_and_digits_with_runs_cut_at_four(word: str, shape: str) -> None:
    assert word_shape(word) == shape


@given(st.text(max_size=120))
def test_a_shape_never_repeats_a_character_five_times(word: str) -> None:
    shape = word_shape(word)
    assert all(len(set(shape[i : i + 5])) > 1 for i in range(len(shape) - 4))


@pytest.mark.parametrize("word", ["10", "1,000.5", "-5", "+5", "~5", "±5", "1/2", "٣", "5,"])
def test_digits_are_like_a_number(word: str) -> None:
    assert like_num(word)


@pytest.mark.parametrize("word", ["", "+", ",", "ten", "1/", "a/2", "--5", "1/2/3", "½", "1e5", "5%"])
def test_what_is_not_written_in_digits_is_not_like_a_number(word: str) -> None:
    assert not like_num(word)


@pytest.mark.parametrize(
    "word",
    [
        "http://x",
        "https://",
        "www.a",
        "example.com",
        "a.b-c.co.uk/x?y#z",
        "a.com:80",
        "//a.com",
        "ftp://a.com",
    ],
)
def test_addresses_are_like_a_url(word: str) -> None:
    assert like_url(word)


@pytest.mark.parametrize(
    "word", ["", "www.", "a.COM", "end.", ".net", "e.g", "U.S.", "me@a.com", "http", "1.5"]
)
def test_words_with_dots_are_not_like_a_url(word: str) -> None:
    assert not like_url(word)


def test_an_address_of_a_mailbox_is_like_an_email() -> None:
    assert like_email("a.b+c@mail.example.com")
    assert not any(map(like_email, ["a@b", "@a.b", "<a@b.co>", "a@b@c.com", "example.com"]))


def test_flags_of_punctuation_follow_unicode() -> None:
    words = """. , « » ' " `` '' ` ( ] ... ‼ $ € + a 1 a."""
    assert having("IS_PUNCT", words) == """. , « » ' " '' ( ] ... ‼"""
    assert having("IS_QUOTE", words) == """« » ' " `` '' `"""
    assert having("IS_LEFT_PUNCT", words) == """« ' " `` ("""
    assert having("IS_RIGHT_PUNCT", words) == """» ' " '' ]"""
    assert having("IS_BRACKET", words) == "( ]"
    assert having("IS_CURRENCY", words + " $$ US$") == "$ € $$"


@given(st.text(max_size=20))
def test_every_getter_answers_every_string(word: str) -> None:
    answers = {name: getter(word) for name, getter in LEX_ATTR_GETTERS.items()}
    assert all(
        isinstance(answer, bool) for name, answer in answers.items() if name.startswith(("IS_", "LIKE_"))
    )
    assert all(isinstance(answers[name], str) for name in ("LOWER", "NORM", "SHAPE", "PREFIX", "SUFFIX"))
    assert word.startswith(str(answers["PREFIX"]))
    assert word.endswith(str(answers["SUFFIX"]))
