"""A folder of throw-away distributions, and the plugins that are found in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from importlib_metadata import EntryPoint, distributions

from kernel.plugins.manager import Plugins, load_plugins
from kernel.plugins.selection import Choice


def entry_points_in(folder: Path) -> list[EntryPoint]:
    """The plugins installed in a folder."""
    return [
        point
        for dist in distributions(path=[str(folder)])
        for point in dist.entry_points
        if point.group == "kernel"
    ]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to install into, on the path until the test ends."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    known = set(sys.modules)
    yield folder
    for name in set(sys.modules) - known:
        if name.startswith("acme_"):
            del sys.modules[name]


@pytest.fixture
def load(site: Path) -> Callable[..., Plugins]:
    """Load what is installed in the folder, and nothing else."""

    def load_site(choice: str | Choice = "", strict: bool = False) -> Plugins:
        chosen = Choice(choice) if isinstance(choice, str) else choice
        return load_plugins(entry_points_in(site), choice=chosen, strict=strict)

    return load_site
