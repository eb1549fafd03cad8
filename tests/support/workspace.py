"""The distributions of this repository, read from their folders.

Not here: anything about what is installed; a test that needs that asks `importlib.metadata`.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Distribution:
    """One folder that becomes one wheel."""

    folder: Path
    project: dict[str, Any]

    @property
    def name(self) -> str:
        """The name that pip installs, such as `pkg-tagger`."""
        return str(self.project["name"])

    @property
    def package(self) -> Path:
        """The folder of the importable package."""
        return next(path for path in (self.folder / "src").iterdir() if (path / "__init__.py").is_file())

    @property
    def kind(self) -> str:
        """The kind of a plugin, which is the name of the folder around it."""
        return self.folder.parent.name

    @property
    def is_heavy(self) -> bool:
        """Whether `uv sync` leaves it out, for the framework that it brings."""
        return self.folder.relative_to(ROOT).as_posix() in excluded()

    @property
    def requires(self) -> tuple[str, ...]:
        """The names of the distributions that it declares."""
        return tuple(requirement_name(line) for line in self.project.get("dependencies", ()))

    def modules(self) -> list[Path]:
        """Every module of the package."""
        return sorted(self.package.rglob("*.py"))


def requirement_name(requirement: str) -> str:
    """Cut the bounds and extras off a requirement."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return match.group()


def read_toml(path: Path) -> dict[str, Any]:
    """Read one TOML file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def excluded() -> tuple[str, ...]:
    """The folders that are no members of the workspace."""
    return tuple(read_toml(ROOT / "pyproject.toml")["tool"]["uv"]["workspace"]["exclude"])


@cache
def core() -> Distribution:
    """The kernel's own distribution."""
    folder = ROOT / "core"
    return Distribution(folder, read_toml(folder / "pyproject.toml")["project"])


@cache
def plugins() -> tuple[Distribution, ...]:
    """Every plugin of the repository, by folder."""
    folders = sorted(path.parent for path in ROOT.glob("plugins/*/*/pyproject.toml"))
    return tuple(Distribution(folder, read_toml(folder / "pyproject.toml")["project"]) for folder in folders)


def with_dependencies(distribution: Distribution) -> list[Distribution]:
    """A distribution and, transitively, those of this repository that it declares."""
    by_name = {one.name: one for one in (core(), *plugins())}
    found: dict[str, Distribution] = {}
    waiting = [distribution.name]
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in found:
            found[name] = by_name[name]
            waiting.extend(by_name[name].requires)
    return [found[name] for name in sorted(found)]


def tables(plugin: Distribution) -> dict[str, dict[str, str]]:
    """The table of each kind that a plugin gives."""
    module = importlib.import_module(f"{plugin.package.name}.plugin")
    hooks = inspect.getmembers(module, inspect.isfunction)
    return {name.removeprefix("register_"): hook() for name, hook in hooks if name.startswith("register_")}
