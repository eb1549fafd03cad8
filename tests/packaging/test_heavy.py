"""The plugins that `uv sync` leaves out, in the environment of `.ci/heavy`, which has them and their frameworks."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from workspace import Distribution, plugins

HEAVY = [pytest.param(one, id=one.folder.name) for one in plugins() if one.is_heavy]
Call = Callable[..., str]

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(
        importlib.util.find_spec("wandb") is None, reason="`.ci/heavy` installs what is needed"
    ),
]


@pytest.mark.parametrize("plugin", HEAVY)
def test_a_heavy_plugin_works(call: Call, plugin: Distribution) -> None:
    call(Path(sys.executable), str(plugin.folder / "tests" / "alone.py"))


def test_heavy_plugins_are_listed_and_checked(call: Call) -> None:
    listed = json.loads(call(Path(sys.executable), "-m", "kernel", "plugins", "list", "--json"))
    call(Path(sys.executable), "-m", "kernel", "plugins", "check")

    states = {row["plugin"]: row["state"] for row in listed["plugins"]}
    assert {one.folder.name: states.get(one.folder.name) for one in plugins() if one.is_heavy} == {
        one.folder.name: "ok" for one in plugins() if one.is_heavy
    }
