"""Language-independent lexical attributes: shape, affixes and flags of a word.

Every function depends on the word alone, so a vocabulary computes it once per distinct word. A language overrides
single getters (numerals, stop words) and keeps the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

LexAttrGetter = Callable[[str], object]

_BRACKETS = frozenset("()[]{}<>")
_OPENING = frozenset("([{<")
_CLOSING = frozenset(")]}>")
_QUOTES_EITHER_SIDE = frozenset("\"'")
_QUOTES_OPENING = frozenset([*"«‘‚‛“„‟‹❮", "``"])
_QUOTES_CLOSING = frozenset([*"»’”›❯", "''"])
_QUOTES = _QUOTES_EITHER_SIDE | _QUOTES_OPENING | _QUOTES_CLOSING | {"`"}

_LONG_SHAPE = 100
_FIVE_OR_MORE = re.compile(r"(.)\1{4,}", re.DOTALL)
_EMAIL = re.compile(r"[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+")
_BARE_URL = re.compile(
    r"(?:[a-z][a-z+]*:)?(?://)?[^\s@/?#]*[^\W_]\.(?P<tld>[^\W\d_]{2,})(?::\d+)?(?:[/?#]\S*)?"
)


class _ShapeOfCharacter(dict[int, str]):
    """Shape of each character, computed when the character is first seen."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character.isalpha():
            shape = "X" if character.isupper() else "x"
        else:
            shape = "d" if character.isdigit() else character
        self[code] = shape
        return shape


_SHAPES = _ShapeOfCharacter()


def lower(text: str) -> str:
    """Return the word in lower case."""
    return text.lower()


def prefix(text: str) -> str:
    """Return the first character."""
    return text[:1]


def suffix(text: str) -> str:
    """Return the last three characters."""
    return text[-3:]


def word_shape(text: str) -> str:
    """Return the shape of the word in X, x and d, with runs cut at four: `Pilot77` is `Xxxxxdd`."""
    if len(text) >= _LONG_SHAPE:
        return "LONG"
    shape = text.translate(_SHAPES)
    return _FIVE_OR_MORE.sub(r"\1\1\1\1", shape) if len(shape) > 4 else shape


def is_ascii(text: str) -> bool:
    """Return whether every character is ASCII."""
    return text.isascii()


def is_punct(text: str) -> bool:
    """Return whether every character is punctuation (Unicode categories P*)."""
    return not text.isalnum() and text != "" and all(unicodedata.category(c)[0] == "P" for c in text)


def is_currency(text: str) -> bool:
    """Return whether every character is a currency sign (Unicode category Sc)."""
    return not text.isalnum() and text != "" and all(unicodedata.category(c) == "Sc" for c in text)


def is_bracket(text: str) -> bool:
    """Return whether the word is a bracket."""
    return text in _BRACKETS


def is_quote(text: str) -> bool:
    """Return whether the word is a quotation mark."""
    return text in _QUOTES


def is_left_punct(text: str) -> bool:
    """Return whether the word is an opening bracket or quotation mark."""
    return text in _OPENING or text in _QUOTES_OPENING or text in _QUOTES_EITHER_SIDE


def is_right_punct(text: str) -> bool:
    """Return whether the word is a closing bracket or quotation mark."""
    return text in _CLOSING or text in _QUOTES_CLOSING or text in _QUOTES_EITHER_SIDE


def is_stop(text: str) -> bool:
    """Return False: without a language there are no stop words."""
    return False


def like_num(text: str) -> bool:
    """Return whether the word is a number in digits: `10`, `-1,000.5`, `1/2`."""
    digits = text[1:] if text[:1] in ("+", "-", "±", "~") else text
    digits = digits.replace(",", "").replace(".", "")
    if digits.isdigit():
        return True
    numerator, slash, denominator = digits.partition("/")
    return slash == "/" and numerator.isdigit() and denominator.isdigit()


def like_email(text: str) -> bool:
    """Return whether the word starts like an e-mail address."""
    return "@" in text and _EMAIL.match(text) is not None


def like_url(text: str) -> bool:
    """Return whether the word is a URL, with or without a scheme."""
    if text.startswith(("http://", "https://")) or (text.startswith("www.") and len(text) > 4):
        return True
    if "." not in text or text[0] == "." or text[-1] == ".":
        return False
    match = _BARE_URL.fullmatch(text)
    return match is not None and match["tld"].islower()


#: One getter per lexical attribute; `lexical_getters` of the language defaults overrides some.
LEX_ATTR_GETTERS: dict[str, LexAttrGetter] = {
    "LOWER": lower,
    "NORM": lower,
    "SHAPE": word_shape,
    "PREFIX": prefix,
    "SUFFIX": suffix,
    "IS_ALPHA": str.isalpha,
    "IS_DIGIT": str.isdigit,
    "IS_LOWER": str.islower,
    "IS_UPPER": str.isupper,
    "IS_TITLE": str.istitle,
    "IS_PUNCT": is_punct,
    "IS_SPACE": str.isspace,
    "IS_ASCII": is_ascii,
    "IS_BRACKET": is_bracket,
    "IS_QUOTE": is_quote,
    "IS_LEFT_PUNCT": is_left_punct,
    "IS_RIGHT_PUNCT": is_right_punct,
    "IS_CURRENCY": is_currency,
    "IS_STOP": is_stop,
    "LIKE_NUM": like_num,
    "LIKE_URL": like_url,
    "LIKE_EMAIL": like_email,
}


_SPELLINGS = {
    "'": "’ ‘ ´ `",
    '"': "” “ '' `` ´´ „ » « ‘‘ ’’",
    "'s": "'s 'S ’s ’S",
    "?": "？",
    "!": "！",
    ",": "，",
    ";": "；",
    ":": "：",
    ".": "。 ।",
    "...": "…",
    "-": "— – -- --- ——",
    "$": "€ £ ¥ ฿ US$ C$ A$ ₺ ₹ ৳ ₩ Mex$ ₣ E£",
}

#: Language-independent norms that differ from the lower-cased word.
BASE_NORMS: dict[str, str] = {
    spelling: norm for norm, spellings in _SPELLINGS.items() for spelling in spellings.split()
}


def norm_getter(norms: Mapping[str, str], otherwise: Callable[[str], object]) -> Callable[[str], object]:
    """Return a getter for NORM that looks in a table first and then calls another getter."""

    def norm(text: str) -> object:
        entry = norms.get(text)
        return otherwise(text) if entry is None else entry

    return norm
