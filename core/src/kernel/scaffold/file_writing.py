"""Write a new plugin to a new folder, completely or not at all."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from kernel import __version__
from kernel.errors import PluginError, did_you_mean
from kernel.hookspecs import KINDS
from kernel.plugins.requirements import KERNEL
from kernel.scaffold import project
from kernel.scaffold.templates import part
from kernel.system.files import reason, replaced_folder

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
#: Kinds whose names are those of a component, so a component is added as well.
_WITH_FACTORY = ("data_checks", "recommendations")


def write_plugin(name: str, kinds: Iterable[str], folder: Path | None = None) -> Path:
    """Write a working distribution: the table, typed code and a test for each kind, settings and a README.

    Args:
        name: Name of the distribution, such as "acme-shout"; package and plugin are then `acme_shout`.
        kinds: The kinds of names it adds.
        folder: The folder to write to; by default one with its name in the current folder.

    Returns:
        The folder.

    Raises:
        PluginError: The name or a kind is invalid, or the folder is not empty.
    """
    distribution, package = name.replace("_", "-"), name.replace("-", "_")
    _check_name(name, package)
    target = Path(distribution) if folder is None else folder
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise PluginError(f"plugins new: {target}: the folder is not empty; choose another --output")
    parts = [part(kind, package) for kind in _checked_kinds(kinds)]
    texts = {
        "pyproject.toml": project.settings(distribution, package, _range(), parts),
        "LICENSE": project.licence(distribution),
        "README.md": project.page(distribution, package, parts),
        f"src/{package}/__init__.py": "",
        f"src/{package}/py.typed": "",
        f"src/{package}/plugin.py": project.table(distribution, parts),
        "tests/test_plugin.py": project.tests(package),
        **{f"src/{package}/{each.kind}.py": each.source for each in parts},
        **{f"tests/test_{each.kind}.py": each.test for each in parts},
    }
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replaced_folder(target.absolute()) as new_folder:
            for path, text in texts.items():
                file = new_folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise PluginError(f"plugins new: {target}: cannot be written, {reason(exc)}") from exc
    return target


def _check_name(name: str, package: str) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(package):
        raise PluginError(
            "plugins new: a name must be lower-case letters, digits and single hyphens, such as acme-shout, "
            f"got {name!r}"
        )
    if package in sys.stdlib_module_names or find_spec(package) is not None:
        raise PluginError(
            f"plugins new: there is already a Python package with this name, got {name!r}; add a prefix, such as "
            f"acme-{package.replace('_', '-')}"
        )


def _checked_kinds(kinds: Iterable[str]) -> list[str]:
    requested = list(kinds)
    for kind in requested:
        if kind not in KINDS:
            near = did_you_mean(kind, KINDS) or f"; there are {', '.join(KINDS)}"
            raise PluginError(f"plugins new: unknown kind {kind!r}{near}")
    if not requested:
        raise PluginError(f"plugins new: expected at least one kind, got none; there are {', '.join(KINDS)}")
    if set(requested) & set(_WITH_FACTORY):
        requested.append("factories")
    return [kind for kind in KINDS if kind in requested]


def _range() -> str:
    """Return the range of compatible kernel versions, as a requirement for pip."""
    major, minor = (int(number) for number in __version__.split(".")[:2])
    return f"{KERNEL}>={major}.{minor},<{major}.{minor + 1}"
