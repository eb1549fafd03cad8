"""PyPI's distribution `kernel` in one environment with ours: whichever came last, the conflict is reported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

#: The newest when this was written; the conflict is the same with any.
OTHER = "kernel==0.131.0"


def install(python: Path, *words: str) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv is not None
    done = subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", str(python), *words],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"{words[-1]} cannot be installed here")


def run(python: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(python), *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="paths of another kind")
def test_both_in_one_environment_are_told_apart(
    wheels: dict[str, Path], environment: object, tmp_path: Path
) -> None:
    python = environment(str(wheels["pkg-kernel"]))  # type: ignore[operator]
    assert run(python, "-W", "error", "-c", "import kernel").returncode == 0

    install(python, OTHER)
    theirs_last = run(python.with_name("kernel"), "plugins", "list")
    install(python, "--reinstall", "--no-deps", str(wheels["pkg-kernel"]))
    ours_last = run(python, "-c", "import kernel; print(kernel.__version__)")
    checked = run(python, "-m", "kernel", "plugins", "check")

    message = (
        "kernel: another distribution with a package of this name is installed, got 'kernel' 0.131.0 in "
    )
    assert theirs_last.returncode == 1
    assert theirs_last.stderr.startswith(f"Error: {message}")
    assert theirs_last.stderr.count("\n") == 1
    assert ours_last.stdout == "0.1.0\n"
    assert f"RuntimeWarning: {message}" in ours_last.stderr
    assert checked.returncode == 1
    assert f"! {message}" in checked.stdout
