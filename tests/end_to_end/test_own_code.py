"""A pipeline with a component of the user's own, and a config that leaves plugins out, through the commands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from commands import call_kernel

CODE = """
from kernel.language import Language


@Language.component("tag_all")
def tag_all(doc):
    doc.set_column("TAG", [doc.vocab.strings.add("NOUN")] * len(doc))
    return doc
"""
CONFIG = """
[plugins]
deny = ["jsonl", "pkg-conllu"]

[nlp]
lang = "en"
pipeline = ["tag_all"]

[components]

[components.tag_all]
factory = "tag_all"
"""


@pytest.fixture(scope="module")
def trained(walked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pipeline that was trained with the code, and without the code."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.py").write_text(CODE, "utf-8")
    (folder / "config.cfg").write_text(CONFIG, "utf-8")
    paths = [f"--paths.{split}={walked / split}.spacy" for split in ("train", "dev")]
    words = ["train", "config.cfg", "--code", "own.py", "--output", "run", *paths, "--training.max_steps=1"]
    done = call_kernel(folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "own.py").unlink()
    return folder


def test_evaluation_runs_the_saved_code_only_when_told(trained: Path, walked: Path) -> None:
    words = ["evaluate", "run/model-last", str(walked / "dev.spacy"), "--json"]

    refused, scored = call_kernel(trained, *words), call_kernel(trained, *words, "--with-code")
    given = call_kernel(trained, *words, "--code", "run/model-last/code/own.py")

    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: run/model-last: needs 'tag_all' of factories from code/own.py, ")
    assert refused.stderr.count("\n") == 1
    assert json.loads(scored.stdout)["token_acc"] > 0.9, scored.stderr
    assert {**json.loads(given.stdout), "speed": 0} == {**json.loads(scored.stdout), "speed": 0}


def test_a_saved_pipeline_does_without_what_its_config_denies(
    trained: Path, walked: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained / "run/model-last", tmp_path / "model")
    config = tmp_path / "model/config.cfg"
    config.write_text(config.read_text("utf-8").replace('"jsonl"', '"readers"'), "utf-8")

    done = call_kernel(tmp_path, "evaluate", "model", str(walked / "dev.spacy"), "--with-code")

    assert done.returncode == 1
    edited, error = done.stderr.splitlines()
    assert edited == "model: edited since the pipeline was saved: config.cfg"
    assert error.startswith("Error: readers: unknown name 'kernel.Corpus.v1'; ")
    assert done.stderr.endswith(" is excluded by [plugins] of the config\n")
