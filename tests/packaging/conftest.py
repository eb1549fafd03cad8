"""Wheels built once a session, and environments that hold nothing but them."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from workspace import Distribution, core, plugins, with_dependencies

Wheels = dict[str, Path]


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    """Build the wheel of every distribution of the repository."""
    folder = tmp_path_factory.mktemp("wheels")
    for distribution in (core(), *plugins()):
        run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
            distribution.folder,
        )
    return {path.name.split("-")[0].replace("_", "-"): path for path in folder.glob("*.whl")}


@pytest.fixture(scope="session")
def constraints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The versions of everything installed here, so that nothing new has to be fetched."""
    path = tmp_path_factory.mktemp("constraints") / "constraints.txt"
    installed = {one.name: one.version for one in importlib.metadata.distributions()}
    lines = [f"{name}=={version}\n" for name, version in installed.items() if not name.startswith("pkg")]
    path.write_text("".join(sorted(lines)), encoding="utf-8")
    return path


@pytest.fixture
def environment(constraints: Path, tmp_path: Path) -> Callable[..., Path]:
    """Make an environment with what pip's words name, at the versions of here; gives its Python."""

    def make(*words: str) -> Path:
        folder = tmp_path / "environment"
        uv = os.environ.get("UV") or shutil.which("uv")
        if uv is None:
            return install_with_pip(folder, [*words, "-c", str(constraints)])
        run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(folder)], tmp_path)
        python = python_of(folder)
        run(
            [uv, "pip", "install", "--quiet", "--python", str(python), *words, "-c", str(constraints)],
            tmp_path,
        )
        return python

    return make


@pytest.fixture
def install(wheels: Wheels, environment: Callable[..., Path]) -> Callable[[Distribution], Path]:
    """Make an environment with one distribution and what it declares; gives its Python."""

    def install(distribution: Distribution) -> Path:
        return environment(*(str(wheels[one.name]) for one in with_dependencies(distribution)))

    return install


def install_with_pip(environment: Path, arguments: Sequence[str]) -> Path:
    """Make an environment with the standard library's tools alone; gives its Python."""
    run([sys.executable, "-m", "venv", str(environment)], environment.parent)
    python = python_of(environment)
    run([str(python), "-m", "pip", "install", "--quiet", "--no-compile", *arguments], environment.parent)
    return python


@pytest.fixture
def pip_install(wheels: Wheels, tmp_path: Path) -> Callable[[Distribution], Path]:
    """Make an environment as somebody without uv does, with the newest of what is declared."""

    def install(distribution: Distribution) -> Path:
        files = [str(wheels[one.name]) for one in with_dependencies(distribution)]
        return install_with_pip(tmp_path / "environment", files)

    return install


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., str]:
    """Run a program in an empty folder, without the settings of this process."""

    def call(python: Path, *arguments: str) -> str:
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        return run([str(python), *arguments], work)

    return call


def python_of(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(command: Sequence[str], folder: Path) -> str:
    """Run a command; a failure shows all that it said."""
    hidden = (
        "PYTHONPATH",
        "VIRTUAL_ENV",
        "KERNEL_PLUGINS",
        "KERNEL_CONFIG_OVERRIDES",
        "KERNEL_STRICT_PLUGINS",
    )
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
