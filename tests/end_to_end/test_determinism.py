"""The same bytes wherever and however a run is made, and a command that shows it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from commands import call_kernel

from kernel.training.runs.digests import digest_of_folder

SETTINGS = ["--training.max_steps", "20", "--training.eval_frequency", "10"]
#: What of a pipeline names the paths of its data, or holds a speed.
PATHS = ("config.cfg", "meta.json")


def pipelines(run: Path) -> list[str]:
    """The checksums of what a run has saved."""
    return [digest_of_folder(run / name, PATHS) for name in ("model-best", "model-last")]


#: Python runs this file at its start: plugins are found the other way round.
BACKWARDS = """
import importlib_metadata as metadata

found = metadata.entry_points
metadata.entry_points = lambda **asked: metadata.EntryPoints(reversed(list(found(**asked))))
"""


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Kathmandu"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "PYTHONPATH": "site"},
    ],
    ids=["hashes and locale", "hashes and order of plugins"],
)
def test_hashes_locale_folder_and_order_of_plugins_change_no_byte(
    walked: Path, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BACKWARDS, encoding="utf-8")
    paths = ["--paths.train", str(walked / "train.spacy"), "--paths.dev", str(walked / "dev.spacy")]

    done = call_kernel(
        tmp_path,
        *["train", str(walked / "config.cfg"), "--output", "elsewhere", *paths, *SETTINGS],
        **surroundings,
    )

    assert done.returncode == 0, done.stderr
    assert pipelines(tmp_path / "elsewhere") == pipelines(walked / "run")


def test_a_run_is_repeated_from_its_manifest(walked: Path, tmp_path: Path) -> None:
    before = digest_of_folder(walked / "run")

    done = call_kernel(tmp_path, "reproduce", str(walked / "run"), "--output", "again")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["model-best: the same", "model-last: the same"]
    assert pipelines(tmp_path / "again") == pipelines(walked / "run")
    assert digest_of_folder(walked / "run") == before


def test_a_run_that_comes_out_otherwise_is_told(walked: Path, tmp_path: Path) -> None:
    shutil.copytree(walked / "run", tmp_path / "run")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text("utf-8"))
    manifest["models"]["model-last"] = "0" * 64
    manifest["versions"]["numpy"] = "1.0"
    (tmp_path / "run" / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    done = call_kernel(tmp_path, "reproduce", "run")

    assert done.returncode == 1
    assert done.stdout.splitlines()[-2:] == ["model-best: the same", "model-last: DIFFERENT"]
    assert "note: numpy 1.0 then, " in done.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"stopped": None},
            "Error: run: only a run that has finished can be repeated, got one that was killed",
        ),
        (
            {"folder": "/nowhere"},
            "Error: /nowhere: cannot enter the working directory of the run, got No such file",
        ),
        ({"settings": "0"}, "run/config.cfg: settings other than training.max_steps"),
        ({"data": {"corpora.train.path": {"path": "train.spacy", "sha256": "0"}}}, "has changed"),
    ],
)
def test_a_run_that_cannot_be_repeated_says_why(walked: Path, tmp_path: Path, change, message) -> None:
    shutil.copytree(walked / "run", tmp_path / "run")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text("utf-8"))
    (tmp_path / "run" / "manifest.json").write_text(json.dumps({**manifest, **change}), "utf-8")

    done = call_kernel(tmp_path, "reproduce", "run")

    assert done.returncode == 1
    assert message in done.stderr


def test_the_manifest_says_what_a_run_was_made_of_and_how_it_ended(walked: Path) -> None:
    manifest = json.loads((walked / "run" / "manifest.json").read_text("utf-8"))

    assert manifest["stopped"] == {"code": "max_steps", "reason": "max_steps 20 reached", "step": 20}
    assert manifest["seed"] == 0
    assert set(manifest["data"]) == {"corpora.train.path", "corpora.dev.path"}
    assert {"pkg-kernel", "pkg-tagger", "numpy", "thinc"} <= set(manifest["versions"])
    assert set(manifest["models"]) == {"model-best", "model-last"}
