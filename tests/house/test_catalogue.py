"""What the kernel knows of the plugins of this repository is what their tables say."""

from __future__ import annotations

import json
from typing import Any

from generated import check_generated
from workspace import ROOT, Distribution, plugins

from kernel.hookspecs import KINDS, PREFIX
from kernel.plugins import catalogue
from kernel.plugins.static_reader import read_file

CATALOGUE = ROOT / "core" / "src" / "kernel" / "plugins" / catalogue.FILE

#: A recommendation goes with the component of the same name, which is listed.
NOT_LISTED = {"recommendations"}


def names_of(plugin: Distribution) -> dict[str, list[str]]:
    """The names that a plugin gives by kind, read from its table without importing it."""
    module = read_file(plugin.package / "plugin.py")
    assert module is not None, f"{plugin.package / 'plugin.py'}: keep the table plain"
    hooks = vars(module)
    return {
        kind: sorted(hooks[PREFIX + kind]())
        for kind in sorted({*KINDS} - NOT_LISTED)
        if PREFIX + kind in hooks
    }


def told(plugin: Distribution) -> dict[str, Any]:
    """What the catalogue says of a plugin."""
    return {"summary": plugin.project["description"], "names": names_of(plugin)}


def test_the_catalogue_says_what_the_plugins_give() -> None:
    by_name = {plugin.name: told(plugin) for plugin in sorted(plugins(), key=lambda one: one.name)}

    check_generated(CATALOGUE, json.dumps(by_name, indent=2, ensure_ascii=False) + "\n")


def test_what_is_written_by_hand_is_made_elsewhere() -> None:
    assert catalogue.MADE_ELSEWHERE.keys() & {plugin.name for plugin in plugins()} == set()


def test_who_gives_a_name_is_known() -> None:
    assert catalogue.providers("factories", "tagger") == ["pkg-tagger"]
    assert "en.lexeme_norm" in catalogue.known_names("lookups")
