"""Regular expressions from elsewhere: what they mean to `re`, and never without end."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from contextlib import suppress

import pytest

import kernel
from kernel.errors import DataError
from kernel.text.tokenizer.foreign_patterns import N_QUICK, ForeignPattern, as_in_re, is_quick
from kernel.text.tokenizer.language_defaults import Defaults
from kernel.text.tokenizer.punctuation import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from kernel.tokenizer import Tokenizer

ENDLESS = r"^(?:a|aa)+$"
VICTIM = "a" * 60 + "b"
EVERY_CHARACTER = "".join(
    chr(number)
    for number in range(sys.maxunicode + 1)
    if not 0xD800 <= number < 0xE000 and unicodedata.category(chr(number)) != "Cn"
)


def foreign(pattern: str, method: str = "finditer") -> ForeignPattern:
    return ForeignPattern(re.compile(pattern), method, "here")


@pytest.mark.parametrize(
    "pattern", [r"\w", r"\W", r"\s", r"\S", r"\d", r"[\w]", r"[\W]", r"[^\s\W]", r"[\S]"]
)
def test_a_class_of_characters_has_the_characters_that_it_has_in_re(pattern: str) -> None:
    # So long a text goes to the other engine, whatever the pattern is.
    found = {match[0] for match in foreign(pattern)(EVERY_CHARACTER)}

    assert found == set(re.findall(pattern, EVERY_CHARACTER))


PATTERNS = (
    r"\bfoo\b|\B-\B",
    r"[[a]+|[]x]|[^]x]",
    r"[a[^b]+",
    r"[[:alpha:]]",
    r"a{2}|b{,2}c|d{1,}|e{x}|f{}|{",
    r"(?:foo){e}",
    r"\N{DIGIT ONE}+|\x41|\101",
    r"(?i)straße|k",
    r"(?P<q>['\"]).*?(?P=q)",
    r"(?<=\d)[.,](?=\d)",
    r"^(?:a|b)+$",
    r"a--b|[a&&b]|[a||b]|[a~~b]",
    r"\.\*\\|\[x\]",
)
TEXTS = (
    "foo-bar foo",
    "[a]x^]b",
    "[:alpha:] a] p]",
    "aa bbc c d e{x} f{} {",
    "foo{e}",
    "11 A",
    "STRASSE Straße K \u212a",
    "'a' \"b\" ''",
    "1.5 2,3 x.y",
    "abab",
    "a--b a-b && || \u0301e\u0301 ½ ² ٣",
    ".*\\ [x]",
)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_pattern_finds_what_it_finds_in_re(pattern: str) -> None:
    for text in TEXTS:
        long = text + " " * N_QUICK
        found = [(match.span(), match[0]) for match in foreign(pattern)(long)]

        assert found == [(match.span(), match[0]) for match in re.finditer(pattern, long)]


@pytest.mark.parametrize("language", ["en", "de", "fr", "ru"])
def test_a_languages_own_rules_cut_alike_in_both_engines(language: str) -> None:
    nlp = kernel.blank(language)
    words = [
        "(e.g.)",
        "U.S.-based",
        "don't",
        "3.5km",
        "http://a.b/c?d",
        "l'été",
        "«слово»",
        "½-Liter",
        "…",
        "a/b",
        "x--y",
    ]
    text = " ".join([*words, *(f"{first}{second}" for first in words for second in words)])
    own = [token.text for token in nlp(text)]
    for rule in ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match"):
        function = getattr(nlp.tokenizer, rule)
        pattern = getattr(function, "__self__", None)
        if isinstance(pattern, re.Pattern):
            setattr(nlp.tokenizer, rule, ForeignPattern(pattern, function.__name__, rule))

    assert [token.text for token in nlp(text)] == own


@pytest.mark.parametrize("method", ["match", "fullmatch", "search", "finditer"])
@pytest.mark.parametrize("pattern", [ENDLESS, r"^(?:a|a)*$", r"^(?:(?:a|aa)+)+$"])
def test_a_pattern_that_would_not_end_is_stopped_with_a_message(pattern: str, method: str) -> None:
    with pytest.raises(
        DataError, match=r"^here: takes more than 0\.25 seconds for one word, got '.*' for 'aaa"
    ):
        foreign(pattern, method)(VICTIM)


@pytest.mark.parametrize("pattern", [r"^(?:a+)+$", r"^(?:a?){40}a{40}$", r"(a*)*\1c", r"^(\w+\s?)*$"])
def test_other_patterns_that_re_does_not_end_are_no_burden(pattern: str) -> None:
    found = None
    with suppress(DataError):
        found = foreign(pattern, "search")(VICTIM + "!")

    assert found is None


@pytest.mark.parametrize(
    "rule", ["prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match"]
)
def test_a_saved_tokenizer_cannot_make_a_text_endless(rule: str) -> None:
    nlp = kernel.blank("xx")
    written = json.loads(nlp.tokenizer.to_bytes())
    written[rule] = {
        "pattern": ENDLESS,
        "method": "finditer" if rule == "infix_finditer" else "search",
        "flags": 0,
    }
    nlp.tokenizer.from_bytes(json.dumps(written).encode())

    with pytest.raises(DataError, match=f"^tokenizer: {rule}: takes more than "):
        nlp(VICTIM)
    assert nlp("b").text == "b"


def test_the_rules_of_the_language_are_matched_by_re_itself() -> None:
    nlp = kernel.blank("en")
    other = kernel.blank("en")
    other.tokenizer.from_bytes(nlp.tokenizer.to_bytes())

    for rule in ("prefix_search", "suffix_search", "infix_finditer"):
        assert getattr(other.tokenizer, rule).__self__ is getattr(nlp.tokenizer, rule).__self__
        assert not isinstance(getattr(other.tokenizer, rule), ForeignPattern)


def test_rules_that_are_not_the_languages_are_saved_as_they_were_read() -> None:
    class Own(Defaults):
        prefixes = ("x+",)
        suffixes = (r"\)+",)
        infixes = (r"(?<=\w)-(?=\w)",)

    vocab = kernel.blank("xx").vocab
    own = Tokenizer(
        vocab,
        prefix_search=compile_prefix_regex(Own.prefixes).search,
        suffix_search=compile_suffix_regex(Own.suffixes).search,
        infix_finditer=compile_infix_regex(Own.infixes).finditer,
    )
    read = Tokenizer(vocab).from_bytes(own.to_bytes())

    assert read.to_bytes() == own.to_bytes()
    assert [token.text for token in read("xxa-b)) c")] == [token.text for token in own("xxa-b)) c")]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("abc", True),
        (r"\d+", True),
        (r"^[Uu](\.?|nited)$", True),
        (r"(a)?", True),
        (r"[a-z)*+]+", True),
        (r"\(\*\+\)", True),
        (r"a+b+", False),
        (r"(a|a)*", False),
        (r"(?:a{2})+", False),
        (r"a?a?", False),
    ],
)
def test_a_pattern_is_quick_if_it_repeats_one_thing_at_most(pattern: str, expected: bool) -> None:
    assert is_quick(pattern) is expected


def test_what_the_engines_read_alike_is_left_as_it_is() -> None:
    assert as_in_re(r"^(?:a|b)\.[c-e]{2,3}$") == r"^(?:a|b)\.[c-e]{2,3}$"
