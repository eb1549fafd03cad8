"""Norms: language-independent ones for punctuation with several spellings, and getters that use a table."""

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
