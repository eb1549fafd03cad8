"""Where each value of a filled config comes from, for a person to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.config.block_tree import block_kind, follow_section
from kernel.config.format.document import Config
from kernel.config.format.references import exists, follow
from kernel.config.format.sources import place
from kernel.config.format.writing import to_lines
from kernel.config.rules.defaults import DEFAULT_CONFIG
from kernel.errors import KernelError
from kernel.registry import registry


def annotated(given: Config, filled: Config, *, interpolate: bool = False) -> str:
    """Write a filled config with the origin of each value in a comment beside it.

    Args:
        given: What the user gave, overrides included.
        filled: The same, filled.
        interpolate: Show values in the place of variables.

    Returns:
        Lines for reading: `key = value  # origin`. The comments make it no config.
    """
    shown = filled.interpolate() if interpolate else filled
    lines = []
    for section, key, line in to_lines(shown):
        lines.append(f"{line}  # {origin(given, filled, section, key)}" if key else line)
    return "\n".join(lines)


def origin(given: Config, filled: Config, section: str, key: str) -> str:
    """Say where one value of a filled config comes from.

    Args:
        given: What the user gave, overrides included.
        filled: The same, filled.
        section: Dotted path of its section.
        key: Its key.

    Returns:
        `file:line`, the override or environment variable, `default` for `default.cfg`, or the registered function
        whose default it is, with its distribution.
    """
    path = f"{section}.{key}"
    if exists(given, path):
        return str(place(given.sources, path) or "given")
    # A block with another function than the default's takes nothing from it.
    is_default = exists(DEFAULT_CONFIG, path) and not _is_replaced(filled, section)
    if is_default:
        return "default"
    parts = section.split(".")
    starts = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    known = next((path for path in starts if exists(given, path)), "")
    # What brought a block that is not given is the function around it, not the block's own.
    return _function(filled, known) or _function(filled, section) or "default"


def _is_replaced(filled: Mapping[str, Any], section: str) -> bool:
    parts = section.split(".")
    for end in range(1, len(parts) + 1):
        path = ".".join(parts[:end])
        theirs, ours = follow_section(DEFAULT_CONFIG, path), follow_section(filled, path)
        kind = block_kind(theirs)
        if kind and theirs[f"@{kind}"] != ours.get(f"@{kind}"):
            return True
    return False


def _function(filled: Mapping[str, Any], section: str) -> str:
    """The function nearest around a section, as words; empty where there is none."""
    parts = section.split(".")
    for end in range(len(parts), 0, -1):
        block = follow_section(filled, ".".join(parts[:end]))
        kind = "factories" if "factory" in block and parts[0] == "components" else block_kind(block)
        if not kind:
            continue
        name = follow(filled, block["factory" if kind == "factories" else f"@{kind}"])
        try:
            return f"default of {name} ({registry.table(kind).entry(name).owner})"
        except KernelError:
            return f"default of {name}"
    return ""
