"""What a person gets wrong: one clear message, exit code 1, no traceback."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from commands import call_kernel

import kernel
from kernel.tokens import Doc, DocBin, Span

ARGUMENTS = ["--paths.train", "train.spacy", "--paths.dev", "dev.spacy", "--training.max_steps", "2"]


@pytest.fixture
def desk(walked: Path, tmp_path: Path) -> Path:
    """A folder with a corpus and a config, to spoil one of them."""
    for name in ("train.conllu", "train.spacy", "dev.spacy", "config.cfg"):
        shutil.copy(walked / name, tmp_path)
    return tmp_path


def complaint(folder: Path, *arguments: str, **environment: str) -> str:
    """Run a command that must fail, and give its one message."""
    done = call_kernel(folder, *arguments, **environment)
    assert done.returncode == 1, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stdout + done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1, done.stderr
    return errors[0].removeprefix("Error: ")


def spoil(path: Path, old: str, new: str) -> None:
    """Replace a text in a file that must hold it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_unknown_key_is_named_with_the_nearest_one(desk: Path) -> None:
    spoil(desk / "config.cfg", "patience = ", "patiance = ")

    message = complaint(desk, "train", "config.cfg", *ARGUMENTS)

    assert "[training]" in message
    assert "patiance" in message
    assert "patience" in message


def test_an_unknown_override_is_named_with_the_nearest_one(desk: Path) -> None:
    message = complaint(desk, "train", "config.cfg", *ARGUMENTS, "--training.max_stepz", "3")

    assert "max_stepz" in message
    assert "max_steps" in message


def test_a_wrong_type_is_named_with_the_expected_one(desk: Path) -> None:
    message = complaint(desk, "train", "config.cfg", *ARGUMENTS, "--training.patience", "lots")

    assert "patience" in message
    assert "'lots'" in message
    assert "int" in message


def test_an_unknown_function_is_named_with_the_nearest_one(desk: Path) -> None:
    spoil(desk / "config.cfg", "kernel.batch_by_words.v1", "kernel.batch_by_wrods.v1")

    message = complaint(desk, "train", "config.cfg", *ARGUMENTS)

    assert "kernel.batch_by_wrods.v1" in message
    assert "kernel.batch_by_words.v1" in message


def test_a_missing_config_is_named(desk: Path) -> None:
    assert "nowhere.cfg" in complaint(desk, "train", "nowhere.cfg")


def test_a_missing_corpus_is_named(desk: Path) -> None:
    (desk / "dev.spacy").unlink()

    assert "dev.spacy" in complaint(desk, "train", "config.cfg", *ARGUMENTS)


def test_a_corpus_that_nobody_gave_is_named_by_its_setting(desk: Path) -> None:
    message = complaint(desk, "train", "config.cfg", "--paths.dev", "dev.spacy")

    assert "paths.train" in message


def test_an_empty_corpus_is_named(desk: Path) -> None:
    DocBin().to_disk(desk / "train.spacy")

    assert "train.spacy" in complaint(desk, "train", "config.cfg", *ARGUMENTS[:4], "--output", "run")
    assert not (desk / "run").exists()


@pytest.mark.parametrize("split", ["train", "dev"])
def test_an_invalid_document_of_a_stream_is_named_before_the_first_step(desk: Path, split: str) -> None:
    vocab = kernel.Vocab()
    bad = Doc(vocab, words=["Ann", " "], tags=["NNP", "_SP"], pos=["PROPN", "SPACE"])
    bad.ents = [Span(bad, 0, 2, label="PER")]
    # Far behind the hundred documents that give labels and shapes.
    good = 10 * list(DocBin().from_disk(desk / f"{split}.spacy").get_docs(vocab))
    DocBin(docs=[*good, bad]).to_disk(desk / f"{split}.spacy")
    stream = ["--training.max_epochs", "-1", "--training.max_steps", "1", "--output", "run"]

    message = complaint(desk, "train", "config.cfg", *ARGUMENTS[:4], *stream)

    assert message == (
        f"{split}.spacy: document {len(good) + 1}: an entity ends on whitespace, got 'Ann  ' as 'PER'; "
        'leave the whitespace out of it (characters 0 to 5), or set on_invalid = "skip" or "quarantine"'
    )
    assert not (desk / "run" / "model-last").exists()


