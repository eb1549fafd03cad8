"""The manifest of a run: what it was made of, how it ended, and what one that is damaged says."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import kernel
from kernel import Config
from kernel.config import Plan
from kernel.errors import CheckpointError
from kernel.training.runs import manifest
from kernel.training.runs.digests import digest_of_model
from kernel.training.runs.output import MANIFEST
from kernel.training.stopping import Stopped

CONFIG = """
[nlp]
lang = "xx"
pipeline = []

[components]

[system]
seed = 7

[training]
seed = ${system.seed}
max_steps = 10
"""
DATA = {"corpora.train.path": {"path": "train.spacy", "sha256": "00"}}
#: What the first release knew of a run that was cut off as soon as it could be.
BARE = {"format": 1}


def config() -> Config:
    return Config().from_str(CONFIG, interpolate=False)


def begin(output: Path, code: tuple[Any, ...] = (), use_gpu: int = -1, *, resumed: bool = False) -> None:
    plan = Plan(config(), config(), config().interpolate(), code)
    manifest.begin(plan, output, DATA, use_gpu, resumed=resumed)


def write(output: Path, facts: Any) -> None:
    text = facts if isinstance(facts, str) else json.dumps(facts)
    (output / MANIFEST).write_text(text, "utf-8")


def test_it_says_what_a_run_is_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["kernel", "train", "config.cfg"])
    (tmp_path / "own.py").write_bytes(b"own = 1\n")

    begin(tmp_path, ("own.py",))
    facts = manifest.read(tmp_path)

    assert (facts["seed"], facts["use_gpu"], facts["data"]) == (7, -1, DATA)
    assert facts["command"] == ["kernel", "train", "config.cfg"]
    assert facts["folder"] == str(tmp_path)
    assert facts["code"] == {"own.py": hashlib.sha256(b"own = 1\n").hexdigest()}
    assert facts["versions"]["pkg-kernel"] == kernel.__version__
    assert {"numpy", "thinc"} <= set(facts["versions"])
    assert {name: facts[name] for name in manifest.machine()} == manifest.machine()
    assert (facts["stopped"], facts["models"], facts["resumed"], facts["logger"]) == (None, {}, [], None)


def test_a_run_that_goes_on_keeps_when_it_began_and_where_its_logger_did(tmp_path: Path) -> None:
    begin(tmp_path)
    manifest.record_logger_start(tmp_path, {"place": 3})
    started = manifest.read(tmp_path)["started"]

    for _ in range(2):
        begin(tmp_path, resumed=True)

    facts = manifest.read(tmp_path)
    assert facts["started"] == started
    assert len(facts["resumed"]) == 2
    assert manifest.logger_at_start(tmp_path) == {"place": 3}


def test_a_run_that_begins_anew_knows_nothing_of_the_one_before(tmp_path: Path) -> None:
    begin(tmp_path)
    manifest.record_logger_start(tmp_path, {"place": 3})

    begin(tmp_path)

    assert manifest.logger_at_start(tmp_path) is None
    assert manifest.read(tmp_path)["resumed"] == []


def test_the_place_of_a_logger_that_nobody_has_noted_is_none(tmp_path: Path) -> None:
    write(tmp_path, BARE)

    assert manifest.logger_at_start(tmp_path) is None


def test_the_end_is_why_and_what_was_left(tmp_path: Path) -> None:
    begin(tmp_path)
    (tmp_path / "model-last").mkdir()
    (tmp_path / "model-last" / "config.cfg").write_text("[nlp]", "utf-8")

    manifest.end(tmp_path, Stopped("max_steps", "max_steps 10 reached"), 10)

    facts = manifest.read(tmp_path)
    assert facts["stopped"] == {"code": "max_steps", "reason": "max_steps 10 reached", "step": 10}
    assert facts["models"] == {"model-last": digest_of_model(tmp_path / "model-last")}
    assert facts["ended"] >= facts["started"]


def test_a_folder_without_a_manifest_gets_none_at_its_end(tmp_path: Path) -> None:
    manifest.record_logger_start(tmp_path, {"place": 3})
    manifest.end(tmp_path, Stopped("error", "ZeroDivisionError"), None)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "use_gpu", "expected"),
    [
        ((), -1, "kernel train run/config.cfg --output run --resume"),
        ((Path("my code.py"),), -1, "kernel train run/config.cfg --output run --resume --code 'my code.py'"),
        ((), 1, "kernel train run/config.cfg --output run --resume --gpu-id 1"),
    ],
)
def test_the_command_that_goes_on_can_be_pasted(code: Any, use_gpu: int, expected: str) -> None:
    assert manifest.resume_command(Path("run"), code, use_gpu) == expected


def test_versions_that_are_others_are_told_then_and_now() -> None:
    facts = {"versions": {**manifest.versions(config()), "numpy": "0.1", "acme-gone": "2.0"}}

    here = manifest.versions(config())["numpy"]
    assert manifest.other_versions(config(), facts) == [
        f"numpy 0.1 then, {here} now",
        "acme-gone 2.0 then, not installed now",
    ]
    assert manifest.other_versions(config(), {"versions": manifest.versions(config())}) == []


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (None, "No such file or directory"),
        ("{", "Expecting property name"),
        ([], "it must be object, got []"),
        ({"format": 2}, "its format is 2, this release reads 1"),
        ({"format": "1"}, "format must be int, got '1'"),
        (BARE, "started is missing"),
    ],
)
def test_what_is_no_manifest_is_named_with_the_reason(tmp_path: Path, facts: Any, why: str) -> None:
    if facts is not None:
        write(tmp_path, facts)

    with pytest.raises(CheckpointError) as caught:
        manifest.read(tmp_path)

    assert str(caught.value).startswith(f"{tmp_path / MANIFEST}: not the manifest of a run, got ")
    assert why in str(caught.value)
    assert str(caught.value).endswith("; name an output folder of `kernel train`")


def test_part_of_a_manifest_may_be_asked_for_but_must_be_right(tmp_path: Path) -> None:
    write(tmp_path, BARE)
    assert manifest.read(tmp_path, whole=False) == BARE

    write(tmp_path, {**BARE, "seed": "7"})
    with pytest.raises(CheckpointError, match="seed must be int, got '7'"):
        manifest.read(tmp_path, whole=False)


def test_a_folder_that_is_gone_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError) as caught:
        begin(tmp_path / "gone")

    assert str(caught.value) == (
        f"{tmp_path / 'gone'}: cannot be written, No such file or directory; check free space and permissions, "
        "then use --resume"
    )
