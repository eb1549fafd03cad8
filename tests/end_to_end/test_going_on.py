"""Every component goes on to the same bytes from a checkpoint between two evaluations."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from golden import FOLDER

import kernel
from kernel import __version__
from kernel.config.recommend import recommend_config
from kernel.tokens import DocBin

#: The step that fails, which is no evaluation, and the last one.
CUT, END = 6, 9
BIAFFINE = {"@architectures": "kernel.BiaffineParser.v1"}

failing: list[int] = []


@pytest.fixture
def failure() -> None:
    """Let a run fail at the steps that `failing` names."""

    @kernel.registry.callbacks("own.failing.v1")
    def make_failing() -> Callable[[Any, dict[str, int]], None]:
        def fail(nlp: Any, args: dict[str, int]) -> None:
            if args["step"] in failing:
                failing.remove(args["step"])
                raise RuntimeError("power is gone")

        return fail


def weights(run: Path) -> dict[str, str]:
    """The checksum of everything that a run has learned."""
    files = [*run.glob("model-*/**/*.safetensors"), *run.glob(f"checkpoints/step-{END:08}/*.safetensors")]
    return {str(file.relative_to(run)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def with_categories(name: str, folder: Path) -> Path:
    """Copy a corpus of this release, each document in one of two categories by its length."""
    docs = list(DocBin().from_disk(FOLDER / __version__ / f"{name}.spacy").get_docs(kernel.blank("xx").vocab))
    for doc in docs:
        doc.cats = {"odd": float(len(doc) % 2), "even": float(len(doc) % 2 == 0)}
    DocBin(docs=docs).to_disk(folder / f"{name}.spacy")
    return folder / f"{name}.spacy"


@pytest.mark.slow
@pytest.mark.usefixtures("failure")
@pytest.mark.parametrize(
    ("factory", "model"),
    [
        ("tagger", None),
        ("morphologizer", None),
        ("parser", None),
        ("parser", BIAFFINE),
        ("beam_parser", None),
        ("ner", None),
        ("beam_ner", None),
        ("textcat", None),
        ("textcat_multilabel", None),
    ],
)
def test_it_goes_on_to_the_same_bytes(factory: str, model: dict[str, str] | None, tmp_path: Path) -> None:
    config = recommend_config("en", [factory])
    if model:
        listener = config["components"][factory]["model"]["tok2vec"]
        config["components"][factory]["model"] = {**model, "tok2vec": listener}
    settings = {
        "paths.train": str(with_categories("train", tmp_path)),
        "paths.dev": str(with_categories("dev", tmp_path)),
        "training.eval_frequency": 4,
        "training.checkpoint.every_steps": CUT - 1,
        "training.batcher.size": 60,
        "training.accumulate_gradient": 2,
        "training.before_update": {"@callbacks": "own.failing.v1"},
        "training.max_steps": END,
    }
    whole, cut = tmp_path / "whole", tmp_path / "cut"

    kernel.train(config, whole, overrides=settings)
    failing.append(CUT)
    with pytest.raises(RuntimeError, match="power is gone"):
        kernel.train(config, cut, overrides=settings)
    kernel.train(config, cut, overrides=settings, resume=True)

    assert weights(whole)
    assert weights(cut) == weights(whole)
