"""How modules look: their size, their names, their docstrings."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from workspace import ROOT, core, plugins

MODULES = [path for one in (core(), *plugins()) for path in one.modules()]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60

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


def test_names_of_modules_say_what_is_inside() -> None:
    assert [name(path) for path in MODULES if path.stem in EMPTY_NAMES] == []
