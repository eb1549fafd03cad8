"""Writes the page of the plugin API: the public modules of the kernel, their names, a sentence on each."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from generated import COMMAND

from kernel import contracts
from kernel.testing import PUBLIC_MODULES

_HEAD = f"""# The plugin API

These modules of the kernel are public: a plugin may import from them, and from nothing else of the kernel. What is not
here may move in any release. `kernel.testing.check_imports` holds a plugin to it, in this repository and outside;
[Testing a plugin](testing.md) has the other checks, [contracts](#kernelcontracts) what a component and every other
product may offer.

This page is written from the modules; nobody edits it. To write it anew:

    {COMMAND}
"""


#: Names that say nothing about a module.
_OF_EVERY_MODULE = {"__version__", "logger"}


def page() -> str:
    """Make the whole page."""
    return _HEAD + "".join(_section(import_module(name)) for name in PUBLIC_MODULES)


def _section(module: ModuleType) -> str:
    lines = [line for name in _names(module) for line in _lines(module, name)]
    return "\n".join(["", f"## `{module.__name__}`", "", first_sentence(module.__doc__), "", *lines, ""])


def _lines(module: ModuleType, name: str) -> Iterator[str]:
    """The line about a name, and, of a contract, those about what it has."""
    yield f"- `{name}`{_told(module, name)}"
    found = getattr(module, name)
    if module is contracts and inspect.isclass(found):
        yield from (f"  - `{member}`: {text}" for member, text in _members(found))


def _members(contract: type) -> Iterator[tuple[str, str]]:
    """What a contract asks for by name, each with the sentence that stands at it."""
    source = inspect.getsource(contract)
    for node in ast.parse(source).body[0].body:  # type: ignore[attr-defined]
        match node:
            case ast.FunctionDef(name) if not name.startswith("_"):
                yield name, first_sentence(ast.get_docstring(node))
            case ast.AnnAssign(ast.Name(name)) if found := re.search(rf"((?: *#:.*\n)+) *{name}\b", source):
                yield name, first_sentence(_without_marks(found[1]))


def first_sentence(text: str | None) -> str:
    """Cut the first sentence off a docstring."""
    first, _, _ = inspect.cleandoc(text or "").partition("\n\n")
    return re.split(r"(?<=[.])\s", " ".join(first.split()))[0]


def _names(module: ModuleType) -> list[str]:
    """The public names of a module: those that it lists, or else what it defines or passes on."""
    if listed := getattr(module, "__all__", None):
        return sorted({*listed} - _OF_EVERY_MODULE)
    found = {name for name in _bound(_tree(module)) if not name.startswith("_")}
    return sorted(found - _OF_EVERY_MODULE)


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def _bound(tree: ast.Module) -> Iterator[str]:
    """The names that the statements of a module bind, without what it imports for itself."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name) | ast.ClassDef(name):
                yield name
            case ast.ImportFrom(_, aliases):
                yield from (alias.name for alias in aliases if alias.asname == alias.name)
            case ast.Assign(targets) if not _is_type_variable(node.value):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(ast.Name(name)):
                yield name


def _is_type_variable(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "TypeVar"


def _told(module: ModuleType, name: str) -> str:
    """What there is to say about a name, with what stands before it; empty where nothing is."""
    found: Any = getattr(module, name)
    if inspect.isclass(found) or inspect.isroutine(found):
        text = first_sentence(inspect.getdoc(found)) if str(found.__module__).startswith("kernel") else ""
    else:
        text = first_sentence(_comment(module, name))
    return f": {text}" if text else ""


def _comment(module: ModuleType, name: str) -> str:
    """The `#:` lines before a constant, in the module that makes it."""
    tree = _tree(module)
    origins = [
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and any(alias.asname == name == alias.name for alias in node.names)
    ]
    if origins:
        return _comment(import_module(str(origins[0])), name)
    found = re.search(rf"^((?:#:.*\n)+){name}\b", inspect.getsource(module), re.MULTILINE)
    return _without_marks(found[1]) if found else ""


def _without_marks(comment: str) -> str:
    return "\n".join(line.strip().removeprefix("#:").strip() for line in comment.splitlines())
