"""Training from Python, and the seams that a config chooses."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

import kernel
from kernel import Config, Example
from kernel.errors import ConfigError
from kernel.language import Language
from kernel.training import initialize_nlp, train

CONFIG = """
[paths]
train = null

[nlp]
lang = "xx"
pipeline = ["words"]

[components]

[components.words]
factory = "api_words"

[corpora]
@readers = "api.Both.v1"
n = 4

[training]
max_steps = 3
eval_frequency = 2

[training.batcher]
@batchers = "api.pairs.v1"

[training.logger]
@loggers = "api.Notes.v1"

[training.launcher]
@launchers = "api.twice.v1"

[training.updater]
@updaters = "api.Counting.v1"

[training.before_to_disk]
@callbacks = "api.sign.v1"
"""

notes: list[Any] = []


@Language.component("api_words")
def words(doc):
    return doc


@kernel.registry.readers("api.Both.v1")
def both(n: int):
    def read(nlp):
        for i in range(n):
            yield Example.from_dict(nlp.make_doc(f"number {i}"), {})

    return {"train": read, "dev": lambda nlp: islice(read(nlp), 1)}


@kernel.registry.batchers("api.pairs.v1")
def pairs():
    def batch(items):
        items = iter(items)
        while found := list(islice(items, 2)):
            yield found

    return batch


@kernel.registry.loggers("api.Notes.v1")
def note():
    return lambda nlp: (lambda info: notes.append(info and info["step"]), lambda: notes.append("closed"))


@kernel.registry.launchers("api.twice.v1")
def twice():
    def launch(worker):
        notes.append("launched")
        return worker()

    return launch


class Counting:
    """An updater that counts what it is asked to do."""

    def apply(self, nlp, optimizer, *, exclude=()):
        notes.append(("applied", nlp.pipe_names, tuple(exclude)))


@kernel.registry.updaters("api.Counting.v1")
def counting():
    return Counting()


@kernel.registry.callbacks("api.sign.v1")
def sign():
    def callback(nlp):
        nlp.meta["author"] = "somebody"
        return nlp

    return callback


@pytest.fixture(autouse=True)
def no_notes():
    notes.clear()


def config() -> Config:
    return Config().from_str(CONFIG)


def test_a_config_is_trained_by_its_launcher_and_updater():
    nlp = train(config())

    step = ("applied", ["words"], ())
    assert nlp.pipe_names == ["words"]
    assert notes == ["launched", step, 0, step, None, step, 2, step, 3, "closed"]


def test_a_path_and_overrides_are_as_good_as_a_config(tmp_path):
    path = tmp_path / "config.cfg"
    config().to_disk(path)

    train(path, overrides={"training.max_steps": 1, "corpora.n": 2})

    assert [note for note in notes if isinstance(note, int)] == [0, 1]


def test_an_override_of_what_is_not_there_is_a_mistake():
    with pytest.raises(ConfigError, match="max_stepz"):
        train(config(), overrides={"training.max_stepz": 1})


def test_an_initialized_pipeline_is_trained_in_place():
    nlp = initialize_nlp(config())

    assert train(nlp) is nlp
    assert notes[-1] == "closed"
    assert "launched" not in notes


def test_the_callback_before_saving_has_the_pipeline(tmp_path):
    train(config(), tmp_path / "run")

    assert kernel.load(tmp_path / "run" / "model-last").meta["author"] == "somebody"
    assert kernel.load(tmp_path / "run" / "model-best").meta["author"] == "somebody"


def test_the_folder_has_the_filled_config(tmp_path):
    train(config(), tmp_path / "run")

    filled = Config().from_disk(tmp_path / "run" / "config.cfg")
    assert filled["training"]["patience"] == 1600
    assert filled["training"]["max_steps"] == 3


def test_code_can_be_given_as_files(tmp_path):
    code = tmp_path / "mine.py"
    code.write_text(
        "import kernel\n\n"
        "@kernel.registry.launchers('mine.here.v1')\n"
        "def here():\n    return lambda worker: worker()\n",
        "utf-8",
    )

    train(config(), overrides={"training.launcher": {"@launchers": "mine.here.v1"}}, code=[code])

    assert notes[-1] == "closed"
    assert "launched" not in notes
