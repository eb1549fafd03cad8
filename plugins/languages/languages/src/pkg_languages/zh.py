"""Chinese: one token per character, or words by jieba (`pip install pkg-languages[zh]`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from kernel.errors import ConfigError
from kernel.language import Defaults, Language
from pkg_languages.segmenting import Segment, SegmentingTokenizer
from pkg_languages.words import exceptions, numerals, stop_words

_DIGITS = frozenset("〇零一二三四五六七八九十百千万亿兆两廿卅壹贰叁肆伍陆柒捌玖拾佰仟萬億")


def is_number(word: str) -> bool:
    """Return whether a word is a number or an ordinal in numerals."""
    digits = word.removeprefix("第")
    return digits != "" and set(digits) <= _DIGITS


class ChineseDefaults(Defaults):
    """Language data of Chinese."""

    tokenizer_exceptions = exceptions()
    config = {"nlp": {"tokenizer": {"@tokenizers": "kernel.ChineseTokenizer.v1", "segmenter": "char"}}}  # noqa: RUF012
    lex_attr_getters = {"LIKE_NUM": numerals("", ordinal=is_number)}  # noqa: RUF012
    stop_words = stop_words("zh")
    writing_system = {"direction": "ltr", "has_case": False, "has_letters": False}  # noqa: RUF012


class Chinese(Language):
    """A pipeline for Chinese text."""

    lang = "zh"
    Defaults = ChineseDefaults


def chinese_tokenizer(segmenter: Literal["char", "jieba"] = "char") -> Callable[[Any], SegmentingTokenizer]:
    """Return a function that creates the Chinese tokenizer (`kernel.ChineseTokenizer.v1`) for a pipeline.

    Args:
        segmenter: `char` for one token per character, `jieba` for words.

    Raises:
        ConfigError: jieba is not installed.
    """
    segment: Segment = list if segmenter == "char" else _jieba()

    def tokenizer(nlp: Any) -> SegmentingTokenizer:
        return SegmentingTokenizer(nlp.vocab, segment, {"segmenter": segmenter})

    return tokenizer


def _jieba() -> Segment:
    try:
        import jieba
    except ImportError as error:
        raise ConfigError(
            "segmenter: jieba is not installed, got 'jieba'; pip install pkg-languages[zh], or write 'char'"
        ) from error
    return lambda text: list(jieba.cut(text, cut_all=False))
