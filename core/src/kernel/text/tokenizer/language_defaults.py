"""Language data: the `Defaults` that languages subclass and users customize.

A language defines `class EnglishDefaults(Defaults)` with what differs. A callback or a user's subclass may replace any
attribute, or extend `prefixes`, `suffixes` and `infixes` with a list or tuple, and `stop_words` like a set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kernel.errors import ConfigError
from kernel.text.base import attrs
from kernel.text.tokenizer.punctuation import INFIXES, PREFIXES, SUFFIXES
from kernel.text.tokenizer.tokenizer_exceptions import BASE_EXCEPTIONS, TokenAttrs
from kernel.text.tokenizer.tokenizer_rules import Search
from kernel.text.tokenizer.web_addresses import match_url
from kernel.text.vocab.lex_attrs import BASE_NORMS, LEX_ATTR_GETTERS, LexAttrGetter, norm_getter


class StopWords(set[str]):
    """A set of words whose `add` refuses a list of words and suggests `update`."""

    def add(self, word: str) -> None:
        """Add one word.

        Raises:
            ConfigError: The argument is not a single word.
        """
        if not isinstance(word, str):
            raise ConfigError(
                f"stop_words.add: expected one word, got {word!r:.80}; write stop_words.update(words)"
            )
        super().add(word)


class Defaults:
    """Language data; every attribute may be overridden in a subclass.

    Attributes:
        tokenizer_exceptions: Texts with the tokens they are split into.
        prefixes: Regexes of prefixes to split off, or None.
        suffixes: Regexes of suffixes to split off, or None.
        infixes: Regexes of infixes at which to split, or None.
        token_match: Matches text to keep as one token, before all affix rules.
        url_match: Matches text to keep as one token, after affixes are split off.
        lex_attr_getters: Getters of lexical attributes that override the general ones, by name or number.
        norm_exceptions: Norms of words that differ from the lower-cased word.
        stop_words: Stop words, in lower case.
        syntax_iterators: Functions over parsed documents, such as `noun_chunks`.
        writing_system: Direction and kind of the script.
        config: Config sections that the language sets.
    """

    tokenizer_exceptions: Mapping[str, Sequence[TokenAttrs]] = BASE_EXCEPTIONS
    # Sequences of regexes or None; annotated as Any, because otherwise type checkers reject `suffixes + [...]`.
    prefixes: Any = PREFIXES
    suffixes: Any = SUFFIXES
    infixes: Any = INFIXES
    token_match: Search | None = None
    url_match: Search | None = match_url
    lex_attr_getters: Mapping[Any, LexAttrGetter] = {}
    norm_exceptions: Mapping[str, str] = {}
    stop_words: set[str] = StopWords()
    syntax_iterators: Mapping[str, Callable[..., Any]] = {}
    writing_system: Mapping[str, Any] = {"direction": "ltr", "has_case": True, "has_letters": True}
    config: Mapping[str, Any] = {}


def lexical_getters(defaults: type[Defaults]) -> dict[str, LexAttrGetter]:
    """Return the getters of lexical attributes of a language: the general ones, overridden by the language's."""
    getters: dict[str, LexAttrGetter] = {**LEX_ATTR_GETTERS, "IS_STOP": stop_word_getter(defaults.stop_words)}
    for attribute, getter in defaults.lex_attr_getters.items():
        getters[attrs.attribute_name(attribute)] = getter
    getters["NORM"] = norm_getter({**BASE_NORMS, **defaults.norm_exceptions}, getters["NORM"])
    return getters


def stop_word_getter(stop_words: Iterable[str]) -> LexAttrGetter:
    """Return a getter for IS_STOP from stop words in lower case."""
    words = frozenset(stop_words)

    def is_stop(text: str) -> bool:
        return text.lower() in words

    return is_stop
