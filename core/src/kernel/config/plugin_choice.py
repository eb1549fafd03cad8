"""The section [plugins]: it selects the plugins that are used with a config."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from kernel.config.format.references import follow
from kernel.plugins.selection import Choice
from kernel.registry import registry

SECTION = "plugins"


def plugins_of(config: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Return a context manager in which only the plugins selected by a config are used.

    Every function that gets a whole config and looks up names does so within such a `with` block; a plugin that is
    excluded is not imported. Nested `with` blocks restrict the selection further.

    Args:
        config: The config; without the section, all plugins are used.
    """
    section = config.get(SECTION)
    if not section or registry.is_narrowed(choice := choice_of(config)):
        return nullcontext()
    return registry.narrowed(choice)


def overridden(config: Mapping[str, Any], overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a config with only the overrides of this section set, since they must apply before plugins are used."""
    start = f"{SECTION}."
    own = {path.removeprefix(start): value for path, value in overrides.items() if path.startswith(start)}
    return {**config, SECTION: {**config.get(SECTION, {}), **own}} if own else config


def choice_of(config: Mapping[str, Any]) -> Choice:
    """Return the selection that the section describes; the check of the config reports its mistakes."""
    words = [*_names(config, "allow"), *(f"-{name}" for name in _names(config, "deny"))]
    return Choice(",".join(words), f"[{SECTION}] of the config", tuple(_names(config, "require")))


def _names(config: Mapping[str, Any], key: str) -> list[str]:
    section = config.get(SECTION)
    value = follow(config, section.get(key)) if isinstance(section, Mapping) else None
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
