"""The section [plugins]: what a config leaves of the plugins, for whatever uses that config."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from kernel.config.format.references import follow
from kernel.plugins.selection import Choice
from kernel.registry import registry

SECTION = "plugins"


def plugins_of(config: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Let only those plugins take part, within a block, that a config leaves.

    Every function that is given a whole config and looks names up does so within such a block; a plugin that is
    left out is not imported. Blocks inside one another narrow further; one that would change nothing does nothing.

    Args:
        config: The config; one without the section narrows nothing.
    """
    section = config.get(SECTION)
    if not section or registry.is_narrowed(choice := choice_of(config)):
        return nullcontext()
    return registry.narrowed(choice)


def overridden(config: Mapping[str, Any], overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    """A config with nothing but the overrides of this section set: it must hold before a plugin is looked at."""
    start = f"{SECTION}."
    given = {path.removeprefix(start): value for path, value in overrides.items() if path.startswith(start)}
    return {**config, SECTION: {**config.get(SECTION, {}), **given}} if given else config


def choice_of(config: Mapping[str, Any]) -> Choice:
    """Read the section; what is wrong with it is for the check to say."""
    words = [*_names(config, "allow"), *(f"-{name}" for name in _names(config, "deny"))]
    return Choice(",".join(words), f"[{SECTION}] of the config", tuple(_names(config, "require")))


def _names(config: Mapping[str, Any], key: str) -> list[str]:
    section = config.get(SECTION)
    value = follow(config, section.get(key)) if isinstance(section, Mapping) else None
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
