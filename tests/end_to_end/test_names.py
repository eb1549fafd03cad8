"""Names that are no UTF-8, or would control a terminal: they work, or are refused before anything is made."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from commands import call_kernel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")

NAME = os.fsdecode(b"caf\xe9")
SHOWN = "caf\\udce9"
SETTINGS = ["--training.max_steps", "2", "--training.eval_frequency", "1"]


@pytest.fixture
def desk(walked: Path, tmp_path: Path) -> Path:
    """A folder whose name is no UTF-8, with files whose names are none."""
    folder = tmp_path / NAME
    folder.mkdir()
    for name, to in (
        ("config.cfg", f"{NAME}.cfg"),
        ("train.spacy", f"{NAME}.spacy"),
        ("dev.spacy", "dev.spacy"),
        ("train.conllu", f"{NAME}.conllu"),
    ):
        shutil.copy(walked / name, folder / to)
    return folder


def test_a_run_among_such_names_goes_all_its_ways(desk: Path) -> None:
    output = ["--output", f"{NAME}/run"]
    paths = ["--paths.train", f"{NAME}.spacy", "--paths.dev", str(desk / "dev.spacy")]

    trained = call_kernel(desk, "train", f"{NAME}.cfg", *output, *paths, *SETTINGS)
    manifest = json.loads((desk / NAME / "run" / "manifest.json").read_bytes())
    same = call_kernel(desk, "reproduce", f"{NAME}/run")
    again = call_kernel(
        desk, *shlex.split(manifest["go_on"])[1:], "--training.max_steps", "3", "--training.max_epochs", "0"
    )
    scored = call_kernel(
        desk, "evaluate", f"{NAME}/run/model-best", f"{NAME}.spacy", "--output", f"{NAME}.json"
    )

    assert [done.returncode for done in (trained, again, same, scored)] == [0, 0, 0, 0], (
        trained.stderr + again.stderr + same.stderr + scored.stderr
    )
    assert trained.stdout.splitlines()[-2] == f"saved: {SHOWN}/run/model-last"
    assert "Resuming after step 2" in again.stdout
    assert same.stdout.splitlines()[-1] == "model-last: the same"
    assert manifest["data"]["corpora.train.path"]["path"] == f"{NAME}.spacy"
    assert manifest["folder"] == str(desk)
    lines = (desk / NAME / "run" / "log.jsonl").read_bytes().splitlines()
    assert json.loads(lines[1])["output_path"] == f"{NAME}/run/model-last"


def test_a_corpus_may_be_a_folder_or_pattern_of_such_names(desk: Path) -> None:
    for place in (str(desk), f"{NAME}*.spacy"):
        done = call_kernel(
            desk,
            *("train", f"{NAME}.cfg", "--output", "run", "--overwrite"),
            *("--paths.train", place, "--paths.dev", "dev.spacy", *SETTINGS),
        )

        assert done.returncode == 0, done.stderr


def test_documents_with_such_a_place_go_into_quarantine(desk: Path) -> None:
    text = (desk / f"{NAME}.conllu").read_text("utf-8")
    (desk / f"{NAME}.conllu").write_text(f"{text}\nbroken\n\n", "utf-8")

    done = call_kernel(desk, "convert", f"{NAME}.conllu", "new.spacy", "--on-invalid", "quarantine")

    assert done.returncode == 0, done.stderr
    [line] = (desk / "new.spacy.invalid.jsonl").read_bytes().splitlines()
    assert json.loads(line)["place"].startswith(f"{NAME}.conllu:")


@pytest.mark.parametrize("name", [f"{NAME}.py", "a\x1b[31m.py", "a\nb.py"])
def test_code_of_such_a_name_is_refused_before_a_folder_is_made(desk: Path, name: str) -> None:
    (desk / name).touch()
    before = sorted(os.listdir(desk))

    done = call_kernel(
        desk,
        *("train", f"{NAME}.cfg", "--output", "run", "--code", name),
        *("--paths.train", "dev.spacy", "--paths.dev", "dev.spacy"),
    )

    assert done.returncode == 1
    assert done.stderr == (
        f"Error: --code: a file name must be printable UTF-8 text, got {name!r}; rename the file\n"
    )
    assert sorted(os.listdir(desk)) == before


@pytest.mark.parametrize("name", [NAME, "a\x1b[31m"])
def test_vectors_are_not_called_by_such_a_name(desk: Path, name: str) -> None:
    (desk / "vectors.txt").write_text("1 2\na 1 2\n", "utf-8")

    done = call_kernel(desk, "init", "vectors", "xx", "vectors.txt", "vectors", "--name", name)

    assert done.returncode == 1
    assert done.stderr == (
        f"Error: --name: expected printable text in UTF-8, got {name!r}; choose another name\n"
    )
    assert not (desk / "vectors").exists()


def test_what_a_pipelines_maker_has_written_does_not_control_the_terminal(
    walked: Path, tmp_path: Path
) -> None:
    shutil.copytree(walked / "run" / "model-last", tmp_path / "model")
    meta = json.loads((tmp_path / "model" / "meta.json").read_text("utf-8"))
    meta["description"] = "good\x1b]0;bad\x07\nlang  fr\u202e"
    (tmp_path / "model" / "meta.json").write_text(json.dumps(meta), "utf-8")

    shown = call_kernel(tmp_path, "info", "model").stdout

    assert "good\\x1b]0;bad\\x07\\nlang  fr\\u202e\n" in shown
