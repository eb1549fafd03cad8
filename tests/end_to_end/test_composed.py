"""The spec's own composition: sourced, frozen and new components and those of a user's file, through the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import call_kernel
from small import TOK2VEC, TREES, train_on
from workspace import ROOT

import kernel
from kernel import Example
from kernel.language import Language
from kernel.tokens import Doc, DocBin

EXAMPLE = ROOT / "examples" / "custom_code"
TRAIN = ("--code", "functions.py", "--paths.train=data.spacy", "--paths.dev=data.spacy")
STEPS = ("--training.max_steps=4", "--training.eval_frequency=2", "--training.patience=0")


def annotated(nlp: Language) -> list[Example]:
    made = []
    for words, heads, deps in TREES:
        gold: dict[str, Any] = {"heads": heads, "deps": deps, "cats": {"LONG": 0.0, "SHORT": 0.0}}
        gold["entities"] = ["U-PER", *["O"] * (len(words) - 1)]
        gold["cats"]["LONG" if len(words) > 3 else "SHORT"] = 1.0
        made.append(Example.from_dict(Doc(nlp.vocab, words=words), gold))
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("composed")
    nlp = kernel.blank("en")
    for name in ("parser", "ner"):
        nlp.add_pipe(name, config={"model": {"tok2vec": TOK2VEC}})
    examples = annotated(nlp)
    train_on(nlp, examples, steps=20)
    nlp.to_disk(path / "en_core_web_sm")
    DocBin(docs=[eg.reference for eg in examples]).to_disk(path / "data.spacy")
    for name, source in (("functions.py", "components.py"), ("config.cfg", "components.cfg")):
        (path / name).write_bytes((EXAMPLE / source).read_bytes())
    done = call_kernel(path, "train", "config.cfg", *TRAIN, *STEPS, "--output", "run")
    assert done.returncode == 0, done.stdout + done.stderr
    return path


def test_sourced_frozen_new_and_own_components_make_one_pipeline(folder: Path) -> None:
    nlp = kernel.load(folder / "run" / "model-last", code=True)
    doc = nlp("we sing SONGS")

    assert nlp.pipe_names == ["parser", "ner", "textcat", "custom"]
    assert doc.user_data["capitals"] == [2]
    assert set(doc.cats) == {"LONG", "SHORT"}
    assert doc.has_annotation("DEP")
    assert nlp.get_pipe("custom").your_custom_setting is True
    assert nlp.analyze_pipes()["problems"]["custom"] == []


def test_what_is_frozen_stays_and_what_is_only_sourced_goes_on(folder: Path) -> None:
    before, after = (
        {name: (path / name / "model.safetensors").read_bytes() for name in ("parser", "ner")}
        for path in (folder / "en_core_web_sm", folder / "run" / "model-last")
    )

    assert before["parser"] == after["parser"]
    assert before["ner"] != after["ner"]


def test_scores_of_all_components_count_in_equal_parts(folder: Path) -> None:
    config = kernel.Config().from_disk(folder / "run" / "model-last" / "config.cfg")
    weights = config["training"]["score_weights"]

    assert weights["cats_score"] == weights["ents_f"] == pytest.approx(1 / 3, abs=0.01)
    assert weights["dep_las"] + weights["dep_uas"] == pytest.approx(1 / 3, abs=0.02)


def test_a_score_with_null_is_hidden_and_does_not_count(folder: Path) -> None:
    own = "[training.score_weights]\ncats_score = 1.0\nents_f = null\ndep_las = 0.0\n"
    (folder / "hiding.cfg").write_text((folder / "config.cfg").read_text("utf-8") + f"\n{own}", "utf-8")

    done = call_kernel(
        folder, "train", "hiding.cfg", *TRAIN, "--output", "hidden", "--training.max_steps", "1"
    )

    assert done.returncode == 0, done.stderr
    assert "CATS_SCORE" in done.stdout
    assert "DEP_LAS" in done.stdout
    assert "ENTS_F" not in done.stdout


def test_a_function_of_ones_own_is_a_component(folder: Path) -> None:
    text = (
        (folder / "config.cfg").read_text("utf-8").replace('"custom"]\n\n[comp', '"custom", "own"]\n\n[comp')
    )
    (folder / "own.cfg").write_text(f'{text}\n[components.own]\nfactory = "your_component"\n', "utf-8")

    done = call_kernel(folder, "train", "own.cfg", *TRAIN, "--output", "own", "--training.max_steps", "1")

    assert done.returncode == 0, done.stderr
    nlp = kernel.load(folder / "own" / "model-last", code=True)
    noted = nlp("we SING").user_data
    assert (noted["n_words"], noted["capitals"]) == (2, [1])


def test_explain_knows_the_users_own_components(folder: Path) -> None:
    shown = call_kernel(folder, "explain", "config.cfg", *TRAIN, "--json")
    states = {one["name"]: one["state"] for one in json.loads(shown.stdout)["components"]}

    assert states == {
        "parser": "frozen",
        "ner": "continues",
        "textcat": "learns",
        "custom": "frozen",
    }
