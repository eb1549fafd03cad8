"""English numerals: number words, and ordinals in digits."""

from __future__ import annotations

from kernel.text.vocab import lex_attrs

_ONES = "zero one two three four five six seven eight nine ten eleven twelve"
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_LARGE = "hundred thousand million billion trillion quadrillion gajillion bazillion"
_IRREGULAR_ORDINALS = "first second third fifth eighth ninth twelfth"


def _ordinal(cardinal: str) -> str:
    return (cardinal[:-1] + "ie" if cardinal.endswith("y") else cardinal) + "th"


_CARDINALS = frozenset(f"{_ONES} {_TEENS} {_TENS} {_LARGE}".split())
_ORDINALS = frozenset(map(_ordinal, _CARDINALS)) | frozenset(_IRREGULAR_ORDINALS.split())
_ENDINGS = ("st", "nd", "rd", "th")


def like_num(text: str) -> bool:
    """Return whether a word is a number: digits, `ten`, `tenth`, `10th`."""
    if lex_attrs.like_num(text):
        return True
    word = text.lower()
    return word in _CARDINALS or word in _ORDINALS or (word.endswith(_ENDINGS) and word[:-2].isdigit())
