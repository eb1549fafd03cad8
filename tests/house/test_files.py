"""What may stand in a file of this repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from workspace import ROOT

#: Folders of somebody's machine. Spelled in pieces, so that this file passes its own test.
MACHINE = re.compile("|".join(["/" + "work/", "/" + "home/", "/" + "root/", "/" + "tmp/", "/" + "Users/"]))


def tracked() -> list[Path]:
    """Every text file that git keeps."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE.search(line)
    ]

    assert found == []


def test_nothing_binary_or_large_is_kept() -> None:
    allowed = 1_000_000

    assert [path for path in tracked() if path.stat().st_size > allowed] == []


def test_no_distribution_asks_for_a_compiler() -> None:
    compiled = {".pyx", ".pxd", ".c", ".cc", ".cpp", ".cu", ".rs", ".so", ".pyd"}

    assert [path for path in tracked() if path.suffix in compiled] == []
