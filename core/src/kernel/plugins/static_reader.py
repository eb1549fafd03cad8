"""Read a plugin's table module from its source, without running it or the packages around it.

A module is plain when running it could do nothing but build its tables: a docstring, `from __future__ import
annotations`, `from kernel import hookimpl`, constants, and functions marked `@hookimpl` that take nothing and return a
literal or one of the constants. A module with anything else in it has to be imported.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from kernel import hookimpl

_RETURNS = frozenset({"dict", "dict[str, str]"})
_DUNDERS = frozenset({"__all__", "__version__"})


class _NotPlain(Exception):
    """The source contains something that only running it can evaluate."""


def read_plain(module: str) -> ModuleType | None:
    """Build a module object with the hooks of a plain module; `sys.modules` is not changed.

    Args:
        module: Its dotted name.

    Returns:
        The module object, the same one each time while the source is unchanged. None when the module is imported
        already, has no source file, or is not plain, or when one of its packages is not.
    """
    if module in sys.modules:
        return None
    try:
        *packages, spec = _specs(module)
        for package in packages:
            # A namespace package has no source.
            if package.loader is not None:
                _members(_source(package))
        return _module_object(module, str(spec.origin), _source(spec))
    except Exception:  # importing the module will raise Python's own message
        return None


def read_file(path: Path) -> ModuleType | None:
    """Return a module object with the hooks of a plain module, given its file; None if it is not plain."""
    try:
        return _module_object(path.stem, str(path), path.read_bytes())
    except Exception:
        return None


def file_of(module: str) -> str:
    """Return the file of a module without importing it; empty when there is none."""
    if module in sys.modules:
        return getattr(sys.modules[module], "__file__", None) or ""
    try:
        *_, spec = _specs(module)
    except Exception:
        return ""
    return (spec.origin or "") if spec.has_location else ""


# -- finding the source --------------------------------------------------------------------------------------


def _specs(module: str) -> Iterator[ModuleSpec]:
    """Yield the spec of a module as an import would find it, after those of the packages that it would run first."""
    parent, _, _ = module.rpartition(".")
    path = None
    if parent in sys.modules:
        path = list(sys.modules[parent].__path__)
    elif parent:
        *packages, last = _specs(parent)
        yield from [*packages, last]
        if last.submodule_search_locations is None:
            raise _NotPlain(parent)
        path = list(last.submodule_search_locations)
    yield _find_spec(module, path)


def _find_spec(module: str, path: list[str] | None) -> ModuleSpec:
    for finder in sys.meta_path:
        if (spec := finder.find_spec(module, path)) is not None:
            return spec
    raise _NotPlain(module)


def _source(spec: ModuleSpec) -> bytes:
    if type(spec.loader) is not SourceFileLoader:
        raise _NotPlain(spec.name)
    return Path(str(spec.origin)).read_bytes()


# -- reading the source --------------------------------------------------------------------------------------


@cache
def _module_object(name: str, file: str, source: bytes) -> ModuleType:
    # Cached so that pluggy sees two entry points of one module as one plugin, as it does for an imported module.
    module = ModuleType(name)
    module.__file__ = file
    vars(module).update(_members(source))
    return module


def _members(source: bytes) -> dict[str, Any]:
    """Return the names that a plain module defines.

    Raises:
        Exception: It is not plain, or not valid Python.
    """
    if b"\\" in source:  # some escapes warn at compile time, once; leave that to the import
        raise _NotPlain
    members: dict[str, Any] = {}
    tables: dict[str, ast.expr] = {}
    body = _without_docstring(ast.parse(source).body)
    while body and _is_future(body[0]):
        del body[0]
    for statement in body:
        match statement:
            case ast.ImportFrom("kernel", [ast.alias("hookimpl", None)], 0):
                _bind(members, "hookimpl", hookimpl)
            case ast.Assign([ast.Name(name)], value):
                _bind(members, name, ast.literal_eval(value))
            case ast.FunctionDef(name) if members.get("hookimpl") is hookimpl:
                tables[name] = _table(statement)
                _bind(members, name, None)
            case _:
                raise _NotPlain
    constants = {name: value for name, value in members.items() if name != "hookimpl" and name not in tables}
    for name, value in tables.items():
        table = constants[value.id] if isinstance(value, ast.Name) else ast.literal_eval(value)
        members[name] = hookimpl(_returning(table))
    return members


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(ast.Constant(str())), *rest]:
            return rest
    return body


def _is_future(statement: ast.stmt) -> bool:
    match statement:
        case ast.ImportFrom("__future__", [ast.alias("annotations", None)], 0):
            return True
    return False


def _bind(members: dict[str, Any], name: str, value: Any) -> None:
    """Add a name; refuse one that would shadow another or has a meaning to Python."""
    is_special = name.startswith("__") and name not in _DUNDERS
    if name in members or is_special or hasattr(builtins, name):
        raise _NotPlain(name)
    members[name] = value


def _table(function: ast.FunctionDef) -> ast.expr:
    """Return the expression that a hook returns."""
    is_marked = [ast.dump(one) for one in function.decorator_list] == [_HOOKIMPL]
    takes_any = [*ast.iter_child_nodes(function.args), *getattr(function, "type_params", [])]
    is_typed = function.returns is not None and ast.unparse(function.returns) not in _RETURNS
    match _without_docstring(function.body):
        case [ast.Return(ast.expr() as value)] if is_marked and not takes_any and not is_typed:
            return value
    raise _NotPlain(function.name)


_HOOKIMPL = ast.dump(ast.Name("hookimpl", ast.Load()))


def _returning(table: Any) -> Callable[[], Any]:
    return lambda: table
