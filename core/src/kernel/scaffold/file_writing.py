"""Write a new plugin into a folder that is not there yet, whole or not at all."""

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
#: Kinds whose names are those of a component, which comes with them.
_WITH_FACTORY = ("data_checks", "recommendations")


def write_plugin(name: str, kinds: Iterable[str], folder: Path | None = None) -> Path:
    """Write a distribution that works: the table, typed code and a test for each kind, settings and a page.

    Args:
        name: Of the distribution, such as "acme-shout"; the package is `acme_shout`, and so is the plugin.
        kinds: What it adds.
        folder: Where to; a folder of its name in the current one when None.

    Returns:
        The folder.

    Raises:
        PluginError: The name or a kind cannot be, or there is something in the folder.
    """
    distribution, package = name.replace("_", "-"), name.replace("-", "_")
    _check_name(name, package)
    target = Path(distribution) if folder is None else folder
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise PluginError(f"plugins new: {target}: there is something here already; give another --output")
    parts = [part(kind, package) for kind in _checked_kinds(kinds)]
    texts = {
        "pyproject.toml": project.settings(distribution, package, _range(), parts),
        "LICENSE": project.licence(distribution),
        "README.md": project.page(distribution, package, parts),
        f"src/{package}/__init__.py": "",
        f"src/{package}/py.typed": "",
        f"src/{package}/plugin.py": project.table(distribution, parts),
        "tests/test_plugin.py": project.tests(package),
        **{f"src/{package}/{one.kind}.py": one.source for one in parts},
        **{f"tests/test_{one.kind}.py": one.test for one in parts},
    }
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replaced_folder(target.absolute()) as beside:
            for place, text in texts.items():
                file = beside / place
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise PluginError(f"plugins new: {target}: cannot be written, {reason(exc)}") from exc
    return target


def _check_name(name: str, package: str) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(package):
        raise PluginError(
            f"plugins new: a name is small letters, digits and single hyphens, such as acme-shout, got {name!r}"
        )
    if package in sys.stdlib_module_names or find_spec(package) is not None:
        raise PluginError(
            f"plugins new: there is a Python package of this name already, got {name!r}; put something before it, "
            f"such as acme-{package.replace('_', '-')}"
        )


def _checked_kinds(kinds: Iterable[str]) -> list[str]:
    wanted = list(kinds)
    for kind in wanted:
        if kind not in KINDS:
            near = did_you_mean(kind, KINDS) or f"; there are {', '.join(KINDS)}"
            raise PluginError(f"plugins new: no kind is called so, got {kind!r}{near}")
    if not wanted:
        raise PluginError(f"plugins new: expected at least one kind, got none; there are {', '.join(KINDS)}")
    if set(wanted) & set(_WITH_FACTORY):
        wanted.append("factories")
    return [kind for kind in KINDS if kind in wanted]


def _range() -> str:
    """The kernels that keep to this one's interface, as pip writes them."""
    major, minor = (int(number) for number in __version__.split(".")[:2])
    return f"{KERNEL}>={major}.{minor},<{major}.{minor + 1}"
