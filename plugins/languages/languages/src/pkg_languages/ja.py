"""Japanese: one token per character, or words by SudachiPy (`pip install pkg-languages[ja]`)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal

from kernel.errors import ConfigError
from kernel.language import Defaults, Language
from pkg_languages.noun_chunks import japanese
from pkg_languages.segmenting import Segment, SegmentingTokenizer
from pkg_languages.words import exceptions, numerals, stop_words

_DIGITS = frozenset("〇零一二三四五六七八九十百千万億兆")


def is_number(word: str) -> bool:
    """Return whether a word is a number or an ordinal in numerals."""
    digits = word.removeprefix("第")
    return digits != "" and set(digits) <= _DIGITS


class JapaneseDefaults(Defaults):
    """Language data of Japanese."""

    tokenizer_exceptions = exceptions()
    config = {  # noqa: RUF012
        "nlp": {
            "tokenizer": {
                "@tokenizers": "kernel.JapaneseTokenizer.v1",
                "segmenter": "char",
                "split_mode": None,
            }
        }
    }
    lex_attr_getters = {"LIKE_NUM": numerals("", ordinal=is_number)}  # noqa: RUF012
    stop_words = stop_words("ja")
    syntax_iterators = {"noun_chunks": japanese}  # noqa: RUF012
    writing_system = {"direction": "ltr", "has_case": False, "has_letters": False}  # noqa: RUF012


class Japanese(Language):
    """A pipeline for Japanese text."""

    lang = "ja"
    Defaults = JapaneseDefaults


def japanese_tokenizer(
    segmenter: Literal["char", "sudachi"] = "char", split_mode: Literal["A", "B", "C"] | None = None
) -> Callable[[Any], SegmentingTokenizer]:
    """Return a function that creates the Japanese tokenizer (`kernel.JapaneseTokenizer.v1`) for a pipeline.

    Args:
        segmenter: `char` for one token per character, `sudachi` for words.
        split_mode: Sudachi's split mode: A for short units, B for middle ones, C for long ones; None for A.

    Raises:
        ConfigError: SudachiPy is not installed.
    """
    segment: Segment = list if segmenter == "char" else _sudachi(split_mode or "A")

    def tokenizer(nlp: Any) -> SegmentingTokenizer:
        return SegmentingTokenizer(nlp.vocab, segment, {"segmenter": segmenter, "split_mode": split_mode})

    return tokenizer


def _sudachi(split_mode: str) -> Segment:
    try:
        from sudachipy import Dictionary, SplitMode
    except ImportError as error:
        raise ConfigError(
            "segmenter: SudachiPy is not installed, got 'sudachi'; pip install pkg-languages[ja], or "
            "write 'char'"
        ) from error
    dictionary, mode = Dictionary(), getattr(SplitMode, split_mode)
    # SudachiPy's tokenizers are not thread-safe: create one per thread, with a shared dictionary.
    local = threading.local()

    def segment(text: str) -> list[str]:
        if not hasattr(local, "tokenizer"):
            local.tokenizer = dictionary.create(mode=mode)
        return [word.surface() for word in local.tokenizer.tokenize(text)]

    return segment
