"""A plugin that raises: reported, named where it is asked for, and in nobody else's way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import call_kernel

PLUGIN = """
from kernel import hookimpl

@hookimpl
def register_batchers():
    return {"acme.by_moon.v1": "acme_moon:by_moon"}

@hookimpl
def register_commands():
    return {"moon": "acme_moon:command"}
"""


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A folder to put on the path, with an installed distribution `acme` of the plugin `acme`."""
    info = tmp_path / "site" / "acme-1.5.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.5\n", "utf-8")
    info.joinpath("entry_points.txt").write_text("[kernel]\nacme = acme_plugin\n", "utf-8")
    return tmp_path / "site"


def test_a_plugin_that_raises_is_listed_with_its_reason(acme: Path, tmp_path: Path) -> None:
    (acme / "acme_plugin.py").write_text("raise RuntimeError('no moon tonight')\n", "utf-8")

    done = call_kernel(tmp_path, "plugins", "list", "--json", PYTHONPATH=str(acme))

    rows = {row["plugin"]: row for row in json.loads(done.stdout)["plugins"]}
    assert done.returncode == 0, done.stderr
    assert rows["acme"]["state"] == "error"
    assert "no moon tonight" in json.dumps(rows["acme"])
    assert rows["tagger"]["state"] == "ok"


def test_a_plugin_that_raises_fails_the_check(acme: Path, tmp_path: Path) -> None:
    (acme / "acme_plugin.py").write_text("raise RuntimeError('no moon tonight')\n", "utf-8")

    done = call_kernel(tmp_path, "plugins", "check", PYTHONPATH=str(acme))

    assert done.returncode == 1
    assert "no moon tonight" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_others_work_beside_a_plugin_that_raises(acme: Path, walked: Path) -> None:
    (acme / "acme_plugin.py").write_text("raise RuntimeError('no moon tonight')\n", "utf-8")

    done = call_kernel(walked, "evaluate", "run/model-best", "dev.spacy", "--json", PYTHONPATH=str(acme))

    assert done.returncode == 0, done.stderr


def test_a_config_that_needs_the_broken_plugin_says_so(acme: Path, walked: Path) -> None:
    (acme / "acme_plugin.py").write_text(PLUGIN, "utf-8")
    (acme / "acme_moon.py").write_text("import a_library_of_the_moon\n", "utf-8")

    done = call_kernel(
        walked,
        "train",
        "config.cfg",
        "--paths.train=train.spacy",
        "--paths.dev=dev.spacy",
        "--training.batcher.@batchers=acme.by_moon.v1",
        PYTHONPATH=str(acme),
    )

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "acme 1.5" in done.stderr
    assert "a_library_of_the_moon" in done.stderr


def test_a_command_of_the_broken_plugin_says_so(acme: Path, tmp_path: Path) -> None:
    (acme / "acme_plugin.py").write_text(PLUGIN, "utf-8")
    (acme / "acme_moon.py").write_text("raise RuntimeError('no moon tonight')\n", "utf-8")

    done = call_kernel(tmp_path, "moon", PYTHONPATH=str(acme))
    listed = call_kernel(tmp_path, "--help", PYTHONPATH=str(acme))

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "no moon tonight" in done.stderr
    assert listed.returncode == 0
