"""What English adds: contractions, abbreviations, times, numerals, stop words."""

# ruff: noqa: RUF005, RUF012 (what people write in their callbacks and classes)

from __future__ import annotations

from typing import Any

import pytest

import kernel
from kernel.language import Language
from kernel.registry import registry
from kernel.testing.data.languages import check_language
from pkg_english.language import English

NLP = English()


def words(text: str) -> list[str]:
    return [token.text for token in NLP(text)]


def norms(text: str) -> str:
    return " ".join(token.norm_ for token in NLP(text))


def test_english_does_what_every_language_must() -> None:
    check_language(English, "I can't say it's 10am (in the U.S.).", "They'd've won; Mr. Smith wouldn't.")


def test_en_names_this_language() -> None:
    assert registry.languages.get("en") is English
    assert isinstance(kernel.blank("en"), English)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I can't cannot Can't", "i can not can not can not"),
        ("they'd've won't shan't", "they would have will not shall not"),
        ("it's he’s let's", "it 's he 's let us"),
        ("gonna gotta c'mon i'ma", "going to got to come on i am gonna"),
        ("dont Ive youre y'all", "do not i have you are you all"),
        ("'cause nothin' o'clock", "because nothing o'clock"),
        ("10am 3p.m.", "10 a.m. 3 p.m."),
        ("Jan. Calif. N.Y.", "January California New York"),
    ],
)
def test_contractions_and_abbreviations_are_split_and_normed(text: str, expected: str) -> None:
    assert norms(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("its well hell", ["its", "well", "hell"]),
        ("(Can't!)", ["(", "Ca", "n't", "!", ")"]),
        ("Mr. Smith's U.S. and/or e.g. w/o", ["Mr.", "Smith", "'s", "U.S.", "and/or", "e.g.", "w/o"]),
        ("a 15-year-old", ["a", "15", "-", "year", "-", "old"]),
        ("at 5pm.", ["at", "5", "pm", "."]),
        ("13am", ["13am"]),
    ],
)
def test_text_is_split_as_readers_of_english_expect(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_numerals_are_words_and_ordinals_too() -> None:
    found = [token.text for token in NLP("ten Twentieth third 21st 1,000 tense month") if token.like_num]
    assert found == ["ten", "Twentieth", "third", "21st", "1,000"]


def test_stop_words_are_known_in_any_case_and_with_any_apostrophe() -> None:
    assert [token.text for token in NLP("The cat isn’t THERE") if not token.is_stop] == ["cat"]


def test_defaults_can_be_subclassed() -> None:
    class CustomDefaults(English.Defaults):  # type: ignore[valid-type, misc]
        stop_words = {"custom", "stop"}
        suffixes = English.Defaults.suffixes + (r"-+$",)

    class CustomEnglish(English):
        lang = "custom_en"
        Defaults = CustomDefaults

    nlp = CustomEnglish()
    doc = nlp("The custom isn't--")
    assert [token.text for token in doc] == ["The", "custom", "is", "n't", "--"]
    assert [token.is_stop for token in doc] == [False, True, False, False, False]


def test_a_callback_may_change_the_class_before_it_is_used() -> None:
    def customize_language_data(lang_cls: type[Language]) -> type[Any]:
        class Changed(lang_cls):  # type: ignore[valid-type, misc]
            class Defaults(lang_cls.Defaults):  # type: ignore[name-defined]
                pass

        Changed.Defaults.infixes = lang_cls.Defaults.infixes + [r"_"]
        Changed.Defaults.stop_words = lang_cls.Defaults.stop_words | {"ooh"}
        return Changed

    doc = customize_language_data(English)()("ooh a_b")
    assert [(token.text, token.is_stop) for token in doc] == [
        ("ooh", True),
        ("a", True),
        ("_", False),
        ("b", False),
    ]
    assert words("a_b") == ["a_b"]
