"""Numbers that no machine could hold are refused by the check, in less than a moment, whatever they stand for."""

from __future__ import annotations

import pytest

import kernel
from kernel.config.resolve import resolve
from kernel.errors import ConfigError, ModelError
from kernel.limits import MAX_WEIGHTS

HUGE = 10**8
TOK2VEC = {
    "@architectures": "kernel.HashEmbedCNN.v1",
    "width": 8,
    "depth": 1,
    "embed_size": 16,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
    "pretrained_vectors": None,
}
ENCODER = {"width": 8, "window_size": 1, "depth": 1}
MODELS = {
    "kernel.HashEmbedCNN.v1": TOK2VEC,
    "kernel.MaxoutWindowEncoder.v1": {**ENCODER, "maxout_pieces": 2},
    "kernel.MishWindowEncoder.v1": ENCODER,
    "kernel.MultiHashEmbed.v1": {"width": 8, "attrs": ["NORM"], "rows": [8]},
    "kernel.CharacterEmbed.v1": {"width": 8, "rows": 8, "nM": 8, "nC": 4},
    "kernel.Tok2VecListener.v1": {"width": 8},
    "kernel.TransitionBasedParser.v1": {
        "tok2vec": TOK2VEC,
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 8,
        "maxout_pieces": 2,
        "nO": 5,
    },
    "kernel.BiaffineParser.v1": {"tok2vec": TOK2VEC, "arc_width": 8, "label_width": 8, "nO": 5},
    "kernel.Tagger.v1": {"tok2vec": TOK2VEC, "nO": 5},
    "kernel.TextCatBOW.v1": {
        "exclusive_classes": True,
        "ngram_size": 1,
        "no_output_layer": False,
        "length": 8,
        "nO": 5,
    },
    "kernel.TextCatLowData.v1": {"width": 8, "dropout": None, "nO": 5},
}
SIZES = [
    (name, key)
    for name, settings in MODELS.items()
    for key, value in settings.items()
    if type(value) is int or key == "rows"
]


def block(name, **changes):
    return {**MODELS[name], "@architectures": name, **changes}


@pytest.mark.parametrize("name", MODELS)
def test_sizes_that_people_use_are_accepted(name):
    resolve({"model": block(name)}, "model")


@pytest.mark.parametrize(("name", "key"), SIZES)
@pytest.mark.parametrize("size", [2**30, 10**18])
def test_each_size_of_a_model_has_a_limit(name, key, size):
    value = [size] if isinstance(MODELS[name][key], list) else size

    with pytest.raises(ConfigError, match=rf"{key}: expected .*, at most [0-9]+.*, got "):
        kernel.blank("xx").add_pipe("tagger", config={"model": block(name, **{key: value})})


def test_a_depth_of_a_hundred_million_is_refused_where_it_stands():
    with pytest.raises(ConfigError) as raised:
        kernel.blank("xx").add_pipe("tagger", config={"model": block("kernel.HashEmbedCNN.v1", depth=HUGE)})

    assert str(raised.value).startswith(
        "[components.tagger.model] depth: expected an int, at least 1, at most 512, got "
    )


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (
            "kernel.MaxoutWindowEncoder.v1",
            {"width": 16_384, "window_size": 64, "maxout_pieces": 64, "depth": 512},
        ),
        ("kernel.MishWindowEncoder.v1", {"width": 16_384, "depth": 64}),
        ("kernel.MultiHashEmbed.v1", {"width": 16_384, "rows": [2**27]}),
        ("kernel.CharacterEmbed.v1", {"width": 16_384, "rows": 2**27}),
        ("kernel.TextCatBOW.v1", {"length": 2**27, "nO": 2**24}),
        ("kernel.BiaffineParser.v1", {"label_width": 16_384, "nO": 2**24}),
        ("kernel.TransitionBasedParser.v1", {"hidden_width": 16_384, "nO": 2**24}),
    ],
)
def test_sizes_that_fit_each_for_itself_and_not_together_are_refused_before_anything_is_made(name, changes):
    with pytest.raises(
        ConfigError,
        match=rf"\[components.tagger.model\].* weights, got .*; make them smaller, the limit is {MAX_WEIGHTS:,}",
    ):
        kernel.blank("xx").add_pipe("tagger", config={"model": block(name, **changes)})


@pytest.mark.parametrize("name", ["ner", "parser"])
def test_a_beam_has_a_limit(name):
    with pytest.raises(
        ConfigError, match="beam_width: expected an int, at least 1, at most 1024, got 100000000"
    ):
        kernel.blank("xx").add_pipe(f"beam_{name}", config={"beam_width": HUGE})


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("clone.v1", {"orig": {"@layers": "noop.v1"}, "n": HUGE}),
        ("expand_window.v1", {"window_size": HUGE}),
        ("HashEmbed.v1", {"nO": 8, "nV": 2**40}),
        ("Maxout.v1", {"nO": 8, "nI": 8, "nP": HUGE}),
        ("Linear.v1", {"nO": HUGE}),
    ],
)
def test_the_layers_of_thinc_have_limits_too(name, settings):
    with pytest.raises(ConfigError, match=r"model\] \w+: expected .*at most [0-9]+"):
        kernel.blank("xx").add_pipe("tagger", config={"model": {"@layers": name, **settings}})


def test_weights_that_do_not_fit_into_memory_are_told_in_one_line():
    nlp = kernel.blank("xx")
    tagger = nlp.add_pipe("tagger", config={"model": block("kernel.Tagger.v1", nO=None)})

    def out_of_memory(*args, **options):
        raise MemoryError("Unable to allocate 9.09 TiB")

    tagger.initialize = out_of_memory
    with pytest.raises(ModelError) as raised:
        nlp.initialize()

    assert str(raised.value) == (
        "[components.tagger]: its weights do not fit into memory, got 'Unable to allocate 9.09 TiB'; make its layers "
        "or tables smaller"
    )
