"""Norms: tables of them, and those that hold in every language, the plain spelling of marks that have many."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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

#: The norm of a word where it is not its lower case.
BASE_NORMS: dict[str, str] = {
    spelling: norm for norm, spellings in _SPELLINGS.items() for spelling in spellings.split()
}


def norm_getter(norms: Mapping[str, str], otherwise: Callable[[str], object]) -> Callable[[str], object]:
    """Make the getter of NORM: a table first, then another getter."""

    def norm(text: str) -> object:
        known = norms.get(text)
        return otherwise(text) if known is None else known

    return norm
