"""What an earlier release saved still loads, and scores as it did then.

At a release, write the folder of its version and commit it; the folders of earlier ones stay as they are:

    KERNEL_WRITE_GOLDEN=1 uv run pytest tests/end_to_end/test_golden.py
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from golden import FOLDER, PIPELINES, evaluate, write

import kernel
from kernel.config import make_plan
from kernel.errors import UnknownName
from kernel.pipeline.saving.meta import differences

if os.environ.get("KERNEL_WRITE_GOLDEN"):
    write(FOLDER / kernel.__version__)

RELEASES = sorted(folder.parent for folder in FOLDER.glob("*/scores.json"))
SAVED = [(release, name) for release in RELEASES for name in PIPELINES]


@pytest.mark.parametrize(("release", "name"), SAVED, ids=lambda part: getattr(part, "name", part))
def test_a_pipeline_of_a_release_scores_as_it_did(release: Path, name: str) -> None:
    then = json.loads((release / "scores.json").read_text("utf8"))[name]

    assert evaluate(release, name) == pytest.approx(then, abs=1e-6)
    assert any(value > 0 for value in then.values())


@pytest.mark.parametrize(("release", "name"), SAVED, ids=lambda part: getattr(part, "name", part))
def test_a_config_of_a_release_is_still_right(release: Path, name: str) -> None:
    make_plan(release / f"{name}.cfg", unset_is_fine=True)
    make_plan(release / name / "config.cfg", unset_is_fine=True)


@pytest.mark.parametrize(("release", "name"), SAVED, ids=lambda part: getattr(part, "name", part))
def test_a_pipeline_of_a_release_names_distributions_that_are_here(release: Path, name: str) -> None:
    meta = json.loads((release / name / "meta.json").read_text("utf8"))

    assert f"pkg-kernel=={release.name}" in meta["requirements"]
    assert differences(meta["requirements"])[0] == []


def test_this_release_is_among_them() -> None:
    assert FOLDER / kernel.__version__ in RELEASES


def test_a_pipeline_of_a_missing_distribution_says_what_to_install(tmp_path: Path) -> None:
    name, pin = "acme.Encoder.v3", "pkg-acme==1.2.0"
    folder = shutil.copytree(FOLDER / kernel.__version__ / "ner", tmp_path / "ner")
    config = (folder / "config.cfg").read_text("utf8").replace("kernel.HashEmbedCNN.v1", name)
    (folder / "config.cfg").write_text(config, "utf8")
    meta = json.loads((folder / "meta.json").read_text("utf8"))
    meta["functions"]["architectures"][name] = pin
    meta["requirements"].append(pin)
    (folder / "meta.json").write_text(json.dumps(meta), "utf8")

    with pytest.raises(UnknownName) as caught:
        kernel.load(folder)

    message = (
        f"{folder}: needs {name!r} of architectures from {pin}, which is not installed; pip install {pin}"
    )
    assert str(caught.value) == message
