"""Which names a component may have: its section in a config and its folder in a saved pipeline carry the name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from kernel.config.rules.mistakes import shortened

#: What a saved pipeline's folder holds besides the folders of its components.
PARTS = ("config.cfg", "meta.json", "tokenizer", "vocab", "code")

#: File systems take 255 bytes; what is written beside a folder, before it replaces it, has a longer name.
MAX_BYTES = 200

# What separates the steps of a path or of a config's sections, or stands after a drive.
_PATH = re.compile(r"[/\\:.]")
# What a line of a config or some file system reads as something else.
_SPECIAL = re.compile(r"""[=\[\]$"<>|?*]|^[#;]|^\s|\s$|^DEFAULT$""")
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
)


def folded(name: str) -> str:
    """Give a name as file systems compare it that do not tell letters apart by case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def misnomer(name: object, taken: Mapping[str, str] | None = None) -> str:
    """Say why a component cannot have a name, for a message after its address; empty where it can.

    Args:
        name: The name.
        taken: The names of the pipeline's other components, by their folded names.
    """
    if not isinstance(name, str) or not name:
        return f"a component's name must be a text with at least one character, got {name!r}"
    if what := _unfit(name):
        return f"a component's name is the name of a folder, got {shortened(name)}, which {what}"
    other = (taken or {}).get(folded(name))
    if taken and other == name:
        return (
            f"there is a component of this name, got {name!r}; choose another, these are taken: "
            f"{', '.join(taken.values())}"
        )
    if other is not None:
        return f"some file systems take this name for that of {other!r}, got {name!r}; choose another"
    return ""


def misnomers(names: Iterable[object]) -> dict[Any, str]:
    """Say of each name that a component cannot have why that is; see `misnomer`."""
    taken: dict[str, str] = {}
    found = {}
    for name in names:
        if what := misnomer(name, taken):
            found[name] = what
        if isinstance(name, str):
            taken.setdefault(folded(name), name)
    return found


def _unfit(name: str) -> str:
    if not name.isprintable():
        return "holds characters that cannot be printed; use letters, digits, - and _"
    if _PATH.search(name):
        return "reads as a path; use letters, digits, - and _"
    if (found := _SPECIAL.search(name)) is not None:
        return f"cannot have {found[0]!r} in this place; use letters, digits, - and _"
    if folded(name) in map(folded, PARTS):
        return f"a saved pipeline has for a part of its own; choose another, such as 'my_{name}'"
    if folded(name) in _DEVICES:
        return "some systems have for a device; choose another"
    if (n_bytes := len(name.encode())) > MAX_BYTES:
        return f"is {n_bytes} bytes long; use {MAX_BYTES} bytes at most"
    return ""
