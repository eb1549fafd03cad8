"""Write temporary distributions to a folder, for tests of installed plugins.

Add the folder to `sys.path`, or to PYTHONPATH of a child process, and its plugins are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent


def write_distribution(
    folder: Path,
    name: str,
    plugin: str,
    *,
    version: str = "1.0",
    modules: Mapping[str, str] | None = None,
    requires: Iterable[str] = (),
    entry_point: str | None = None,
    summary: str = "",
) -> None:
    """Write a package and its metadata as an installer would.

    Args:
        folder: Where packages are installed.
        name: Name of the plugin; the distribution is `acme-NAME`, the package `acme_NAME`.
        plugin: The source of the module `acme_NAME.plugin`.
        version: Version of the distribution.
        modules: Names and sources of further modules of the package.
        requires: Lines for `Requires-Dist`.
        entry_point: Target of the entry point, if it is not `acme_NAME.plugin`.
        summary: One-line description.
    """
    package = folder / f"acme_{name}"
    package.mkdir(parents=True)
    sources = {"__init__": "", "plugin": plugin, **(modules or {})}
    for module, source in sources.items():
        (package / f"{module}.py").write_text(dedent(source), encoding="utf-8")
    info = folder / f"acme_{name}-{version}.dist-info"
    info.mkdir()
    metadata = [
        "Metadata-Version: 2.1",
        f"Name: acme-{name}",
        f"Version: {version}",
        *([f"Summary: {summary}"] if summary else []),
        *(f"Requires-Dist: {line}" for line in requires),
    ]
    (info / "METADATA").write_text("\n".join(metadata) + "\n", encoding="utf-8")
    points = f"[kernel]\n{name} = {entry_point or f'acme_{name}.plugin'}\n"
    (info / "entry_points.txt").write_text(points, encoding="utf-8")


def table_module(**tables: Mapping[str, str]) -> str:
    """Return the source of a plugin module that registers these names: `table_module(loggers={"x.v1": "a:b"})`."""
    hooks = [
        f"@hookimpl\ndef register_{kind}():\n    return {dict(names)!r}\n" for kind, names in tables.items()
    ]
    return "\n".join(["from kernel import hookimpl\n", *hooks])
