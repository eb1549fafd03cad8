"""Every hook has somebody who reads what plugins return from it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace import core, plugins

from kernel.config.resolve import resolve_value
from kernel.config.rules.kinds import ACTING, NOT_CALLED
from kernel.hookspecs import KINDS
from kernel.registry import registry

#: Hooks that nobody reads yet, each with what it waits for. This list may only shrink.
UNREAD = {"data_checks": "a command `kernel debug data`"}

#: Rooms that handle every kind alike, or only check or write plugins: they read no hook for what it gives.
NO_READERS = ("plugins", "scaffold", "testing", "hookspecs.py")
#: Methods of the registry whose first argument is a kind, and the function of the config that does the same.
LOOKUPS = {"get", "has", "table", "provenance", "registered"}


def readers() -> list[Path]:
    """The modules of the kernel and of its plugins that may read a hook."""
    kernel = core().package
    own = [path for path in core().modules() if path.relative_to(kernel).parts[0] not in NO_READERS]
    return [*own, *(path for plugin in plugins() for path in plugin.modules())]


def kinds_read(tree: ast.AST) -> Iterator[str]:
    """Yield the kinds that a module looks up by name: `registry.readers`, `registry.get("readers", ...)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name("registry"), kind):
                yield kind
            case ast.Call(
                ast.Attribute(ast.Name("registry"), lookup) | ast.Name(lookup), [ast.Constant(kind), *_]
            ):
                if lookup in LOOKUPS and isinstance(kind, str):
                    yield kind


def test_every_hook_that_no_config_block_calls_is_read_somewhere() -> None:
    found = {kind for path in readers() for kind in kinds_read(ast.parse(path.read_text(encoding="utf-8")))}

    assert sorted(NOT_CALLED - found) == sorted(UNREAD)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - NOT_CALLED))
def test_every_other_hook_is_read_where_a_config_block_names_it(kind: str) -> None:
    name = "test.hook.v1"
    table = registry.table(kind)
    table.register(name, func=lambda: kind)
    place = {"loggers": "training.logger", "launchers": "training.launcher", "updaters": "training.updater"}
    path = place[kind] if kind in ACTING else "somewhere"
    try:
        assert resolve_value({f"@{kind}": name}, path) == kind
    finally:
        table._own.pop(name)
