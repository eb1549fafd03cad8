"""How modules look: their size, their names, their docstrings."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from workspace import ROOT, core, plugins

import kernel

MODULES = [path for one in (core(), *plugins()) for path in one.modules()]
KERNEL = ROOT / "core" / "src" / "kernel"
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
#: Modules in one folder, without its `__init__`, and in the kernel's own folder without the doors.
LARGEST_FOLDER = 20

#: Folders whose modules are called after what they are for: commands, kinds, public names.
NAMED_BY_KIND = ("cli", "testing/data", "testing/models", "testing/runs")

#: Modules over the limit, each with its reason. This list may only shrink.
LONG_MODULES: dict[str, str] = {}

#: Names that say nothing about what is inside.
EMPTY_NAMES = {"utils", "common", "helpers", "base", "misc", "api", "legacy", "registrations"}


#: Parts of a thing whose docstring stands at the thing: a hook's at its spec, a layer's at its constructor.
PARTS = ("register_", "forward", "init_")


def name(path: Path) -> str:
    """The address of a file in this repository."""
    return path.relative_to(ROOT).as_posix()


def public_definitions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """The functions and classes of a module, and the methods of its classes, that others may use."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = []
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if isinstance(node, kinds) and not node.name.startswith("_") and not is_overload_or_setter(node):
                found.append(node)
                waiting.extend([node] if isinstance(node, ast.ClassDef) else [])
    return found


def is_overload_or_setter(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether a definition only says more about another one that has the docstring."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"overload", "setter", "deleter"})


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_has_a_docstring_and_its_public_things_have_one(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    undocumented = [node.name for node in public_definitions(path) if not ast.get_docstring(node)]

    assert [name for name in undocumented if not f"{name}_".startswith(PARTS)] == []
    assert ast.get_docstring(tree) or not tree.body


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]

    assert [node.name for node in functions if length(node) > LONGEST_FUNCTION] == []


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without its docstring."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or first.lineno) - first.lineno + 1


def test_modules_are_small() -> None:
    long = {name(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > LONGEST_MODULE}

    assert long == set(LONG_MODULES)


def is_door(path: Path) -> bool:
    """Whether a module lies beside the rooms of the kernel for people to import from."""
    return path.parent == KERNEL and path.stem in {*kernel._MODULES, "gold"}


def test_a_folder_holds_few_modules() -> None:
    folders = Counter(path.parent for path in MODULES if not path.stem.startswith("__") and not is_door(path))

    assert {name(folder): n for folder, n in folders.items() if n > LARGEST_FOLDER} == {}


def test_no_two_modules_of_the_kernel_have_one_name() -> None:
    named = [
        path
        for path in core().modules()
        if not path.stem.startswith("__")
        and not is_door(path)
        and path.parent.relative_to(KERNEL).as_posix() not in NAMED_BY_KIND
    ]
    stems = Counter(path.stem for path in named)

    assert [stem for stem, n in stems.items() if n > 1] == []


def test_names_of_modules_say_what_is_inside() -> None:
    assert [name(path) for path in MODULES if path.stem in EMPTY_NAMES] == []
