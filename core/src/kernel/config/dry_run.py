"""What only the functions of a config themselves can judge, asked of all of them once something is wrong.

A config without a mistake is built once, and nothing here is called. Where one has been found, by the check or by a
function that refuses its arguments, the functions that do nothing but build are called for what they say, and what
they make is thrown away: so one report has everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.config.block_check import follow_section
from kernel.config.fill import block_kind
from kernel.config.plugin_choice import plugins_of
from kernel.config.resolve import call
from kernel.config.rules.mistakes import Mistakes
from kernel.errors import ConfigError, KernelError
from kernel.registry import registry

#: Kinds whose functions open no file, start nothing and need nothing that was made before.
_BUILDING = frozenset(
    ("architectures", "augmenters", "batchers", "initializers", "layers", "losses", "optimizers", "schedules")
)


class _Open:
    """Stands for what was not made: of another kind, or refused."""


def try_functions(config: Mapping[str, Any], mistakes: Mistakes) -> None:
    """Note what the functions of a config refuse, beside the mistakes that are known.

    Args:
        config: The filled config without variables.
        mistakes: Those known; completed.
    """
    for name in ("components", "corpora", "training"):
        _made(follow_section(config, name), name, mistakes)


def with_others(first: ConfigError, values: Any) -> ConfigError:
    """Put what the other functions of a config refuse beside what one of them has refused.

    Args:
        first: The error that came while the config was built.
        values: The filled config without variables.
    """
    mistakes = Mistakes(values.sources)
    with plugins_of(values):
        try_functions(values, mistakes)
    others = [message for message in mistakes.messages() if message not in str(first)]
    return ConfigError("\n".join([str(first), *others])) if others else first


def _made(value: Any, path: str, mistakes: Mistakes) -> Any:
    """Make what stands at a dotted path, or give something open."""
    if isinstance(value, list):
        items = [_made(item, path, mistakes) for item in value]
        return _Open if _Open in items else items
    if not isinstance(value, Mapping):
        return _Open if mistakes.is_spoilt(path) else value
    parts = {
        key: _made(item, f"{path}.{key}", mistakes)
        for key, item in value.items()
        if not (isinstance(key, str) and key.startswith("@"))
    }
    kind = block_kind(value)
    if any(part is _Open for part in parts.values()) or mistakes.concern(path):
        return _Open
    if not kind:
        return parts
    if kind not in _BUILDING:
        return _Open
    try:
        name = value[f"@{kind}"]
        return call(registry.get(kind, name), parts, name=name, section=path, sources=mistakes.sources)
    except KernelError as exc:
        mistakes.add_told(path, str(exc))
        return _Open