def test_an_invalid_document_is_named_before_the_first_step(desk: Path) -> None:
    vocab = kernel.Vocab()
    bad = Doc(vocab, words=["Ann", " "], tags=["NNP", "_SP"], pos=["PROPN", "SPACE"])
    bad.ents = [Span(bad, 0, 2, label="PER")]
    good = list(DocBin().from_disk(desk / "train.spacy").get_docs(vocab))
    DocBin(docs=[*good, bad]).to_disk(desk / "train.spacy")

    message = complaint(desk, "train", "config.cfg", *ARGUMENTS, "--output", "run")
    skipped = ["--corpora.train.on_invalid", "quarantine"]
    done = call_kernel(desk, "train", "config.cfg", *ARGUMENTS, "--output", "other", *skipped)

    assert message.startswith(f"train.spacy: document {len(good) + 1}: an entity ends on whitespace")
    assert not (desk / "run" / "model-last").exists()
    assert done.returncode == 0, done.stderr
    assert f"left out 1 of {len(good) + 1} documents" in done.stderr
    assert (desk / "train.spacy.invalid.jsonl").is_file()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_truncated_corpus_is_named(desk: Path, share: float) -> None:
    whole = (desk / "train.spacy").read_bytes()
    (desk / "train.spacy").write_bytes(whole[: int(len(whole) * share)])

    assert "train.spacy" in complaint(desk, "train", "config.cfg", *ARGUMENTS)


def test_a_bad_head_is_named_by_file_and_line(desk: Path) -> None:
    spoil(desk / "train.conllu", "Number=Sing\t3\tnsubj", "Number=Sing\t33\tnsubj")

    message = complaint(desk, "convert", "train.conllu", "out.spacy")

    assert message.startswith("train.conllu:4: ")
    assert "33" in message
    assert not (desk / "out.spacy").exists()


def test_a_pipeline_that_is_not_there_is_named(desk: Path) -> None:
    assert "nowhere" in complaint(desk, "evaluate", "nowhere", "dev.spacy")


def test_a_pipeline_with_spoilt_weights_is_named(walked: Path, tmp_path: Path) -> None:
    shutil.copytree(walked / "run" / "model-best", tmp_path / "model")
    weights = next((tmp_path / "model" / "tagger").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:100])

    message = complaint(tmp_path, "evaluate", "model", str(walked / "dev.spacy"))

    assert "tagger" in message


def test_a_function_that_raises_is_named_by_its_section(desk: Path) -> None:
    message = complaint(desk, "train", "config.cfg", *ARGUMENTS, "--training.batcher.size", "-1")

    assert "[training.batcher" in message


PICKY = """
import kernel

@kernel.registry.batchers("own.never.v1")
def never():
    raise ValueError("never")

@kernel.registry.schedules("own.neither.v1")
def neither():
    raise kernel.errors.ConfigError("neither, got a call; leave me out")
"""


def test_functions_that_refuse_are_one_report_with_their_lines(desk: Path) -> None:
    (desk / "mine.py").write_text(PICKY, encoding="utf-8")
    before, _, after = re.split(
        r"(?s)(\[training.batcher\].*?)(?=\[training.optimizer\])", (desk / "config.cfg").read_text("utf-8")
    )
    blocks = (
        '[training.batcher]\n@batchers = "own.never.v1"\n[training.dropout]\n@schedules = "own.neither.v1"\n'
    )
    (desk / "config.cfg").write_text(before.replace("dropout = 0.1\n", "", 1) + blocks + after, "utf-8")
    line = before.count("\n")

    done = call_kernel(desk, "train", "config.cfg", *ARGUMENTS, "--code", "mine.py", "--output", "run")

    assert done.returncode == 1
    assert done.stderr == (
        f"Error: config.cfg:{line}: [training.batcher]: 'own.never.v1' failed, got ValueError: never; "
        "check its values\n"
        f"config.cfg:{line + 2}: [training.dropout]: neither, got a call; leave me out\n"
    )


def test_user_code_that_raises_is_named_by_file_and_line(desk: Path) -> None:
    (desk / "mine.py").write_text("import kernel\n\n1 / 0\n", encoding="utf-8")

    message = complaint(desk, "train", "config.cfg", *ARGUMENTS, "--code", "mine.py")

    assert "mine.py:3" in message
    assert "division by zero" in message
