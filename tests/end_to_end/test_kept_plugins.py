"""Plugins as they were written for a release still work: each folder of `kept` is one, and is never changed.

When the API of plugins changes, copy the newest folder under the new version and write its plugin as one is written
then; an old folder goes when its API is given up.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from commands import call_kernel

KEPT = sorted((Path(__file__).parent / "kept").iterdir())


@pytest.fixture(params=KEPT, ids=lambda folder: folder.name)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder in which the plugin of a release is installed, with a config that uses it."""
    return Path(shutil.copytree(request.param, tmp_path / "site"))


def test_it_trains_converts_and_has_its_command(site: Path) -> None:
    (site / "two.kept").write_text("a/ONE bb/TWO\ncc/TWO\n", "utf-8")

    trained = call_kernel(site, "train", "config.cfg", "--output", "run", PYTHONPATH=str(site))
    converted = call_kernel(site, "convert", "two.kept", "two.spacy", PYTHONPATH=str(site))
    called = call_kernel(site, "kept", PYTHONPATH=str(site))

    assert trained.returncode == 0, trained.stderr
    assert "40: 1.00" in trained.stdout.splitlines()
    meta = json.loads((site / "run" / "model-last" / "meta.json").read_text("utf-8"))
    assert meta["author"] == "kept"
    assert meta["functions"]["factories"] == {"kept": "acme-kept==1.0"}
    assert converted.returncode == 0, converted.stderr
    assert converted.stdout.endswith("2 documents: two.spacy\n")
    assert called.stdout == "kept\n"


def test_nothing_of_it_is_at_fault(site: Path) -> None:
    checked = call_kernel(site, "plugins", "check", PYTHONPATH=str(site))

    assert not [line for line in checked.stdout.splitlines() if line.startswith("!")], checked.stdout
