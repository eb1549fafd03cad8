"""Norms that hold in every language: the plain spelling of marks that have many."""

from __future__ import annotations

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
