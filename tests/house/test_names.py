"""Every registered name leads somewhere, and says what it takes."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import typing

import pytest
from workspace import Distribution, plugins, tables

from kernel.plugins.static_reader import read_plain

PLUGINS = [pytest.param(one, id=one.folder.name) for one in plugins()]

#: Kinds whose names stand in a config as they are, and so carry a version.
VERSIONED = re.compile(r"kernel\.\w+\.v\d+")
WORDS = {"factories", "languages", "converters", "commands", "lookups", "matchers", "recommendations"}


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_adds_names_of_the_kind_that_it_lives_under(plugin: Distribution) -> None:
    kind = "factories" if plugin.kind == "components" else plugin.kind

    assert tables(plugin)[kind]


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_name_leads_to_a_documented_and_typed_thing(plugin: Distribution) -> None:
    for table in tables(plugin).values():
        for target in table.values():
            module, _, attribute = target.partition(":")
            found = getattr(importlib.import_module(module), attribute)
            function = found.__init__ if inspect.isclass(found) else found

            assert inspect.getdoc(found), target
            assert set(inspect.signature(found).parameters) <= set(typing.get_type_hints(function)), target


@pytest.mark.parametrize("plugin", PLUGINS)
def test_names_for_configs_carry_a_version(plugin: Distribution) -> None:
    given = tables(plugin)

    unversioned = [
        name
        for kind, table in given.items()
        if kind not in WORDS
        for name in table
        if not VERSIONED.fullmatch(name)
    ]
    assert unversioned == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_table_is_read_without_importing_anything_of_the_plugin(
    plugin: Distribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, module = plugin.package.name, f"{plugin.package.name}.plugin"
    expected = tables(plugin)
    for name in (package, module):
        monkeypatch.delitem(sys.modules, name, raising=False)

    read = read_plain(module)

    assert read is not None
    assert {kind: getattr(read, f"register_{kind}")() for kind in expected} == expected
    assert {package, module} & set(sys.modules) == set()
