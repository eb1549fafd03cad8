"""The spec's own composition: sourced, frozen and new components and those of a user's file, through the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import call_kernel
from small import TOK2VEC, TREES

import kernel
from kernel import Example
from kernel.language import Language
from kernel.tokens import Doc, DocBin
from kernel.util import fix_random_seed

CODE = '''
from kernel import Language
from kernel.tokens import Doc


class Shouting:
    """A component with a setting: notes which words are in capitals."""

    def __init__(self, name: str, your_custom_setting: bool):
        self.name, self.your_custom_setting = name, your_custom_setting

    def __call__(self, doc: Doc) -> Doc:
        doc.user_data["capitals"] = [token.i for token in doc if token.is_upper] if self.your_custom_setting else []
        return doc


@Language.factory(
    "your_custom_factory",
    default_config={"your_custom_setting": False},
    requires=["token.dep"],
    default_score_weights={"shouts": None},
)
def create(nlp: Language, name: str, your_custom_setting: bool):
    return Shouting(name, your_custom_setting)


@Language.component("your_component")
def count(doc: Doc) -> Doc:
    doc.user_data["n_words"] = len(doc)
    return doc
'''

CONFIG = """
[paths]
train = "data.spacy"
dev = "data.spacy"

[nlp]
lang = "xx"
pipeline = ["parser", "ner", "tagger", "custom", "own"]

[components]

# "parser" and "ner" are sourced from a trained pipeline
[components.parser]
source = "trained"

[components.ner]
source = "trained"

# "tagger" and "custom" are created blank from a built-in / custom factory
[components.tagger]
factory = "tagger"

[components.custom]
factory = "your_custom_factory"
your_custom_setting = true

[components.own]
factory = "your_component"

[training]
max_steps = 4
eval_frequency = 2
frozen_components = ["parser", "custom"]
"""


def annotated(nlp: Language) -> list[Example]:
    made = []
    for words, heads, deps in TREES:
        gold: dict[str, Any] = {"heads": heads, "deps": deps, "tags": [dep.upper() for dep in deps]}
        gold["entities"] = ["U-PER", *["O"] * (len(words) - 1)]
        made.append(Example.from_dict(Doc(nlp.vocab, words=words), gold))
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    fix_random_seed(0)
    path = tmp_path_factory.mktemp("composed")
    nlp = kernel.blank("xx")
    for name in ("parser", "ner"):
        nlp.add_pipe(name, config={"model": {"tok2vec": TOK2VEC}})
    examples = annotated(nlp)
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(20):
        nlp.update(examples, sgd=optimizer)
    nlp.to_disk(path / "trained")
    DocBin(docs=[eg.reference for eg in examples]).to_disk(path / "data.spacy")
    (path / "functions.py").write_text(CODE, "utf-8")
    (path / "config.cfg").write_text(CONFIG, "utf-8")
    done = call_kernel(path, "train", "config.cfg", "--code", "functions.py", "--output", "run")
    assert done.returncode == 0, done.stdout + done.stderr
    return path


def test_sourced_frozen_new_and_own_components_make_one_pipeline(folder: Path) -> None:
    nlp = kernel.load(folder / "run" / "model-last", code=True)
    doc = nlp("we sing SONGS")

    assert nlp.pipe_names == ["parser", "ner", "tagger", "custom", "own"]
    assert doc.user_data["capitals"] == [2]
    assert doc.user_data["n_words"] == 3
    assert nlp.get_pipe("custom").your_custom_setting is True
    assert nlp.analyze_pipes()["problems"]["custom"] == []


def test_what_is_frozen_stays_and_what_is_only_sourced_goes_on(folder: Path) -> None:
    before, after = (
        {name: (path / name / "model.safetensors").read_bytes() for name in ("parser", "ner")}
        for path in (folder / "trained", folder / "run" / "model-last")
    )

    assert before["parser"] == after["parser"]
    assert before["ner"] != after["ner"]


def test_scores_of_all_components_count_in_equal_parts(folder: Path) -> None:
    config = kernel.Config().from_disk(folder / "run" / "model-last" / "config.cfg")
    weights = config["training"]["score_weights"]

    assert weights["tag_acc"] == weights["ents_f"] == pytest.approx(1 / 3, abs=0.01)
    assert weights["dep_las"] + weights["dep_uas"] == pytest.approx(1 / 3, abs=0.02)
    assert weights["shouts"] is None


def test_a_score_with_null_is_hidden_and_does_not_count(folder: Path) -> None:
    own = "[training.score_weights]\ntag_acc = 1.0\nents_f = null\ndep_las = 0.0\n"
    (folder / "hiding.cfg").write_text(f"{CONFIG}\n{own}", "utf-8")

    words = ["train", "hiding.cfg", "--code", "functions.py", "--output", "hidden"]
    done = call_kernel(folder, *words, "--training.max_steps", "1")

    assert done.returncode == 0, done.stderr
    assert "TAG_ACC" in done.stdout
    assert "DEP_LAS" in done.stdout
    assert "ENTS_F" not in done.stdout


def test_explain_knows_the_users_own_components(folder: Path) -> None:
    shown = call_kernel(folder, "explain", "config.cfg", "--code", "functions.py", "--json")
    states = {one["name"]: one["state"] for one in json.loads(shown.stdout)["components"]}

    assert states == {
        "parser": "frozen",
        "ner": "goes on",
        "tagger": "learns",
        "custom": "frozen",
        "own": "no weights",
    }
