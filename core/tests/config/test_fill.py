"""Filling: what is added, from where, and that what the user wrote stays."""

from __future__ import annotations

import pytest

from kernel.config import DEFAULT_CONFIG, Config, check_config, combine_score_weights, fill_config
from kernel.errors import ConfigError


def raw(text: str) -> Config:
    return Config().from_str(text, interpolate=False)


def test_an_empty_config_becomes_the_default():
    filled = fill_config({})

    assert filled["training"]["max_steps"] == 20000
    assert list(filled)[:3] == ["paths", "system", "nlp"]
    assert list(filled) == list(fill_config(DEFAULT_CONFIG))


def test_filling_twice_adds_nothing(base: str):
    filled = fill_config(raw(base))

    assert fill_config(filled).to_str() == filled.to_str()


def test_variables_are_kept(base: str):
    filled = fill_config(raw(base))

    assert filled["corpora"]["train"]["path"] == "${paths.train}"
    assert filled["training"]["seed"] == "${system.seed}"


def test_what_the_user_wrote_wins(base: str):
    filled = fill_config(raw(base + "overwrite = true\n\n[training]\nmax_steps = 5\n"))

    assert filled["components"]["labeller"]["overwrite"] is True
    assert filled["training"]["max_steps"] == 5


def test_a_factory_adds_its_default_config_and_its_own_defaults(base: str):
    block = fill_config(raw(base))["components"]["labeller"]

    assert block["overwrite"] is False
    assert block["smoothing"] == 0.05
    assert block["model"]["@architectures"] == "test.Linear.v1"


def test_functions_add_their_default_arguments_at_every_depth(base: str):
    filled = fill_config(raw(base))

    assert filled["components"]["labeller"]["model"]["dropout"] == 0.1
    assert filled["components"]["labeller"]["model"]["encode"]["depth"] == 4
    assert filled["training"]["batcher"]["size"]["t"] == 0.0


def test_arguments_of_initialize_are_filled_too(base: str):
    text = base + (
        "\n[initialize]\n[initialize.components]\n[initialize.components.labeller]\n"
        '[initialize.components.labeller.labels]\n@readers = "kernel.Corpus.v1"\n'
    )

    filled = fill_config(raw(text + 'path = "labels.json"\n'))

    labels = filled["initialize"]["components"]["labeller"]["labels"]
    assert labels["path"] == "labels.json"
    assert labels["max_length"] == 0


def test_another_function_takes_nothing_from_the_default_block(base: str):
    text = base + '\n[components.labeller.model]\n@architectures = "test.Encoder.v1"\nwidth = 8\n'

    model = fill_config(raw(text))["components"]["labeller"]["model"]

    assert model == {"@architectures": "test.Encoder.v1", "width": 8, "depth": 4, "window": 1}


def test_another_optimizer_takes_nothing_from_the_default_one(base: str):
    text = base + '\n[training]\n[training.optimizer]\n@optimizers = "SGD.v1"\nlearn_rate = 0.1\n'

    assert "beta1" not in fill_config(raw(text))["training"]["optimizer"]


def test_a_reference_to_a_whole_section_is_kept(base: str):
    filled = fill_config(raw(base + "\n[pretraining]\noptimizer = ${training.optimizer}\n"))

    assert filled["pretraining"] == {"optimizer": "${training.optimizer}"}
    assert filled.interpolate()["pretraining"]["optimizer"]["beta1"] == 0.9


def test_a_function_named_by_a_variable_is_filled(base: str):
    text = (
        base + '\n[own]\nnet = "test.Encoder.v1"\n\n[own.net_block]\n@architectures = ${own.net}\nwidth = 1\n'
    )

    assert fill_config(raw(text))["own"]["net_block"]["depth"] == 4


def test_a_variable_may_refer_to_what_only_the_defaults_hold(base: str):
    filled = fill_config(raw(base + "\n[training]\npatience = ${components.labeller.model.encode.width}\n"))

    assert filled.interpolate()["training"]["patience"] == 96


