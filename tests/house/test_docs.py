"""What the pages say is so: files that are linked exist, commands that are shown exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from workspace import ROOT, plugins, tables

from kernel.cli import main
from kernel.registry import registry

PAGES = sorted(
    path
    for pattern in (
        "*.md",
        "docs/**/*.md",
        "core/*.md",
        "plugins/*/*/*.md",
        "examples/*/*.md",
        "benchmarks/*.md",
    )
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
#: A line of a code block that calls the command, with or without uv before it.
COMMAND = re.compile(
    r"^(?:    |\$ |    \$ )?(?:uv run )?kernel ([a-z][a-z -]*?)(?: [^a-z].*)?$", re.MULTILINE
)


def name(path: Path) -> str:
    """The address of a page in this repository."""
    return path.relative_to(ROOT).as_posix()


def code(page: Path) -> str:
    """The code blocks of a page, fenced or indented."""
    text = page.read_text(encoding="utf-8")
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^(?: {4}.*\n)+", text, re.MULTILINE)
    return "\n".join([*fenced, *indented])


def find(words: list[str]) -> click.Command | None:
    """Find the command that the first words of a command line mean."""
    found: click.Command | None = main
    for word in words:
        if not isinstance(found, click.Group):
            break
        found = found.get_command(click.Context(found), word)
    return found


def heavy_names() -> set[tuple[str, str, str]]:
    """Distribution, kind and name of what plugins give that are not installed here."""
    return {
        (plugin.name, kind, name)
        for plugin in plugins()
        if plugin.is_heavy
        for kind, table in tables(plugin).items()
        for name in table
    }


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_linked_files_exist(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link).resolve() for link in LINK.findall(index.read_text(encoding="utf-8"))}
    pages = [
        path
        for path in PAGES
        if path != index and path.parts[len(ROOT.parts)] in ("docs", "examples", "benchmarks")
    ]

    assert [name(path) for path in pages if path not in linked] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_in_code_blocks_exist(page: Path) -> None:
    lines = COMMAND.findall(code(page))

    assert [line for line in lines if find(line.split()) is None] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_registered_names_in_pages_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    mentioned = set(re.findall(r"\bkernel\.\w+\.v\d+\b", text))
    known = {name for kind in registry.plugins.tables for name in registry.table(kind)}
    known |= {name for _, _, name in heavy_names()}

    assert mentioned <= known | {"kernel.X.v1"}


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(
        r"^    (uv run .*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert commands[0].startswith("uv run examples/petrogold/run.py")
    assert "uv run pytest" in commands[:3]
