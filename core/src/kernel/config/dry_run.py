"""What only the functions of a config themselves can judge, asked of all of them once something is wrong.

A config without a mistake is built once, and nothing here is called. Where one has been found, by the check or by a
function that refuses its arguments, the functions that do nothing but build are called for what they say, and what
they make is thrown away: so one report has everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.config.block_tree import Block, Visitor, fold, follow_section
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
        fold(follow_section(config, name), name, _DryRun(mistakes), None)


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


class _DryRun(Visitor[None, bool]):
    """Makes what can be made of a section, and gives something open for the rest.

    Args:
        mistakes: Those known; completed.
    """

    enters_lists = True

    def __init__(self, mistakes: Mistakes) -> None:
        self._mistakes = mistakes

    def enter(self, block: Block, context: None) -> bool:
        return True

    def leave(self, block: Block, function: bool, parts: dict[str, Any]) -> Any:
        if self.leave_section(block.path, parts) is _Open or block.kind not in _BUILDING:
            return _Open
        try:
            func = registry.get(block.kind, block.name)
            return call(func, parts, name=block.name, section=block.path, sources=self._mistakes.sources)
        except KernelError as exc:
            self._mistakes.add_addressed(block.path, exc)
            return _Open

    def leave_section(self, path: str, parts: dict[str, Any]) -> Any:
        is_open = any(part is _Open for part in parts.values()) or self._mistakes.concern(path)
        return _Open if is_open else parts

    def leave_list(self, path: str, items: list[Any]) -> Any:
        return _Open if any(item is _Open for item in items) else items

    def leaf(self, value: Any, path: str, context: None) -> Any:
        return _Open if self._mistakes.is_spoilt(path) else value
