"""The [initialize] block: labels, shapes, callbacks, vectors, settings of components."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kernel
from kernel.errors import ConfigError, DataError
from kernel.pipeline.language import Language
from kernel.registry import registry


@pytest.fixture
def tagging(nlp: Language) -> Language:
    nlp.add_pipe("toy_tagger", name="tagger")
    return nlp


def test_labels_come_from_the_data_in_a_fixed_order(tagging: Language, make_examples: Any) -> None:
    examples = make_examples(tagging)

    tagging.initialize(lambda: examples)

    assert tagging.pipe_labels == {"tagger": ["D", "N", "V"]}
    assert tagging.get_pipe("tagger").label_data == ["D", "N", "V"]


def test_the_order_of_the_examples_plays_no_part(tagging: Language, make_examples: Any) -> None:
    examples = make_examples(tagging)

    tagging.initialize(lambda: examples[::-1])

    assert tagging.pipe_labels == {"tagger": ["D", "N", "V"]}


def test_it_returns_the_optimizer_of_the_config(tagging: Language, make_examples: Any) -> None:
    examples = make_examples(tagging)
    tagging.config["training"]["optimizer"]["learn_rate"] = 0.125

    assert tagging.initialize(lambda: examples).learn_rate == 0.125


def test_a_given_optimizer_is_used(tagging: Language, make_examples: Any) -> None:
    examples, mine = make_examples(tagging), object()

    assert tagging.begin_training(lambda: examples, sgd=mine) is mine


def test_settings_of_a_component_reach_it(tagging: Language, make_examples: Any) -> None:
    examples = make_examples(tagging)
    tagging.config["initialize"]["components"]["tagger"] = {"labels": ["V", "N", "D", "X"]}

    tagging.initialize(lambda: examples)

    assert tagging.pipe_labels == {"tagger": ["V", "N", "D", "X"]}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"labelz": []},
            r"components\.tagger\] labelz: no such setting, got \[\]; did you mean 'labels'",
        ),
        ({"labels": 3}, r"\[initialize\.components\.tagger\] labels: expected .*got 3"),
    ],
)
def test_a_wrong_setting_of_a_component_is_named(
    tagging: Language, make_examples: Any, settings: Any, message: str
) -> None:
    examples = make_examples(tagging)
    tagging.config["initialize"]["components"]["tagger"] = settings

    with pytest.raises(ConfigError, match=message):
        tagging.initialize(lambda: examples)


def test_settings_for_a_component_that_takes_none_are_refused(nlp: Language) -> None:
    Language.component("toy_idle", func=lambda doc: doc)
    nlp.add_pipe("toy_idle")
    nlp.config["initialize"]["components"]["toy_idle"] = {"labels": []}

    with pytest.raises(ConfigError, match=r"toy_idle\]: the component takes no settings, got \['labels'\]"):
        nlp.initialize()


def test_callbacks_run_before_and_after_the_components(tagging: Language, make_examples: Any) -> None:
    examples, seen = make_examples(tagging), []
    registry.callbacks.register("toy_before", func=lambda: lambda nlp: seen.append(dict(nlp.pipe_labels)))
    registry.callbacks.register("toy_after", func=lambda: lambda nlp: seen.append(dict(nlp.pipe_labels)))
    tagging.config["initialize"]["before_init"] = {"@callbacks": "toy_before"}
    tagging.config["initialize"]["after_init"] = {"@callbacks": "toy_after"}

    tagging.initialize(lambda: examples)

    assert seen == [{"tagger": []}, {"tagger": ["D", "N", "V"]}]


def test_without_examples_it_still_prepares_what_needs_none(nlp: Language) -> None:
    nlp.add_pipe("toy_tagger", name="tagger")
    nlp.config["initialize"]["components"]["tagger"] = {"labels": ["A", "B"]}

    nlp.initialize()

    assert nlp.get_pipe("tagger").model.has_dim("nO")


def test_no_examples_at_all_is_an_error_of_the_component(tagging: Language) -> None:
    with pytest.raises(DataError) as error:
        tagging.initialize(list)

    assert str(error.value) == "tagger: initialize() needs at least one example, got none; check the corpus"


@pytest.mark.parametrize(
    ("get_examples", "message"),
    [
        ([], r"get_examples must be a function that returns the examples, got \[\]; wrap them"),
        (lambda: 3, r"get_examples\(\) must return Example objects, got 3"),
        (lambda: ["text"], r"get_examples\(\) must return Example objects, got 'text'; make them with"),
    ],
)
def test_what_gives_no_examples_is_refused(tagging: Language, get_examples: Any, message: str) -> None:
    with pytest.raises(DataError, match=f"nlp.initialize: {message}"):
        tagging.initialize(get_examples)


def test_vectors_of_a_saved_pipeline_are_taken_over(tmp_path: Path) -> None:
    source = kernel.blank("plain")
    source.vocab.set_vector("cat", np.array([1.0, 2.0], dtype="f"))
    source.to_disk(tmp_path / "vectors")
    nlp = kernel.blank("plain")
    nlp.config["initialize"]["vectors"] = str(tmp_path / "vectors")

    nlp.initialize()

    np.testing.assert_array_equal(nlp.vocab.get_vector("cat"), [1.0, 2.0])
    assert "cat" in nlp.vocab.strings


def test_vectors_that_are_not_there_are_an_error(nlp: Language, tmp_path: Path) -> None:
    nlp.config["initialize"]["vectors"] = str(tmp_path)

    with pytest.raises(ConfigError, match=r"\[initialize\] vectors: no vectors found, got "):
        nlp.initialize()


def test_what_is_not_read_yet_is_not_passed_over(nlp: Language) -> None:
    nlp.config["initialize"]["init_tok2vec"] = "weights.bin"

    with pytest.raises(
        ConfigError, match=r"\[initialize\] init_tok2vec: not supported .* got 'weights\.bin'"
    ):
        nlp.initialize()


def test_words_get_attributes_from_the_file_that_the_config_names(nlp: Language, tmp_path: Path) -> None:
    path = tmp_path / "words.jsonl"
    path.write_text('{"orth": "cat", "prob": -7.5}', encoding="utf-8")
    nlp.config["initialize"]["vocab_data"] = str(path)

    nlp.initialize()

    assert nlp.vocab["cat"].prob == -7.5


def test_resuming_notes_the_models_that_can_rehearse(trained: Language) -> None:
    tagger = trained.get_pipe("tagger")

    trained.resume_training()

    assert not hasattr(tagger, "rehearsal_model")

    type(tagger).rehearse = lambda self, examples, **options: options["losses"]
    try:
        trained.resume_training()
    finally:
        del type(tagger).rehearse

    assert tagger.rehearsal_model is not tagger.model
