"""Prefix, suffix and infix rules of the tokenizer that suit most languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import SupportsIndex, overload

from kernel.errors import ConfigError
from kernel.text.tokenizer.char_classes import (
    ALPHA,
    ALPHA_LOWER,
    ALPHA_UPPER,
    CURRENCY,
    HYPHENS,
    ICONS,
    PUNCT,
    QUOTES,
    UNITS,
)


class PunctuationRules(tuple[str, ...]):
    """A sequence of regexes that can be added to lists and tuples."""

    __slots__ = ()

    def __add__(self, more: Iterable[str]) -> PunctuationRules:  # type: ignore[override]
        return PunctuationRules((*self, *_several(more)))

    def __radd__(self, first: Iterable[str]) -> PunctuationRules:
        return PunctuationRules((*_several(first), *self))

    @overload
    def __getitem__(self, index: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> PunctuationRules: ...
    def __getitem__(self, index: SupportsIndex | slice) -> str | PunctuationRules:
        return (
            PunctuationRules(super().__getitem__(index))
            if isinstance(index, slice)
            else super().__getitem__(index)
        )

    def __repr__(self) -> str:
        return f"PunctuationRules({list(self)!r})"


def _several(rules: Iterable[str]) -> Iterable[str]:
    if isinstance(rules, str):
        raise ConfigError(
            f"tokenizer rules: expected a list or tuple to add, got {rules!r:.80}; write + [{rules!r}]"
        )
    return rules


PREFIXES = PunctuationRules(
    [
        rf"[§%=—–{PUNCT}{QUOTES}{CURRENCY}]",
        r"\+(?![0-9])",
        r"\.\.+",
        r"(?:US|C|A)\$",
        f"[{ICONS}]",
    ]
)

SUFFIXES = PunctuationRules(
    [
        f"[—–{PUNCT}{QUOTES}]",
        r"\.\.+",
        "……",
        f"[{ICONS}]",
        r"['’][sS]",
        r"(?<=[0-9])\+",
        r"(?<=°[FfCcKk])\.",
        rf"(?<=[0-9])(?:[{CURRENCY}]|(?:US|C|A)\$)",
        f"(?<=[0-9])(?:{UNITS})",
        rf"(?<=[\d{ALPHA_LOWER}%²|\-+{PUNCT}{QUOTES}])\.",
        rf"(?<=[{ALPHA_UPPER}][{ALPHA_UPPER}])\.",
    ]
)

INFIXES = PunctuationRules(
    [
        r"\.\.+",
        "…",
        f"[{ICONS}]",
        r"(?<=[0-9])[+\-*^](?=[0-9-])",
        rf"(?<=[{ALPHA_LOWER}{QUOTES},])\.(?=[{ALPHA_UPPER}{QUOTES},])",
        f"(?<=[{ALPHA}]),(?=[{ALPHA}])",
        f"(?<=[{ALPHA}])(?:{HYPHENS})(?=[{ALPHA}])",
        f"(?<=[{ALPHA}0-9])[:<>=/](?=[{ALPHA}])",
    ]
)


def compile_prefix_regex(entries: Iterable[str]) -> re.Pattern[str]:
    """Compile prefix rules into one pattern; its `search` is a tokenizer's `prefix_search`."""
    return re.compile("|".join(f"^(?:{entry})" for entry in entries if entry.strip()))


def compile_suffix_regex(entries: Iterable[str]) -> re.Pattern[str]:
    """Compile suffix rules into one pattern; its `search` is a tokenizer's `suffix_search`."""
    return re.compile("|".join(f"(?:{entry})$" for entry in entries if entry.strip()))


def compile_infix_regex(entries: Iterable[str]) -> re.Pattern[str]:
    """Compile infix rules into one pattern; its `finditer` is a tokenizer's `infix_finditer`."""
    return re.compile("|".join(f"(?:{entry})" for entry in entries if entry.strip()))
