"""What `kernel plugins freeze` prints is enough, in an environment that has nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import call_kernel
from workspace import ROOT

EXAMPLE = ROOT / "examples" / "custom_code"
TEXTS = [
    {"text": "we sing", "tokens": ["we", "sing"], "tags": ["PRP", "VB"]},
    {"text": "stop now", "tokens": ["stop", "now"], "tags": ["VB", "RB"]},
]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with a corpus, and the words that train on it."""
    import kernel
    from kernel.tokens import Doc, DocBin

    vocab = kernel.blank("en").vocab
    docs = [Doc(vocab, words=one["tokens"], tags=one["tags"]) for one in TEXTS]
    DocBin(docs=docs).to_disk(tmp_path / "corpus.spacy")
    return tmp_path


def training(corpus: Path, example: str, code: str) -> list[str]:
    """The words of a short training of one of the examples."""
    paths = [f"--paths.{split}={corpus / 'corpus.spacy'}" for split in ("train", "dev")]
    return ["train", str(EXAMPLE / f"{example}.cfg"), "--code", code, *paths, "--training.max_steps=2"]


def frozen(folder: Path, *words: str) -> list[str]:
    """The lines that the command prints."""
    done = call_kernel(folder, "plugins", "freeze", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_an_environment_of_the_frozen_requirements_trains_the_config(
    wheels: dict[str, Path], environment: Callable[..., Path], call: Callable[..., str], corpus: Path
) -> None:
    code = str(EXAMPLE / "schedule.py")
    lines = frozen(corpus, str(EXAMPLE / "schedule.cfg"), "--code", code)
    (corpus / "requirements.txt").write_text("\n".join(lines), "utf-8")

    python = environment(
        "-r", str(corpus / "requirements.txt"), "--find-links", str(next(iter(wheels.values())).parent)
    )
    said = call(python, "-m", "kernel", *training(corpus, "schedule", code))
    listed = json.loads(call(python, "-m", "kernel", "plugins", "list", "--json"))["plugins"]

    assert "stopped: max_steps 2 reached" in said
    assert {row["distribution"] for row in listed} == {line.partition("==")[0] for line in lines} - {
        "pkg-kernel"
    }


def test_a_run_with_custom_code_is_loaded_where_only_its_requirements_are(
    wheels: dict[str, Path], environment: Callable[..., Path], call: Callable[..., str], corpus: Path
) -> None:
    (corpus / "own.py").write_bytes((EXAMPLE / "network.py").read_bytes())
    words = training(corpus, "network", "own.py")
    done = call_kernel(corpus, *words, "--output", "run", "--components.tagger.model.output_width=16")
    assert done.returncode == 0, done.stderr
    (corpus / "own.py").unlink()
    (corpus / "requirements.txt").write_text("\n".join(frozen(corpus, "run/model-last")), "utf-8")

    python = environment(
        "-r", str(corpus / "requirements.txt"), "--find-links", str(next(iter(wheels.values())).parent)
    )
    model = str(corpus / "run" / "model-last")
    scores = json.loads(
        call(python, "-m", "kernel", "evaluate", model, str(corpus / "corpus.spacy"), "--with-code", "--json")
    )

    assert 0 <= scores["tag_acc"] <= 1
