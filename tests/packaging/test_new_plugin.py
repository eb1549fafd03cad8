"""What `kernel plugins new` writes is a plugin: it is built, installed beside the kernel and passes its own tests."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import call_kernel
from workspace import ROOT, core

from kernel.hookspecs import KINDS


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new plugin that has something of every kind."""
    folder = tmp_path_factory.mktemp("new")
    done = call_kernel(folder, "plugins", "new", "acme-everything", "--kinds", ",".join(KINDS))
    assert done.returncode == 0, done.stderr
    return folder / "acme-everything"


def tool(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the tools of this environment in a folder."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    "words", [["ruff", "check", "--no-cache"], ["ruff", "format", "--check", "--no-cache"]]
)
def test_a_new_plugin_is_in_good_style(project: Path, words: list[str]) -> None:
    done = tool(project, *words)

    assert done.returncode == 0, done.stdout


def test_a_new_plugin_is_typed(project: Path, tmp_path: Path) -> None:
    done = tool(project, "mypy", "--cache-dir", str(tmp_path))

    assert done.returncode == 0, done.stdout
    assert "no issues found" in done.stdout


def test_a_new_plugin_is_built_installed_and_passes_its_tests(
    project: Path,
    wheels: dict[str, Path],
    environment: Callable[..., Path],
    call: Callable[..., str],
    tmp_path: Path,
) -> None:
    built = tool(project, "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist"))
    assert built.returncode == 0, built.stderr
    [wheel] = (tmp_path / "dist").glob("*.whl")

    python = environment(str(wheel), str(wheels[core().name]), "pytest")
    listed = json.loads(call(python, "-m", "kernel", "plugins", "list", "--json"))["plugins"]
    call(python, "-m", "kernel", "plugins", "check")
    said = call(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(project))

    assert wheel.name == "acme_everything-0.1.0-py3-none-any.whl"
    assert [(row["plugin"], row["state"]) for row in listed] == [("acme_everything", "ok")]
    assert set(listed[0]["names"]) == set(KINDS)
    assert " passed" in said
    assert not (ROOT / "acme-everything").exists()
    with zipfile.ZipFile(wheel) as archive:
        licence = archive.read("acme_everything-0.1.0.dist-info/licenses/LICENSE").decode("utf-8")
    assert "Copyright (c) The acme-everything authors" in licence
