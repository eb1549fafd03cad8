"""The names that pkg-languages registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_languages() -> dict[str, str]:
    """Return the languages by code."""
    return {
        "da": "pkg_languages.da:Danish",
        "de": "pkg_languages.de:German",
        "es": "pkg_languages.es:Spanish",
        "fr": "pkg_languages.fr:French",
        "it": "pkg_languages.it:Italian",
        "ja": "pkg_languages.ja:Japanese",
        "nb": "pkg_languages.nb:Norwegian",
        "nl": "pkg_languages.nl:Dutch",
        "pl": "pkg_languages.pl:Polish",
        "pt": "pkg_languages.pt:Portuguese",
        "ru": "pkg_languages.ru:Russian",
        "sv": "pkg_languages.sv:Swedish",
        "zh": "pkg_languages.zh:Chinese",
    }


@hookimpl
def register_tokenizers() -> dict[str, str]:
    """Return the tokenizers of languages that are written without spaces."""
    return {
        "kernel.ChineseTokenizer.v1": "pkg_languages.zh:chinese_tokenizer",
        "kernel.JapaneseTokenizer.v1": "pkg_languages.ja:japanese_tokenizer",
    }
