"""From CoNLL-U to a pipeline that tags: by commands, and by the Python API with the same result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import call_kernel

import kernel
from kernel import Example
from kernel.tokens import DocBin
from kernel.training import train

TEXT = "Mira sells green boats near the lake."


def weights(model: Path) -> dict[str, bytes]:
    """The files of a saved pipeline that hold parameters."""
    return {str(path.relative_to(model)): path.read_bytes() for path in model.rglob("*.safetensors")}


def test_a_run_ends_by_saying_why(walked: Path) -> None:
    last = (walked / "train.log").read_text(encoding="utf-8").strip().splitlines()[-1]

    assert last.startswith("stopped: ")
    assert "20" in last


def test_a_run_leaves_its_best_and_its_last_pipeline(walked: Path) -> None:
    found = sorted(path.name for path in (walked / "run").iterdir() if path.name.startswith("model"))

    assert found == ["model-best", "model-last"]


def test_the_last_pipeline_tags_what_it_has_learnt(walked: Path) -> None:
    nlp = kernel.load(walked / "run" / "model-last")

    doc = nlp(TEXT)

    assert [token.text for token in doc] == ["Mira", "sells", "green", "boats", "near", "the", "lake", "."]
    assert doc[-1].tag_ == "."
    assert doc[5].pos_ == "DET"


def test_one_text_and_many_are_tagged_alike(walked: Path) -> None:
    nlp = kernel.load(walked / "run" / "model-last")

    alone = [token.tag_ for token in nlp(TEXT)]
    together = [[token.tag_ for token in doc] for doc in nlp.pipe(["", TEXT, "Rain falls."])]

    assert together[1] == alone
    assert together[0] == []


def test_the_command_and_the_library_evaluate_alike(walked: Path) -> None:
    nlp = kernel.load(walked / "run" / "model-best")
    golds = DocBin().from_disk(walked / "dev.spacy").get_docs(nlp.vocab)

    by_hand = nlp.evaluate([Example(nlp.make_doc(gold.text), gold) for gold in golds])
    done = call_kernel(walked, "evaluate", "run/model-best", "dev.spacy", "--json")

    printed = json.loads(done.stdout)
    assert printed["tag_acc"] == pytest.approx(by_hand["tag_acc"])
    assert printed["pos_acc"] == pytest.approx(by_hand["pos_acc"])


def test_the_same_config_and_seed_give_the_same_bytes(walked: Path, tmp_path: Path) -> None:
    config = walked / "config.cfg"
    overrides = {
        "paths.train": str(walked / "train.spacy"),
        "paths.dev": str(walked / "dev.spacy"),
        "training.max_steps": 20,
        "training.eval_frequency": 10,
    }

    train(config, tmp_path / "run", overrides=overrides)

    assert weights(walked / "run" / "model-last") == weights(tmp_path / "run" / "model-last")


def test_the_saved_config_repeats_the_run(walked: Path, tmp_path: Path) -> None:
    saved = walked / "run" / "model-last" / "config.cfg"

    done = call_kernel(walked, "train", str(saved), "--output", str(tmp_path / "again"))

    assert done.returncode == 0, done.stderr
    assert weights(walked / "run" / "model-last") == weights(tmp_path / "again" / "model-last")


def test_a_filled_config_is_complete(walked: Path, tmp_path: Path) -> None:
    call_kernel(walked, "init", "fill-config", "config.cfg", str(tmp_path / "twice.cfg"))

    assert (tmp_path / "twice.cfg").read_text("utf-8") == (walked / "config.cfg").read_text("utf-8")


def test_the_saved_pipeline_names_the_distributions_behind_it(walked: Path) -> None:
    meta = json.loads((walked / "run" / "model-best" / "meta.json").read_text(encoding="utf-8"))

    assert {"pkg-tagger", "pkg-tok2vec", "pkg-english"} <= {
        requirement.partition("=")[0].rstrip("=<>~! ") for requirement in meta["requirements"]
    }


def test_info_tells_about_a_saved_pipeline(walked: Path) -> None:
    done = call_kernel(walked, "info", "run/model-best", "--json")

    assert json.loads(done.stdout)["pipeline"] == ["tok2vec", "tagger", "morphologizer"]
