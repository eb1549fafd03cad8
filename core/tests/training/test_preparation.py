"""From a config to a pipeline that can learn."""

from __future__ import annotations

import numpy as np
import pytest
from thinc.api import Linear

import kernel
from kernel import Config, Example
from kernel.errors import ConfigError
from kernel.language import Language
from kernel.training import initialize_nlp
from kernel.training.preparation import prepare

CONFIG = """
[nlp]
lang = "xx"
pipeline = ["first", "second"]

[components]

[components.first]
factory = "toy_tally"

[components.second]
factory = "toy_tally"

[corpora]

[corpora.train]
@readers = "toy.CountedSchedule.v1"

[corpora.dev]
@readers = "toy.CountedSchedule.v1"

[training]
seed = 5

[training.batcher]
@batchers = "toy.any.v1"

[training.logger]
@loggers = "toy.any.v1"

[initialize]
"""

reads: list[str] = []


@kernel.registry.readers("toy.CountedSchedule.v1")
def counted():
    def read(nlp):
        reads.append("read")
        for i in range(150):
            yield Example.from_dict(nlp.make_doc(f"number {i}"), {})

    return read


@kernel.registry.batchers("toy.any.v1")
def any_batcher():
    return lambda items: ([item] for item in items)


@kernel.registry.loggers("toy.any.v1")
def any_logger():
    return lambda nlp: (lambda info: None, lambda: None)


@kernel.registry.callbacks("toy.split_numbers.v1")
def split_numbers():
    return lambda nlp: nlp.tokenizer.add_special_case("7", [{"ORTH": "7"}])


class Counter:
    """A component that notes what it is initialized with."""

    is_trainable = True

    def __init__(self):
        self.n_examples = 0

    def __call__(self, doc):
        return doc

    def initialize(self, get_examples, *, nlp=None):
        self.n_examples = len(list(get_examples()))
        self.draw = np.random.random()


@Language.factory("toy_tally")
def counter(nlp, name):
    return Counter()


@Language.factory("toy_linear")
def linear(nlp, name):
    component = Counter()
    component.model = Linear(2, 2)
    return component


@pytest.fixture(autouse=True)
def no_reads():
    reads.clear()


def config(**training):
    values = Config().from_str(CONFIG)
    values["training"].update(training)
    return values


def test_components_are_initialized_with_the_training_corpus():
    nlp = initialize_nlp(config())

    assert [nlp.get_pipe(name).n_examples for name in nlp.pipe_names] == [150, 150]


def test_a_streamed_corpus_gives_its_first_hundred_examples():
    assert initialize_nlp(config(max_epochs=-1)).get_pipe("first").n_examples == 100


def test_frozen_components_are_not_initialized():
    nlp = initialize_nlp(config(frozen_components=["first"]))

    assert [nlp.get_pipe(name).n_examples for name in nlp.pipe_names] == [0, 150]


def test_a_frozen_component_that_was_never_trained_is_named():
    values = config(frozen_components=["first"])
    values["components"]["first"] = {"factory": "toy_linear"}

    with pytest.raises(ConfigError) as caught:
        initialize_nlp(values)

    assert str(caught.value).startswith("[training] frozen_components: 'first' was never trained")
    assert "source" in str(caught.value)


def test_a_gpu_is_refused_where_runs_must_be_the_same():
    with pytest.raises(
        ConfigError, match=r"\[training\] deterministic: on a GPU, scatter_add adds in no fixed order"
    ):
        initialize_nlp(config(deterministic=True), use_gpu=0)


def test_the_seed_determines_what_is_drawn():
    draws = [initialize_nlp(config(seed=seed)).get_pipe("first").draw for seed in (1, 1, 2)]

    assert draws[0] == draws[1] != draws[2]


def test_a_corpus_is_read_once_for_initializing_and_learning():
    run = prepare(config())
    list(run.train_corpus(run.nlp))

    assert reads == ["read"]


@pytest.mark.parametrize("station", ["before_init", "after_init"])
def test_a_corpus_is_read_again_where_a_callback_may_change_the_words(station):
    values = config()
    values["initialize"][station] = {"@callbacks": "toy.split_numbers.v1"}

    run = prepare(values)
    n_reads = len(reads)
    list(run.train_corpus(run.nlp))

    assert len(reads) == n_reads + 1 > 2


def test_a_corpus_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(ConfigError, match=r"corpora\.trian.*corpora\.train"):
        prepare(config(train_corpus="corpora.trian"))


def test_a_section_that_reads_nothing_is_no_corpus():
    with pytest.raises(ConfigError, match=r"\[training\] dev_corpus"):
        prepare(config(dev_corpus="corpora"))


@pytest.mark.parametrize("key", ["frozen_components", "annotating_components"])
def test_a_component_that_is_not_there_is_named_with_the_nearest(key):
    with pytest.raises(ConfigError, match=rf"\[training\] {key}.*'frist'.*'first'"):
        prepare(config(**{key: ["frist"]}))
