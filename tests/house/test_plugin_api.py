"""What plugins import of the kernel is public, and the page of it is as new as the modules."""

from __future__ import annotations

import importlib
import inspect

import pytest
from api_page import first_sentence, page
from generated import check_generated
from imports import imported_modules
from workspace import ROOT, Distribution, plugins

import kernel
from kernel.testing import PUBLIC_MODULES, check_imports
from kernel.testing.runs.imports import private_imports

PLUGINS = [pytest.param(one, id=one.folder.name) for one in plugins()]
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))
TEMPLATES = sorted((ROOT / "core" / "src" / "kernel" / "scaffold" / "kinds").glob("*.txt"))


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_imports_public_modules_of_the_kernel_only(plugin: Distribution) -> None:
    check_imports(plugin.package.name)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_an_example_imports_public_modules_only(path) -> None:
    assert private_imports(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_new_plugin_begins_with_public_modules_only(path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    imports = [line for line in lines if line.startswith(("from kernel", "import kernel"))]

    assert private_imports("\n".join(imports)) == []


def test_what_people_import_is_public_and_the_rest_is_what_plugins_import() -> None:
    doors = {"kernel", *(f"kernel.{name}" for name in kernel._MODULES if name != "lang")}
    files = [*(path for plugin in plugins() for path in plugin.modules()), *EXAMPLES]
    imported = set().union(*map(imported_modules, files))
    templates = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    # A package may stand for a module in it: `from kernel.text.base import messages`.
    used = [
        name
        for name in PUBLIC_MODULES
        if name in imported or name in templates or name.rpartition(".")[0] in imported
    ]

    assert doors <= set(PUBLIC_MODULES)
    assert sorted(set(PUBLIC_MODULES) - set(used) - doors) == []
    assert len(set(PUBLIC_MODULES)) == len(PUBLIC_MODULES)


@pytest.mark.parametrize("name", PUBLIC_MODULES)
def test_a_public_module_says_in_a_sentence_what_is_in_it(name: str) -> None:
    assert first_sentence(inspect.getdoc(importlib.import_module(name))).endswith(".")


def test_the_page_is_as_new_as_the_modules() -> None:
    check_generated(ROOT / "docs" / "plugin-api.md", page())
