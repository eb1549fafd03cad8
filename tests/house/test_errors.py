"""Nobody takes the message of an error apart: what others need of it are its fields."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace import ROOT, core, plugins

MODULES = [path for one in (core(), *plugins()) for path in one.modules()]

#: Methods of a text that look for a part of it, or take one away. `" ".join(text.split())` puts it on one line.
CUTS = {
    "endswith",
    "find",
    "index",
    "lstrip",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rpartition",
    "rsplit",
    "rstrip",
    "splitlines",
    "startswith",
    "strip",
}
#: Functions of a pattern that are given the text.
MATCHES = {"findall", "finditer", "fullmatch", "match", "search", "split", "sub"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def surgery(tree: ast.Module) -> Iterator[int]:
    """Find the lines that cut the message of an exception, or match it."""
    for function in ast.walk(tree):
        if isinstance(function, Function):
            errors = set(_errors(function))
            yield from (
                node.lineno for node in ast.walk(function) if _cuts(node, errors, _texts(function, errors))
            )


def _errors(function: Function) -> Iterator[str]:
    """Name the variables of a function that are exceptions."""
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.annotation is not None and "Error" in ast.unparse(argument.annotation):
            yield argument.arg
    for node in ast.walk(function):
        if isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


def _texts(function: Function, errors: set[str]) -> set[str]:
    """Name the variables that hold a message."""
    return {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _is_message(node.value, errors, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_message(node: ast.AST, errors: set[str], texts: set[str]) -> bool:
    """Whether this is `str(error)`, `error.args[...]` or a variable that holds it."""
    if isinstance(node, ast.Name):
        return node.id in texts
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("str", "repr"):
        return any(isinstance(one, ast.Name) and one.id in errors for one in node.args)
    return isinstance(node, ast.Subscript) and any(
        ast.unparse(node.value) == f"{error}.args" for error in errors
    )


def _cuts(node: ast.AST, errors: set[str], texts: set[str]) -> bool:
    if isinstance(node, ast.Subscript):
        return _is_message(node.value, errors, texts)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    name, whole = node.func.attr, node.func.value
    is_split = name == "split" and bool(node.args)
    if (name in CUTS or is_split) and _is_message(whole, errors, texts):
        return True
    return name in MATCHES and any(_is_message(one, errors, texts) for one in node.args)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_takes_the_message_of_an_error_apart(path: Path) -> None:
    assert list(surgery(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "line",
    [
        'str(exc).removeprefix("kind: ")',
        'str(exc).partition(":")',
        'str(exc).startswith("[")',
        'str(exc).split(": ")',
        "str(exc)[3:]",
        "exc.args[0].splitlines()",
        "PATTERN.match(str(exc))",
        "re.sub('a', 'b', str(exc))",
    ],
)
def test_what_is_refused(line: str) -> None:
    code = f"def f():\n    try:\n        g()\n    except OSError as exc:\n        return {line}\n"
    held = code.replace("return ", "said = str(exc)\n        return ").replace("(str(exc)", "(said")

    assert list(surgery(ast.parse(code))) == [5]
    assert len(list(surgery(ast.parse(held)))) == 1


@pytest.mark.parametrize(
    "line", ['" ".join(str(exc).split())', "f'{exc}; go'", "exc.reason.upper()", "exc.at('x')"]
)
def test_what_is_not(line: str) -> None:
    code = f"def f(exc: KernelError):\n    return {line}\n"

    assert list(surgery(ast.parse(code))) == []
