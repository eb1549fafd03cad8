"""Paths on the command line: never empty, and no output over its own input."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kernel.cli.convert import command as convert
from kernel.cli.evaluate import command as evaluate
from kernel.cli.train import command as train


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (evaluate, ["model", ""]),
        (evaluate, ["model", "dev.spacy", "--output", ""]),
        (train, ["config.cfg", "--output", "", "--overwrite"]),
        (convert, ["", "train.spacy"]),
    ],
)
def test_an_empty_path_is_wrong_usage(command, words):
    done = CliRunner().invoke(command, words)

    assert done.exit_code == 2
    assert "the path is empty; name a file or folder" in done.stderr


@pytest.mark.parametrize(
    ("command", "words"),
    [(evaluate, ["model", "data", "--output", "data"]), (convert, ["data", "data"])],
)
def test_an_output_does_not_overwrite_its_input(tmp_path: Path, command, words):
    (tmp_path / "data").write_text("mine", "utf-8")

    done = CliRunner().invoke(command, [word.replace("data", str(tmp_path / "data")) for word in words])

    assert done.exit_code == 2
    assert "the output would overwrite the input" in done.stderr
    assert (tmp_path / "data").read_text("utf-8") == "mine"
