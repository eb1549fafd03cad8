"""Japanese: each character by itself, or words by SudachiPy (`pip install pkg-languages[ja]`)."""

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
    """Whether a word is written in numerals, also as an ordinal."""
    digits = word.removeprefix("第")
    return digits != "" and set(digits) <= _DIGITS


class JapaneseDefaults(Defaults):
    """What Japanese says about its text."""

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
    """Make the tokenizer of Japanese (`kernel.JapaneseTokenizer.v1`).

    Args:
        segmenter: `char` for one token a character, `sudachi` for words.
        split_mode: Of sudachi: A for short units, B, C for long ones; A unless given.

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
    # One thread at a time may use a tokenizer of SudachiPy; all of them share the dictionary.
    of_thread = threading.local()

    def segment(text: str) -> list[str]:
        if not hasattr(of_thread, "tokenizer"):
            of_thread.tokenizer = dictionary.create(mode=mode)
        return [word.surface() for word in of_thread.tokenizer.tokenize(text)]

    return segment
