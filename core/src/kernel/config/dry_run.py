"""Call the functions of a config that has a mistake, to find the mistakes that only they can detect.

A config without mistakes is built once, and nothing here is called. If there is a mistake, detected by the check or by
a function that rejects its arguments, all functions without side effects are called for their errors, and their results
are discarded: so one report lists every mistake.
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

#: Kinds whose functions open no files, start no processes and do not depend on other objects of the run.
_BUILDING = frozenset(
    ("architectures", "augmenters", "batchers", "initializers", "layers", "losses", "optimizers", "schedules")
)


class _Open:
    """Placeholder for the result of a function that was not called, or that raised an error."""


def try_functions(config: Mapping[str, Any], mistakes: Mistakes) -> None:
    """Add the errors of the functions of a config to the known mistakes.

    Args:
        config: The filled config, interpolated.
        mistakes: The known mistakes; errors are added to them.
    """
    for name in ("components", "corpora", "training"):
        fold(follow_section(config, name), name, _DryRun(mistakes), None)


def with_others(first: ConfigError, values: Any) -> ConfigError:
    """Return an error that also has the errors of the other functions of a config.

    Args:
        first: The error that was raised while the config was built.
        values: The filled config, interpolated.
    """
    mistakes = Mistakes(values.sources)
    with plugins_of(values):
        try_functions(values, mistakes)
    others = [message for message in mistakes.messages() if message not in str(first)]
    return ConfigError("\n".join([str(first), *others])) if others else first


class _DryRun(Visitor[None, bool]):
    """Calls the functions of a section where possible, and returns a placeholder for the rest.

    Args:
        mistakes: The known mistakes; errors are added to them.
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
