"""The tables as a config sees them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.errors import ConfigError, NameTaken, PluginImportError, UnknownName
from kernel.plugins.manager import Plugins
from kernel.plugins.tables import Owner
from kernel.registry import Registry
from kernel.testing.runs.distributions import table_module, write_distribution

Load = Callable[..., Plugins]

CODE = """
def outer(inner: int, factor: int = 2) -> int:
    return inner * factor

def inner(value: int) -> int:
    return value + 1
"""


@pytest.fixture
def registry(site: Path, load: Load) -> Registry:
    """A registry over one plugin of two functions."""
    names = {"acme.outer.v1": "acme_math.code:outer", "acme.inner.v1": "acme_math.code:inner"}
    names["acme.rot.v1"] = "acme_math.code:missing"
    write_distribution(site, "math", table_module(misc=names), modules={"code": CODE})
    return Registry(load())


def test_who_asks_for_two_names_imports_the_code_of_two(site: Path, load: Load) -> None:
    for number in range(6):
        code = "def f() -> int:\n    return 1\n"
        names = {f"acme.f{number}.v1": f"acme_some{number}.code:f"}
        write_distribution(site, f"some{number}", table_module(misc=names), modules={"code": code})
    registry = Registry(load())

    registry.get("misc", "acme.f1.v1")
    registry.get("misc", "acme.f4.v1")

    imported = sorted(name for name in sys.modules if name.startswith("acme_some") and name.endswith(".code"))
    assert imported == ["acme_some1.code", "acme_some4.code"]


def test_a_missing_name_is_named(registry: Registry) -> None:
    with pytest.raises(UnknownName) as unknown:
        registry.get("misc", "acme.oter.v1")

    assert str(unknown.value) == (
        "misc: unknown name 'acme.oter.v1'; did you mean 'acme.outer.v1' (acme-math 1.0)?"
    )


def test_a_broken_target_is_named(registry: Registry) -> None:
    with pytest.raises(PluginImportError, match=r"^misc: 'acme\.rot\.v1' of acme-math 1\.0 cannot be loaded"):
        registry.get("misc", "acme.rot.v1")


def test_a_kind_that_does_not_exist_is_named(registry: Registry) -> None:
    with pytest.raises(ConfigError, match=r"^@arhitectures: unknown kind .* did you mean 'architectures'\?$"):
        registry.get("arhitectures", "x.v1")
    with pytest.raises(AttributeError, match=r"registry: unknown kind 'lgogers'; did you mean 'loggers'\?"):
        _ = registry.lgogers


def test_who_looks_for_the_resolver_in_the_registry_is_told_where_it_is(registry: Registry) -> None:
    with pytest.raises(AttributeError, match=r"write from kernel\.config\.resolve import resolve$"):
        _ = registry.resolve


def test_provenance_names_plugin_distribution_and_version(registry: Registry) -> None:
    assert registry.provenance("misc", "acme.inner.v1") == Owner("math", "acme-math", "1.0")


def test_a_file_of_the_users_adds_names(registry: Registry) -> None:
    @registry.misc("my.v1")
    def mine(value: int) -> int:
        return value

    assert registry.get("misc", "my.v1") is mine
    assert registry.has("misc", "my.v1")


def test_a_file_of_the_users_that_takes_a_name_is_in_conflict(registry: Registry) -> None:
    registry.misc.register("acme.inner.v1", func=test_a_file_of_the_users_that_takes_a_name_is_in_conflict)

    with pytest.raises(NameTaken, match=r"^misc: 'acme\.inner\.v1' is registered by"):
        registry.get("misc", "acme.inner.v1")


def test_the_kernels_registry_is_the_same_however_it_is_reached() -> None:
    import kernel

    module = importlib.import_module("kernel.registry")

    assert kernel.registry.architectures is module.registry.architectures
    assert module.architectures is module.registry.architectures  # type: ignore[attr-defined]


def test_thinc_names_are_those_of_thincs_registry() -> None:
    thinc_api = importlib.import_module("thinc.api")
    from kernel.plugins.builtins import THINC as TABLES

    expected = {kind: getattr(thinc_api.registry, kind).get_all() for kind in TABLES}

    resolved = Registry(Plugins())
    for kind, functions in expected.items():
        assert set(TABLES[kind]) == set(functions), kind
        own = {
            ("optimizers", name) for name in ("Adam.v1", "RAdam.v1", "SGD.v1")
        }  # Thinc's rules, with groups
        assert all(
            resolved.get(kind, name) is function
            for name, function in functions.items()
            if (kind, name) not in own
        ), kind
