"""Broken plugins end in their record, and take nothing else down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.errors import PluginError, PluginImportError, UnknownName
from kernel.plugins.manager import Plugins
from kernel.testing.runs.distributions import table_module, write_distribution

Load = Callable[..., Plugins]

HOOK = "from kernel import hookimpl\n\n@hookimpl\ndef register_loggers():\n    "

#: Name of a way to be broken, source of plugin.py, what the fault must say.
BROKEN = [
    ("import_error", "import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    ("exit", "import sys\nsys.exit(3)", "cannot be imported from 'acme_broken.plugin', got SystemExit: 3"),
    ("interrupts", "raise KeyboardInterrupt", "got KeyboardInterrupt"),
    ("syntax", "def :", "got SyntaxError: invalid syntax"),
    ("assertion", "assert False", "got AssertionError"),
    ("raises", HOOK + "raise KeyError('x')", "raises in register_loggers, got KeyError: 'x'"),
    ("exits_in_hook", HOOK + "raise SystemExit(1)", "raises in register_loggers, got SystemExit: 1"),
    ("no_mapping", HOOK + "return ['x.v1']", "must return a table from register_loggers, got ['x.v1']"),
    ("returns_none", HOOK + "return None", "must return a table from register_loggers, got None"),
    (
        "no_text_name",
        HOOK + "return {1: 'a:b'}",
        "returns a name from register_loggers that is not a string, got 1",
    ),
    (
        "no_text_target",
        HOOK + "return {'x.v1': print}",
        "must map 'x.v1' in register_loggers to a 'module:attribute' target, got <built-in function print>",
    ),
    ("bad_target", HOOK + "return {'x.v1': 'a.b'}", "to a 'module:attribute' target, got 'a.b'"),
    ("blank_target", HOOK + "return {'x.v1': 'a b:c'}", "to a 'module:attribute' target, got 'a b:c'"),
    (
        "unknown_hook",
        HOOK.replace("register_loggers", "register_loggerz") + "return {}",
        "implements the unknown hook 'register_loggerz'; did you mean 'register_loggers'?",
    ),
    (
        "unknown_argument",
        HOOK.replace("loggers()", "loggers(config)") + "return {}",
        "does not match the hook specifications, got PluginValidationError",
    ),
]


def fine(site: Path) -> None:
    write_distribution(site, "fine", table_module(loggers={"acme.Fine.v1": "acme_fine.code:logger"}))


@pytest.mark.parametrize(("source", "says"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_plugin_is_reported_and_the_others_work(
    site: Path, load: Load, source: str, says: str
) -> None:
    fine(site)
    write_distribution(site, "broken", source, version="2.1")

    plugins = load()

    broken, working = plugins.records
    assert (broken.name, str(broken.owner), broken.state) == ("broken", "acme-broken 2.1", "error")
    assert says in broken.fault
    assert plugins.faults() == [f"plugin 'broken' (acme-broken 2.1) {broken.fault}"]
    assert working.state == "ok"
    assert plugins.tables["loggers"].names() == ["acme.Fine.v1"]


def test_an_entry_point_without_its_attribute_is_reported(site: Path, load: Load) -> None:
    write_distribution(site, "gone", "", entry_point="acme_gone.plugin:missing")

    [plugin] = load().records

    assert plugin.state == "error"
    assert "has no attribute 'missing'" in plugin.fault


def test_a_missing_dependency_is_reported_without_importing_the_plugin(site: Path, load: Load) -> None:
    write_distribution(site, "needy", "raise RuntimeError('imported')", requires=["acme-nowhere>=2"])

    [plugin] = load().records

    assert plugin.fault == ("needs acme-nowhere>=2, which is not installed; pip install 'acme-nowhere>=2'")


def test_a_plugin_for_another_kernel_is_refused_without_importing_it(site: Path, load: Load) -> None:
    write_distribution(site, "future", "raise RuntimeError('imported')", requires=["pkg-kernel>=99,<100"])

    [plugin] = load().records

    assert plugin.state == "error"
    assert plugin.fault.startswith("requires pkg-kernel>=99,<100, got ")


def test_a_plugin_without_names_is_empty(site: Path, load: Load) -> None:
    write_distribution(site, "empty", HOOK + "return {}")
    write_distribution(site, "silent", "")

    assert [plugin.state for plugin in load().records] == ["empty", "empty"]


def test_a_name_of_a_broken_plugin_names_the_plugin_and_the_reason(site: Path, load: Load) -> None:
    two_hooks = (
        table_module(readers={"acme.Half.v1": "acme_half.code:reader"}) + "\n" + HOOK.split("\n", 2)[2]
    )
    write_distribution(site, "half", two_hooks + "raise ValueError('no')")
    write_distribution(site, "wandb", "import no_such_module")
    plugins = load()

    with pytest.raises(UnknownName) as half:
        plugins.tables["readers"].get("acme.Half.v1")
    with pytest.raises(UnknownName) as wandb:
        plugins.tables["loggers"].get("wandb.Logger.v1")

    assert str(half.value) == (
        "readers: unknown name 'acme.Half.v1'; plugin 'half' (acme-half 1.0) "
        "raises in register_loggers, got ValueError: no"
    )
    assert "plugin 'wandb' (acme-wandb 1.0) cannot be imported from 'acme_wandb.plugin'" in str(wandb.value)


def test_a_target_that_does_not_exist_fails_when_it_is_asked_for(site: Path, load: Load) -> None:
    names = {
        "acme.A.v1": "acme_rot.code:missing",
        "acme.B.v1": "acme_rot.exits:f",
        "acme.C.v1": "acme_rot.no:f",
    }
    modules = {"code": "", "exits": "raise SystemExit(4)"}
    write_distribution(site, "rot", table_module(loggers=names), modules=modules)
    table = load().tables["loggers"]

    with pytest.raises(PluginImportError) as attribute:
        table.get("acme.A.v1")
    with pytest.raises(PluginImportError, match="SystemExit: 4"):
        table.get("acme.B.v1")
    with pytest.raises(PluginImportError, match=r"No module named 'acme_rot\.no'"):
        table.get("acme.C.v1")

    assert str(attribute.value) == (
        "loggers: 'acme.A.v1' of acme-rot 1.0 cannot be loaded from 'acme_rot.code:missing', got AttributeError: "
        "module 'acme_rot.code' has no attribute 'missing'; repair or reinstall acme-rot"
    )


def test_strictness_turns_a_fault_into_a_failure(site: Path, load: Load) -> None:
    write_distribution(site, "broken", "import no_such_module")

    with pytest.raises(
        PluginError, match=r"^plugins: plugin 'broken' \(acme-broken 1\.0\) cannot be imported"
    ):
        load(strict=True)
