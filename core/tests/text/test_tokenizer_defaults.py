"""Language defaults and how people change them."""

# ruff: noqa: RUF005, RUF012 (what people write in their callbacks and classes)
from __future__ import annotations

import pytest

from kernel.attrs import LIKE_NUM, ORTH
from kernel.errors import ConfigError
from kernel.text.tokenizer.language_defaults import Defaults, StopWords, lexical_getters
from kernel.text.tokenizer.punctuation import (
    PunctuationRules,
    compile_infix_regex,
    compile_prefix_regex,
    compile_suffix_regex,
)
from kernel.text.tokenizer.tokenizer import Tokenizer, tokenizer_factory
from kernel.text.tokenizer.tokenizer_exceptions import update_exc
from kernel.vocab import Vocab


class CustomDefaults(Defaults):
    stop_words = {"custom", "stop"}
    suffixes = Defaults.suffixes + (r"-+",)
    norm_exceptions = {"ok": "okay"}
    lex_attr_getters = {LIKE_NUM: lambda text: text == "dozen"}


class Pipeline:
    """As much of a pipeline as a tokenizer's factory looks at."""

    def __init__(self, defaults: type[Defaults]) -> None:
        self.Defaults = defaults
        self.vocab = Vocab(lexical_getters(defaults))


def words(defaults: type[Defaults], text: str) -> list[str]:
    pipeline = Pipeline(defaults)
    return [token.text for token in tokenizer_factory()(pipeline)(text)]


@pytest.mark.parametrize("more", [["-+"], ("-+",), PunctuationRules(["-+"])])
def test_rules_add_with_lists_and_tuples_from_both_sides(more: list[str]) -> None:
    rules = PunctuationRules(["a", "b"])
    assert rules + more == ("a", "b", "-+")
    assert more + rules == ("-+", "a", "b")
    assert isinstance(more + rules, PunctuationRules)
    assert rules == ("a", "b")


def test_a_single_rule_is_not_taken_for_many() -> None:
    with pytest.raises(ConfigError, match=r"write \+ \['-\+'\]"):
        PunctuationRules(["a"]) + "-+"


def test_a_slice_of_rules_still_adds_with_lists() -> None:
    assert PunctuationRules(["a", "b"])[1:] + ["c"] == ("b", "c")


def test_a_subclass_changes_suffixes_stop_words_norms_and_numerals() -> None:
    assert words(Defaults, "well--") == ["well--"]
    assert words(CustomDefaults, "well--") == ["well", "--"]
    vocab = Pipeline(CustomDefaults).vocab
    shown = [
        (word, vocab[word].is_stop, vocab[word].norm_, vocab[word].like_num)
        for word in ("Stop", "ok", "dozen", "1")
    ]
    assert shown == [
        ("Stop", True, "stop", False),
        ("ok", False, "okay", False),
        ("dozen", False, "dozen", True),
        ("1", False, "1", False),
    ]


def test_general_norms_write_marks_plainly() -> None:
    vocab = Pipeline(Defaults).vocab
    assert [vocab[mark].norm_ for mark in ("’", "“", "—", "€", "Word")] == ["'", '"', "-", "$", "word"]


def test_a_match_function_of_a_class_body_is_called_with_the_text() -> None:
    class Whole(Defaults):
        @staticmethod
        def token_match(text: str) -> bool:  # type: ignore[override]
            return text.startswith("#")

    assert words(Whole, "#a,b c,d") == ["#a,b", "c", ",", "d"]


def test_rules_may_be_missing() -> None:
    class Bare(Defaults):
        prefixes = None
        suffixes = None
        infixes = None
        url_match = None
        tokenizer_exceptions = {}

    assert words(Bare, "(a-b, c)") == ["(a-b,", "c)"]


def test_stop_words_take_one_word_and_say_so() -> None:
    stop_words = StopWords(["a"])
    stop_words.add("b")
    stop_words.update(["c", "d"])
    assert stop_words == {"a", "b", "c", "d"}
    with pytest.raises(ConfigError, match=r"got \['ooh', 'aah'\]; write stop_words\.update"):
        stop_words.add(["ooh", "aah"])  # type: ignore[arg-type]


def test_exceptions_merge_and_get_typographic_apostrophes() -> None:
    base = {"a'b": [{ORTH: "a'b"}], "x": [{ORTH: "x"}]}
    merged = update_exc(base, {"x": [{ORTH: "x", "NORM": "'x"}], "can't": [{ORTH: "ca"}, {ORTH: "n't"}]})
    assert merged["can’t"] == [{ORTH: "ca"}, {ORTH: "n’t"}]
    assert merged["a’b"] == [{ORTH: "a’b"}]
    assert merged["x"] == [{ORTH: "x", "NORM": "'x"}]
    assert base["x"] == [{ORTH: "x"}]


def test_compiled_rules_keep_to_their_end_of_the_word() -> None:
    rules = ["a|b", "…", ""]
    assert compile_prefix_regex(rules).search("cb") is None
    assert compile_suffix_regex(rules).search("bc") is None
    assert [match[0] for match in compile_infix_regex(rules).finditer("xayb…")] == ["a", "b", "…"]


def test_a_tokenizer_of_defaults_has_their_rules() -> None:
    tokenizer = Tokenizer.from_defaults(Vocab(), Defaults)
    assert set(tokenizer.rules) == set(Defaults.tokenizer_exceptions)
    assert tokenizer.url_match is Defaults.url_match
