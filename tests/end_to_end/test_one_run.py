"""The command and the Python function are one run, and runs of one process leave each other alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from commands import call_kernel

import kernel

SETTINGS = {"training.max_steps": 4, "training.eval_frequency": 2, "training.patience": 1600}


def weights(folder: Path) -> dict[str, str]:
    """The checksum of every file of arrays below a folder."""
    files = sorted(folder.rglob("*.safetensors"))
    assert files
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture
def train(walked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Train in this process with some settings; gives the weights."""
    monkeypatch.delenv("KERNEL_CONFIG_OVERRIDES", raising=False)
    paths = {f"paths.{split}": str(walked / f"{split}.spacy") for split in ("train", "dev")}

    def run(name: str, **settings: object) -> dict[str, str]:
        overrides = {**SETTINGS, **paths, **{key.replace("__", "."): each for key, each in settings.items()}}
        kernel.train(walked / "config.cfg", tmp_path / name, overrides=overrides)
        return weights(tmp_path / name)

    return run


def test_the_function_and_the_command_give_the_same_bytes(train, walked: Path, tmp_path: Path) -> None:
    words = [f"--{key}={value}" for key, value in SETTINGS.items()]
    done = call_kernel(
        walked, "train", "config.cfg", "--output", str(tmp_path / "command"), "--paths.train", "train.spacy",
        "--paths.dev", "dev.spacy", *words,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert train("function") == weights(tmp_path / "command")


def test_two_runs_in_one_process_do_not_touch_each_other(train) -> None:
    first = train("first")
    other = train("other", system__seed=7, training__dropout=0.3)
    again = train("again")

    assert first == again
    assert other != first
