"""A morphologizer's labels: features and part of speech in one string, such as "Number=Plur|POS=NOUN"."""

from __future__ import annotations

from typing import Any

#: The label of a word with neither features nor part of speech.
EMPTY = "_"


def join_label(feats: str, pos: str) -> str:
    """Join features and part of speech to one label.

    Args:
        feats: Features as in CoNLL-U, "Case=Nom|Number=Plur"; "" or "_" for none.
        pos: Universal part of speech; "" for none.
    """
    pairs = [] if feats in ("", EMPTY) else feats.split("|")
    if pos:
        pairs.append(f"POS={pos}")
    return "|".join(sorted(pairs, key=_name)) or EMPTY


def split_label(label: str) -> tuple[str, str]:
    """Split a label into its features and its part of speech; either may be ""."""
    pairs = [] if label == EMPTY else label.split("|")
    pos = next((pair[len("POS=") :] for pair in pairs if pair.startswith("POS=")), "")
    return "|".join(pair for pair in pairs if not pair.startswith("POS=")), pos


def merge_feats(old: str, new: str, *, prefer_new: bool) -> str:
    """Merge two strings of features; `prefer_new` decides which wins if both have a feature."""
    first, second = (new, old) if prefer_new else (old, new)
    merged: dict[str, Any] = {}
    for feats in (second, first):
        if feats not in ("", EMPTY):
            merged.update({_name(pair): pair for pair in feats.split("|")})
    return "|".join(merged[name] for name in sorted(merged))


def _name(pair: str) -> str:
    return pair.partition("=")[0]
