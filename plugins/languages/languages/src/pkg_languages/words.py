"""What languages are described with: stop words, numerals, abbreviations, texts that fall apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import stopwordsiso

from kernel.text.tokenizer.language_defaults import StopWords
from kernel.text.tokenizer.tokenizer_exceptions import BASE_EXCEPTIONS, ORTH, TokenAttrs, update_exc
from kernel.text.vocab import lex_attrs

Exceptions = dict[str, list[TokenAttrs]]


def stop_words(code: str) -> StopWords:
    """Give the stop words of a language, in lower case.

    Source:
        Stopwords ISO, https://github.com/stopwords-iso, as the package stopwordsiso has it.
    """
    words = (word.strip().lower() for word in stopwordsiso.stopwords(code))
    return StopWords(word for word in words if word)


def numerals(
    words: str, *, endings: Iterable[str] = (), ordinal: Callable[[str], bool] | None = None
) -> Callable[[str], bool]:
    """Make the `like_num` of a language.

    Args:
        words: Its numerals, between spaces.
        endings: What may stand behind digits, as `2nd`.
        ordinal: Tells whether a word that is not among them is an ordinal.
    """
    known, endings = frozenset(words.split()), tuple(endings)

    def like_num(text: str) -> bool:
        if lex_attrs.like_num(text):
            return True
        word = text.lower()
        if word in known or (ordinal is not None and ordinal(word)):
            return True
        return any(word.endswith(ending) and word[: -len(ending)].isdigit() for ending in endings)

    return like_num


def exceptions(*, kept: str = "", split: str = "") -> Exceptions:
    """Make the exceptions of a language, over those of all.

    Args:
        kept: What stays one token, between spaces, such as abbreviations with their dot; capitalised as well.
        split: What falls into several, with `/` where, between spaces; capitalised as well.
    """
    table: Exceptions = {}
    for text in kept.split():
        for spelled in dict.fromkeys((text, text[:1].upper() + text[1:])):
            table[spelled] = [{ORTH: spelled}]
    for text in split.split():
        for spelled in dict.fromkeys((text, text[:1].upper() + text[1:])):
            table[spelled.replace("/", "")] = [{ORTH: piece} for piece in spelled.split("/")]
    return update_exc(BASE_EXCEPTIONS, table)
