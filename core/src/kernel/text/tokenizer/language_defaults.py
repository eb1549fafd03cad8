"""What a language says about its text: the `Defaults` that languages subclass and people change.

A language writes `class EnglishDefaults(Defaults)` with what differs. A callback or a user's subclass may replace any
attribute, or add to `prefixes`, `suffixes`, `infixes` with a list or a tuple, and to `stop_words` as to a set.
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
from kernel.text.vocab.lex_attrs import LEX_ATTR_GETTERS, LexAttrGetter
from kernel.text.vocab.norms import BASE_NORMS, norm_getter


class StopWords(set[str]):
    """A set of words that says what to write when it is given a list as if that were one word."""

    def add(self, word: str) -> None:
        """Add one word.

        Raises:
            ConfigError: Several words came at once.
        """
        if not isinstance(word, str):
            raise ConfigError(
                f"stop_words.add: one word is expected, got {word!r:.80}; write stop_words.update(words)"
            )
        super().add(word)


class Defaults:
    """Language data; every attribute may be replaced in a subclass.

    Attributes:
        tokenizer_exceptions: For a text the tokens that it becomes.
        prefixes: Regexes of what is taken off the start of a word, or None.
        suffixes: Regexes of what is taken off the end.
        infixes: Regexes of where a word is split.
        token_match: Says what is kept whole whatever the other rules say.
        url_match: Says what is kept whole once affixes are off.
        lex_attr_getters: Getters of lexical attributes that replace the general ones, by name or id.
        norm_exceptions: Norms of words where they are not the lower case.
        stop_words: Words that `is_stop` holds for, in lower case.
        syntax_iterators: Functions over parsed documents, such as `noun_chunks`.
        writing_system: Direction and kind of the script.
        config: Config sections that the language sets.
    """

    tokenizer_exceptions: Mapping[str, Sequence[TokenAttrs]] = BASE_EXCEPTIONS
    # Sequences of regexes or None; not declared so, because then a type checker would refuse `suffixes + [...]`.
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
    """Give the getters of a language's vocabulary: the general ones under what the language says."""
    getters: dict[str, LexAttrGetter] = {**LEX_ATTR_GETTERS, "IS_STOP": stop_word_getter(defaults.stop_words)}
    for attribute, getter in defaults.lex_attr_getters.items():
        getters[attrs.attribute_name(attribute)] = getter
    getters["NORM"] = norm_getter({**BASE_NORMS, **defaults.norm_exceptions}, getters["NORM"])
    return getters


def stop_word_getter(stop_words: Iterable[str]) -> LexAttrGetter:
    """Make the getter of IS_STOP for a list of words in lower case."""
    known = frozenset(stop_words)

    def is_stop(text: str) -> bool:
        return text.lower() in known

    return is_stop
