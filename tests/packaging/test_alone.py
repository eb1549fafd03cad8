"""Each plugin with nothing but the kernel beside it, in an environment made for it.

What a plugin is for is tried by its own `tests/alone.py`, which runs in that environment.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from workspace import Distribution, core, plugins, with_dependencies

PLUGINS = [pytest.param(one, id=one.folder.name) for one in plugins() if not one.is_heavy]
Install = Callable[[Distribution], Path]
Call = Callable[..., str]


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_works_alone(install: Install, call: Call, plugin: Distribution) -> None:
    python = install(plugin)

    listed = json.loads(call(python, "-m", "kernel", "plugins", "list", "--json"))
    call(python, "-m", "kernel", "plugins", "check")
    call(python, str(plugin.folder / "tests" / "alone.py"))

    expected = {one.folder.name for one in with_dependencies(plugin) if one is not core()}
    assert {row["plugin"]: row["state"] for row in listed["plugins"]} == dict.fromkeys(expected, "ok")


def test_the_kernel_starts_without_any_plugin(install: Install, call: Call) -> None:
    python = install(core())

    assert json.loads(call(python, "-m", "kernel", "plugins", "list", "--json"))["plugins"] == []
    assert "pip install" in call(python, "-m", "kernel", "plugins", "list")
    assert "Usage: " in call(python.with_name("kernel"), "--help")


def test_plain_pip_installs_the_wheels(pip_install: Install, call: Call) -> None:
    plugin = next(one for one in plugins() if one.name == "pkg-batchers")

    python = pip_install(plugin)

    call(python, str(plugin.folder / "tests" / "alone.py"))
