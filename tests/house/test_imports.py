"""Who may import whom."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from imports import imported_modules, imported_roots
from workspace import ROOT, Distribution, core, plugins, requirement_name

PLUGINS = [pytest.param(one, id=one.folder.name) for one in plugins()]
EVERY = [pytest.param(one, id=one.name) for one in (core(), *plugins())]

#: Distributions whose package is called otherwise.
PACKAGES = {"pkg-kernel": "kernel", "importlib-metadata": "importlib_metadata", "mlflow-skinny": "mlflow"}


def declared_roots(distribution: Distribution) -> set[str]:
    """The packages that a distribution may import: the standard library, itself and what it declares."""
    declared = {PACKAGES.get(name, name.replace("-", "_")) for name in distribution.requires}
    extras = {"cupy"} if distribution is core() else optional_roots(distribution)
    return set(sys.stdlib_module_names) | declared | extras | {distribution.package.name}


def optional_roots(distribution: Distribution) -> set[str]:
    """The packages of extras, which a plugin imports where somebody asks for what they are for."""
    extras = distribution.project.get("optional-dependencies", {}).values()
    return {requirement_name(requirement).replace("-", "_") for extra in extras for requirement in extra}


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_table_of_a_plugin_imports_only_the_kernel(plugin: Distribution) -> None:
    assert imported_modules(plugin.package / "plugin.py") <= {"__future__", "collections.abc", "kernel"}


@pytest.mark.parametrize("distribution", EVERY)
def test_a_distribution_imports_only_what_it_declares(distribution: Distribution) -> None:
    imported = set().union(*(imported_roots(path) for path in distribution.modules()))

    assert imported <= declared_roots(distribution)


@pytest.mark.parametrize("distribution", EVERY)
def test_a_distribution_uses_what_it_declares(distribution: Distribution) -> None:
    imported = set().union(*(imported_roots(path) for path in distribution.modules()))
    # A plugin may need another for the names that its default config has, without importing it.
    foreign = [name for name in distribution.requires if not name.startswith("pkg-")]

    assert {PACKAGES.get(name, name.replace("-", "_")) for name in foreign} <= imported


def test_the_kernel_imports_no_plugin() -> None:
    imported = set().union(*(imported_roots(path) for path in core().modules()))

    assert [name for name in imported if name.startswith("pkg_")] == []


@pytest.mark.parametrize("distribution", EVERY)
def test_nothing_imports_a_door_to_running_code(distribution: Distribution) -> None:
    imported = set().union(*(imported_roots(path) for path in distribution.modules()))

    assert imported & {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"} == set()


def test_the_rooms_of_the_kernel_are_stacked() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout
