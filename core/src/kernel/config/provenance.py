"""Annotate a filled config with the origin of each value."""

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
    """Return a filled config as text, with the origin of each value in a comment after it.

    Args:
        given: The config as the user wrote it, overrides included.
        filled: The same config, filled.
        interpolate: Show values instead of variables.

    Returns:
        Lines `key = value  # origin`. The comments make the text an invalid config.
    """
    shown = filled.interpolate() if interpolate else filled
    lines = []
    for section, key, line in to_lines(shown):
        lines.append(f"{line}  # {origin(given, filled, section, key)}" if key else line)
    return "\n".join(lines)


def origin(given: Config, filled: Config, section: str, key: str) -> str:
    """Return the origin of one value of a filled config.

    Args:
        given: The config as the user wrote it, overrides included.
        filled: The same config, filled.
        section: Dotted path of its section.
        key: Its key.

    Returns:
        `file:line`, the override or environment variable, `default` for `default.cfg`, or the registered function
        whose default it is, with its distribution.
    """
    path = f"{section}.{key}"
    if exists(given, path):
        return str(place(given.sources, path) or "given")
    # A block that calls another function than the default block takes nothing from it.
    is_default = exists(DEFAULT_CONFIG, path) and not _is_replaced(filled, section)
    if is_default:
        return "default"
    parts = section.split(".")
    starts = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    nearest = next((path for path in starts if exists(given, path)), "")
    # A block that the user did not write is a default of the function around it, not of its own function.
    return _function(filled, nearest) or _function(filled, section) or "default"


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
    """Return the description of the innermost function around a section; empty if there is none."""
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
