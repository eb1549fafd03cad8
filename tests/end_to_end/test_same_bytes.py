"""A pipeline that is saved twice gives the same bytes, and so do equal runs, whatever the hash seed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import house
import pytest
from commands import call_kernel

import kernel
from kernel.tokens import DocBin

#: All components that can stand in one pipeline.
TOGETHER = [*house.COMPONENTS]


def contents(folder: Path) -> dict[str, Any]:
    """The files of a pipeline; its meta without the speed, which is measured."""
    files: dict[str, Any] = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    meta = json.loads(files["meta.json"])
    meta["performance"].pop("speed", None)
    return {**files, "meta.json": json.dumps(meta)}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a config of all components, and data."""
    folder = tmp_path_factory.mktemp("config")
    nlp = kernel.blank("en")
    for name in TOGETHER:
        factory, settings = house.COMPONENTS[name]
        nlp.add_pipe(factory, name=name, config=settings)
    given = nlp.config.copy()
    given["paths"].update(train="docs.spacy", dev="docs.spacy")
    given["training"].update(max_steps=4, eval_frequency=2, seed=7)
    given["training"]["score_weights"] = {"tag_acc": 1.0, "speed": 0.0}
    given.to_disk(folder / "config.cfg")
    DocBin(docs=[eg.reference for eg in house.examples(nlp)] * 4).to_disk(folder / "docs.spacy")
    return folder


def run(config: Path, folder: Path, hash_seed: str) -> Path:
    """Train in a folder, with a hash seed."""
    folder.mkdir()
    for name in ("config.cfg", "docs.spacy"):
        (folder / name).write_bytes((config / name).read_bytes())
    done = call_kernel(folder, "train", "config.cfg", "--output", "run", PYTHONHASHSEED=hash_seed)
    assert done.returncode == 0, done.stderr
    return folder / "run"


def test_equal_runs_give_the_same_bytes_whatever_the_hash_seed(config: Path, tmp_path: Path) -> None:
    runs = [run(config, tmp_path / seed, seed) for seed in ("1", "2", "77")]

    for name in ("model-best", "model-last"):
        first, *others = (contents(one / name) for one in runs)
        assert len(first) > 2 * len(TOGETHER)
        assert json.loads(first["meta.json"])["pipeline"] == TOGETHER
        for other in others:
            assert [file for file in first if first[file] != other.get(file)] == []
            assert set(first) == set(other)


@pytest.mark.parametrize("name", TOGETHER)
def test_a_pipeline_that_is_saved_twice_is_the_same_bytes(name: str, tmp_path: Path) -> None:
    nlp = house.trained(name)
    for word in ("zeta", "alpha"):
        nlp.vocab.set_vector(word, [1.0, 2.0])
    nlp.to_disk(tmp_path / "first")
    nlp.to_disk(tmp_path / "second")
    kernel.load(tmp_path / "first").to_disk(tmp_path / "third")

    first = {**contents(tmp_path / "first"), "meta.json": (tmp_path / "first" / "meta.json").read_bytes()}
    for other in ("second", "third"):
        folder = tmp_path / other
        found = {**contents(folder), "meta.json": (folder / "meta.json").read_bytes()}
        assert [file for file in first if first[file] != found.get(file)] == []
