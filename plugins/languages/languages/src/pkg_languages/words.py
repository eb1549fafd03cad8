"""Functions that create language data: stop words, numerals, tokenizer exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import stopwordsiso

from kernel.text.tokenizer.language_defaults import StopWords
from kernel.text.tokenizer.tokenizer_exceptions import BASE_EXCEPTIONS, ORTH, TokenAttrs, update_exc
from kernel.text.vocab import lex_attrs

Exceptions = dict[str, list[TokenAttrs]]


def stop_words(code: str) -> StopWords:
    """Return the stop words of a language, in lower case.

    Source:
        Stopwords ISO, https://github.com/stopwords-iso, from the package stopwordsiso.
    """
    words = (word.strip().lower() for word in stopwordsiso.stopwords(code))
    return StopWords(word for word in words if word)


def numerals(
    words: str, *, endings: Iterable[str] = (), ordinal: Callable[[str], bool] | None = None
) -> Callable[[str], bool]:
    """Return the `like_num` function of a language.

    Args:
        words: Its numerals, separated by spaces.
        endings: Endings of ordinals in digits, as in `2nd`.
        ordinal: Returns whether a word that is not in `words` is an ordinal.
    """
    number_words, endings = frozenset(words.split()), tuple(endings)

    def like_num(text: str) -> bool:
        if lex_attrs.like_num(text):
            return True
        word = text.lower()
        if word in number_words or (ordinal is not None and ordinal(word)):
            return True
        return any(word.endswith(ending) and word[: -len(ending)].isdigit() for ending in endings)

    return like_num


def exceptions(*, kept: str = "", split: str = "") -> Exceptions:
    """Return the tokenizer exceptions of a language, in addition to those of all languages.

    Args:
        kept: Texts that stay one token, such as abbreviations with their dot, separated by spaces; capitalised forms
            are added.
        split: Texts that are split where they have a `/`, separated by spaces; capitalised forms are added.
    """
    table: Exceptions = {}
    for text in kept.split():
        for spelling in dict.fromkeys((text, text[:1].upper() + text[1:])):
            table[spelling] = [{ORTH: spelling}]
    for text in split.split():
        for spelling in dict.fromkeys((text, text[:1].upper() + text[1:])):
            table[spelling.replace("/", "")] = [{ORTH: piece} for piece in spelling.split("/")]
    return update_exc(BASE_EXCEPTIONS, table)
