"""The example's second run: a parser beside the first one's tagger, which stays as it is, on a slice of the data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from workspace import ROOT

EXAMPLE = ROOT / "examples" / "petrogold"


def run(script: str, *arguments: str | Path) -> str:
    """Run one of the example's scripts for a few steps, and give what it says."""
    words = [sys.executable, str(EXAMPLE / script), "--quick", *map(str, arguments)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_frozen_tagger_of_the_first_run_comes_out_byte_identical(tmp_path: Path) -> None:
    run("run.py", "--output", tmp_path / "first")
    told = run("second.py", "--first", tmp_path / "first", "--output", tmp_path / "second")

    assert "tagger (tagger): frozen" in told
    assert "Frozen components: tok2vec, tagger" in told
    assert "tok2vec, tagger: " in told
    assert " tags are the same" in told
    for name in ("tok2vec", "tagger"):
        for file in (tmp_path / "first" / "model-best" / name).iterdir():
            second = tmp_path / "second" / "model-best" / name / file.name
            assert file.read_bytes() == second.read_bytes()
