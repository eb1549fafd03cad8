"""What a module imports, read from its syntax and without running it."""

from __future__ import annotations

import ast
from pathlib import Path


def imported_modules(path: Path) -> set[str]:
    """Give the full name of every module that a file imports, at the top or inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            found.add(node.module)
    return found


def imported_roots(path: Path) -> set[str]:
    """Give the first part of the name of every module that a file imports."""
    return {name.partition(".")[0] for name in imported_modules(path)}
