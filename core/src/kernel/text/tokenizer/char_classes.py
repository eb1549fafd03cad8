"""Character classes for tokenizer rules.

`ALPHA`, `ALPHA_LOWER`, `ALPHA_UPPER`, `PUNCT`, `QUOTES`, `CURRENCY` and `ICONS` are the contents of a regex class:
write `f"[{ALPHA}0-9]"`. `HYPHENS` and `UNITS` are alternatives: write `f"(?:{UNITS})"`. Letters without case
(Hebrew, Thai, Han ...) are in both `ALPHA_LOWER` and `ALPHA_UPPER`.

Source: the Unicode data of the running Python, read once for the relevant blocks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

# Blocks with upper and lower case: Latin, Greek, Cyrillic, Armenian, Georgian, Cherokee, Glagolitic, Deseret ...
_CASED = (
    range(0x41, 0x250),
    range(0x370, 0x588),
    range(0x10A0, 0x1100),
    range(0x13A0, 0x1400),
    range(0x1C80, 0x1CC0),
    range(0x1E00, 0x2000),
    range(0x2C00, 0x2D30),
    range(0xA640, 0xA7FF),
    range(0xAB30, 0xABC0),
    range(0xFF21, 0xFF5B),
    range(0x10400, 0x10450),
)
# Blocks without case, in which vowel signs and other marks are part of words.
_UNCASED = (range(0x590, 0x10A0), range(0x1100, 0x13A0), range(0x1780, 0x18B0), range(0x1900, 0x1C50))
# Kana, Han, Hangul, and the Arabic and halfwidth presentation forms.
_UNCASED_RANGES = (
    "\u3005-\u3007\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u3131-\u318e"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\uf900-\ufad9\ufb1d-\ufb4f"
    "\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdfb\ufe70-\ufefc\uff66-\uffdc\U00020000-\U0003ffff"
)
_SYMBOLS = (
    range(0xA6, 0xB1),
    range(0x482, 0x590),
    range(0x606, 0x6FF),
    range(0x7F6, 0x7F7),
    range(0x9FA, 0x13A0),
    range(0x17DB, 0x19FF),
    range(0x1B61, 0x1B7D),
    range(0x2100, 0x2C00),
    range(0x2CE5, 0x2CEB),
    range(0x2E80, 0x3400),
    range(0x4DC0, 0x4E00),
    range(0xA490, 0xA4C7),
    range(0xA828, 0xAA7A),
    range(0xFD40, 0xFE00),
    range(0xFFE4, 0xFFFE),
    range(0x1D000, 0x1D360),
    range(0x1F000, 0x1FBFB),
)


def _ranges(test: Callable[[str], bool], blocks: Iterable[range]) -> str:
    """Return the characters of these blocks that pass a test, as ranges of a regex class."""
    ranges: list[list[int]] = []
    for block in blocks:
        for code in block:
            if not test(chr(code)):
                continue
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in ranges)


def _is_letter_or_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Lo", "Lm", "Mn", "Mc")


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character) == "So"


def _is_caseless(character: str) -> bool:
    return character.isalpha() and not character.islower() and not character.isupper()


_LETTERS_WITHOUT_CASE = (
    _ranges(_is_caseless, _CASED) + _ranges(_is_letter_or_mark, _UNCASED) + _UNCASED_RANGES
)
_LOWER = _ranges(str.islower, _CASED)
_UPPER = _ranges(str.isupper, _CASED)

ALPHA_LOWER = _LOWER + _LETTERS_WITHOUT_CASE
ALPHA_UPPER = _UPPER + _LETTERS_WITHOUT_CASE
ALPHA = _ranges(str.isalpha, _CASED) + _ranges(_is_letter_or_mark, _UNCASED) + _UNCASED_RANGES

PUNCT = r"…,:;!?¿؟¡()\[\]{}<>_#*&。？！，、；：～·।،۔؛٪"
QUOTES = "'\"”“`‘´’‚„»«「」『』（）〔〕【】《》〈〉\u2329\u232a⟦⟧"
CURRENCY = r"$£€¥฿\u20a0-\u20c0\ufdfc"
ICONS = _ranges(_is_symbol, _SYMBOLS)

HYPHENS = "---|--|-|——|—|–|~"


def _powers(*lengths: str) -> list[str]:
    """Return each unit of length with its square and its cube."""
    return [length + power for length in lengths for power in ("", "²", "³")]


_METRIC = [*_powers("km", "m", "dm", "cm", "mm"), "ha", "µm", "nm", "kg", "g", "mg", "µg", "t"]
_IMPERIAL = ["yd", "in", "ft", "lb", "oz", "mph"]
_SPEED_AND_PRESSURE = ["m/s", "km/h", "kmh", "hPa", "Pa", "mbar"]
_BYTES = ["mb", "MB", "kb", "KB", "gb", "GB", "tb", "TB", "T", "G", "M", "K"]
_CYRILLIC_BYTES = "Кб|КБ|кб|Мб|МБ|мб|Гб|ГБ|гб|Тб|ТБ|тб"
_CYRILLIC = [*_powers("км", "м", "дм", "см", "мм"), "нм|кг|г|мг|м/с|км/ч|кПа|Па|мбар", _CYRILLIC_BYTES]
_ARABIC = [*_powers("كم", "م", "سم", "مم"), "غرام|جرام|جم|كغ|ملغ|كوب|اكواب"]
UNITS = "|".join([*_METRIC, *_IMPERIAL, *_SPEED_AND_PRESSURE, *_BYTES, "%", *_CYRILLIC, *_ARABIC])