@pytest.mark.parametrize(
    "size",
    [
        "\n[training]\nbatch_size = 128\n",
        '\n[training]\n[training.batch_size]\n@schedules = "constant.v1"\nrate = 128\n',
    ],
)
def test_a_batcher_without_a_size_has_the_size_of_batches_that_is_given(base: str, size: str):
    filled = fill_config(raw(base + size))

    assert filled["training"]["batcher"]["size"] == "${training.batch_size}"
    assert fill_config(filled).to_str() == filled.to_str()
    check_config(filled)
    check_config(filled.interpolate())


def test_a_batcher_with_a_size_keeps_it(base: str):
    given = raw(base + "\n[training]\nbatch_size = 128\n[training.batcher]\nsize = 64\n")

    assert fill_config(given)["training"]["batcher"]["size"] == 64
    with pytest.raises(
        ConfigError, match=r"\[training\] batch_size: the batcher has its own size; remove one"
    ):
        check_config(given)


def test_a_sourced_component_is_left_as_it_is(base: str):
    block = fill_config(raw(base.replace("factory =", "source =")))["components"]["labeller"]

    assert block == {"source": "labeller"}


def test_unknown_names_are_left_as_they_are(base: str):
    text = base.replace('factory = "labeller"', 'factory = "labeler"')

    assert fill_config(raw(text))["components"]["labeller"] == {"factory": "labeler"}


def test_the_places_of_the_users_values_are_kept(base: str):
    assert str(fill_config(raw(base)).sources["nlp.lang"]) == "line 5"


def test_the_config_itself_is_left_as_it_was(base: str):
    config = raw(base)

    fill_config(config)

    assert config == raw(base)


def test_missing_score_weights_are_those_of_the_components(base: str):
    text = (
        base.replace('["labeller"]', '["labeller", "splitter"]')
        + '\n[components.splitter]\nfactory = "splitter"\n'
    )

    weights = fill_config(raw(text))["training"]["score_weights"]

    assert weights == {
        "label_acc": 0.5,
        "label_micro_f": None,
        "sents_f": 0.25,
        "sents_p": 0.25,
        "sents_r": 0.0,
    }


def test_score_weights_of_the_user_are_kept_as_they_are(base: str):
    filled = fill_config(raw(base + "\n[training]\n[training.score_weights]\nlabel_acc = 0.3\n"))

    assert filled["training"]["score_weights"] == {"label_acc": 0.3}


@pytest.mark.parametrize(
    ("weights", "overrides", "expected"),
    [
        ([{"a": 1.0}, {"b": 0.5, "c": 0.5}], {}, {"a": 0.5, "b": 0.25, "c": 0.25}),
        ([{"a": 1.0}, {"b": 0.5, "c": None}], {}, {"a": 0.67, "b": 0.33, "c": None}),
        ([{"a": 1.0}, {"b": 0.5, "c": 0.5}], {"a": 0.9}, {"a": 0.47, "b": 0.26, "c": 0.26}),
        ([], {"a": 0.3, "b": 0.3}, {"a": 0.5, "b": 0.5}),
        ([{"a": 0.0}], {}, {"a": 0.0}),
        ([], {}, {}),
    ],
)
def test_score_weights_combine_as_in_spacy(weights, overrides, expected):
    assert combine_score_weights(weights, overrides) == expected


def test_a_language_says_which_tokenizer_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"nlp": {"tokenizer": {"@tokenizers": "acme.Tokenizer.v1", "size": 3}}}
    language = type("Acme", (), {"Defaults": type("Defaults", (), {"config": own})})
    monkeypatch.setattr(
        "kernel.config.fill.registered", lambda kind, name: language if name == "xo" else None
    )

    filled = fill_config({"nlp": {"lang": "xo", "pipeline": []}})
    chosen = fill_config({"nlp": {"lang": "xo", "tokenizer": {"@tokenizers": "kernel.Tokenizer.v1"}}})

    assert filled["nlp"]["tokenizer"] == own["nlp"]["tokenizer"]
    assert chosen["nlp"]["tokenizer"] == {"@tokenizers": "kernel.Tokenizer.v1"}
