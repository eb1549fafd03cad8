"""Labels that are collected once, `kernel init labels`, and read by later trainings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import call_kernel
from small import TOK2VEC, TREES

import kernel
from kernel import Config, Example
from kernel.errors import DataError
from kernel.tokens import Doc, DocBin
from kernel.training import initialize_nlp
from kernel.training.labels import collect_labels

FACTORIES = ("tagger", "morphologizer", "parser", "ner")
HIDDEN = {"hidden_width": 16, "maxout_pieces": 2, "use_upper": True, "extra_state_tokens": False}


@pytest.fixture
def data(tmp_path: Path) -> str:
    nlp = kernel.blank("xx")
    docs = []
    for words, heads, deps in TREES:
        tags = [dep.upper() for dep in deps]
        gold = {
            "heads": heads,
            "deps": deps,
            "tags": tags,
            "pos": ["X"] * len(words),
            "morphs": ["A=b"] * len(words),
        }
        gold["entities"] = ["U-PER", *["O"] * (len(words) - 1)]
        docs.append(Example.from_dict(Doc(nlp.vocab, words=words), gold).reference)
    DocBin(docs=docs).to_disk(tmp_path / "data.spacy")
    return str(tmp_path / "data.spacy")


def config(data: str, **initialize: Any) -> dict[str, Any]:
    blocks = {name: {"factory": name, "model": {"tok2vec": TOK2VEC}} for name in FACTORIES}
    return {
        "nlp": {"lang": "xx", "pipeline": list(FACTORIES)},
        "components": blocks,
        "paths": {"train": data, "dev": data},
        "initialize": {"components": initialize},
    }


def test_labels_in_files_are_those_of_the_corpus(data: str, tmp_path: Path) -> None:
    Config(config(data)).to_disk(tmp_path / "config.cfg")
    result = call_kernel(tmp_path, "init", "labels", "config.cfg", "labels")
    assert result.returncode == 0, result.stderr

    read = Config().from_str(result.stdout)["initialize"]["components"]
    relative = {
        name: {"labels": {**block["labels"], "path": str(tmp_path / block["labels"]["path"])}}
        for name, block in read.items()
    }
    found, given = initialize_nlp(config(data)), initialize_nlp(config(data, **relative))

    assert set(read) == set(FACTORIES)
    for name in FACTORIES:
        assert (
            json.loads((tmp_path / "labels" / f"{name}.json").read_text()) == found.get_pipe(name).label_data
        )
        assert given.get_pipe(name).labels == found.get_pipe(name).labels
        assert given.get_pipe(name).to_bytes() == found.get_pipe(name).to_bytes()


def test_labels_are_collected_without_a_corpus_for_evaluations(data: str, tmp_path: Path) -> None:
    given = config(data)
    del given["paths"]
    Config(given).to_disk(tmp_path / "config.cfg")

    found = call_kernel(tmp_path, "init", "labels", "config.cfg", "labels", "--paths.train", "data.spacy")
    missing = call_kernel(tmp_path, "init", "labels", "config.cfg", "others", "--paths.train", "dta.spacy")

    assert found.returncode == 0, found.stderr
    assert (tmp_path / "labels" / "tagger.json").exists()
    assert missing.returncode == 1
    assert missing.stderr == (
        "Error: override --paths.train: [paths] train: no such file or folder, got 'dta.spacy'; "
        "correct it, or pass --paths.train FILE\n"
    )
    assert not (tmp_path / "others").exists()


def test_labels_can_be_given_in_the_config_itself_and_keep_their_order(data: str) -> None:
    labels = ["ROOT", "NSUBJ", "OBJ", "ADVMOD", "OTHER"]

    nlp = initialize_nlp(config(data, tagger={"labels": labels}))

    assert nlp.get_pipe("tagger").labels == tuple(labels)


def test_a_pipeline_without_labels_is_named(data: str) -> None:
    given = config(data)
    given["nlp"]["pipeline"] = []
    with pytest.raises(DataError, match="no component that learns has labels"):
        collect_labels(given)


def test_a_folder_that_cannot_be_made_is_named(data: str, tmp_path: Path) -> None:
    Config(config(data)).to_disk(tmp_path / "config.cfg")
    (tmp_path / "taken").write_text("")

    result = call_kernel(tmp_path, "init", "labels", "config.cfg", "taken/labels")

    assert result.returncode == 1
    assert "labels cannot be written there" in result.stderr
    assert "Traceback" not in result.stderr
