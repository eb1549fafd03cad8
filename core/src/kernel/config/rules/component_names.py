"""Valid names of components: a name is also that of a section in a config and of a folder in a saved pipeline."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from kernel.config.rules.mistakes import shortened

#: Entries of a saved pipeline's folder that are not components.
PARTS = ("config.cfg", "meta.json", "tokenizer", "vocab", "code")

#: File systems allow 255 bytes; a temporary folder, which is renamed when it is complete, has a longer name.
MAX_BYTES = 200

# Separators of paths, of a config's sections, and of drive names.
_PATH = re.compile(r"[/\\:.]")
# Characters and names with a special meaning in a config or in some file system.
_SPECIAL = re.compile(r"""[=\[\]$"<>|?*]|^[#;]|^\s|\s$|^DEFAULT$""")
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
)


def folded(name: str) -> str:
    """Return a name as case-insensitive file systems compare it."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def misnomer(name: object, taken: Mapping[str, str] | None = None) -> str:
    """Return why a name is invalid for a component, for a message after its address; empty if it is valid.

    Args:
        name: The name.
        taken: The names of the pipeline's other components, by their folded names.
    """
    if not isinstance(name, str) or not name:
        return f"a component's name must be a non-empty string, got {name!r}"
    if what := _unfit(name):
        return f"a component's name must be usable as a folder name, got {shortened(name)}, which {what}"
    other = (taken or {}).get(folded(name))
    if taken and other == name:
        return (
            f"a component with this name exists already, got {name!r}; choose another, these are taken: "
            f"{', '.join(taken.values())}"
        )
    if other is not None:
        return f"some file systems cannot distinguish this name from {other!r}, got {name!r}; choose another"
    return ""


def misnomers(names: Iterable[object]) -> dict[Any, str]:
    """Return the invalid names of components, each with the reason; see `misnomer`."""
    taken: dict[str, str] = {}
    reasons = {}
    for name in names:
        if what := misnomer(name, taken):
            reasons[name] = what
        if isinstance(name, str):
            taken.setdefault(folded(name), name)
    return reasons


def _unfit(name: str) -> str:
    if not name.isprintable():
        return "has unprintable characters; use letters, digits, - and _"
    if _PATH.search(name):
        return "reads as a path; use letters, digits, - and _"
    if (match := _SPECIAL.search(name)) is not None:
        return f"cannot have {match[0]!r} in this position; use letters, digits, - and _"
    if folded(name) in map(folded, PARTS):
        return f"is reserved for another part of a saved pipeline; choose another, such as 'my_{name}'"
    if folded(name) in _DEVICES:
        return "is the name of a device on some systems; choose another"
    if (n_bytes := len(name.encode())) > MAX_BYTES:
        return f"is {n_bytes} bytes long; use {MAX_BYTES} bytes at most"
    return ""
