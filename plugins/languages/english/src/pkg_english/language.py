"""English: its language data, and the class of pipelines with `lang = "en"`."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.tokenizer_exceptions import BASE_EXCEPTIONS, update_exc
from pkg_english.lex_attrs import like_num
from pkg_english.noun_chunks import noun_chunks
from pkg_english.punctuation import INFIXES
from pkg_english.stop_words import STOP_WORDS
from pkg_english.tokenizer_exceptions import TOKENIZER_EXCEPTIONS


class EnglishDefaults(Defaults):
    """Language data of English."""

    tokenizer_exceptions = update_exc(BASE_EXCEPTIONS, TOKENIZER_EXCEPTIONS)
    infixes = INFIXES
    lex_attr_getters = {"LIKE_NUM": like_num}  # noqa: RUF012 (a class attribute that users replace)
    stop_words = STOP_WORDS
    syntax_iterators = {"noun_chunks": noun_chunks}  # noqa: RUF012 (a class attribute that users replace)


class English(Language):
    """A pipeline for English text."""

    lang = "en"
    Defaults = EnglishDefaults
