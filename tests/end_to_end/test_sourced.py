"""Components taken from a trained pipeline: with whom they share, under which name, with which word vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import house
import numpy as np
import pytest
from small import LISTENER, SENTENCES, TOK2VEC, sentences, train_on

import kernel
from kernel.errors import CheckpointError, ConfigError, UnknownName
from kernel.language import Language
from kernel.vectors import Vectors

GOLD = ["PRON", "VERB", "NOUN"]


def listener(upstream: str) -> dict[str, Any]:
    return {"model": {"tok2vec": {**LISTENER, "upstream": upstream}}}


@pytest.fixture(scope="module")
def trained() -> Language:
    """Two shared layers; `tagger` listens to the first by name, `other` to the nearest, which is the second."""
    nlp = kernel.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    nlp.add_pipe("tok2vec", name="second", config={"model": TOK2VEC})
    nlp.add_pipe("tagger", config=listener("tok2vec"))
    nlp.add_pipe("tagger", name="other", config=listener("*"))
    train_on(nlp, sentences(nlp))
    return nlp


@pytest.fixture(scope="module")
def source(trained: Language, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("source") / "model"
    trained.to_disk(path)
    return str(path)


def build(source: str, initialize: dict[str, Any] | None = None, **blocks: dict[str, Any]) -> Language:
    components = {name: {"source": source, **block} for name, block in blocks.items()}
    config = {"nlp": {"lang": "xx", "pipeline": list(blocks)}, "components": components}
    return Language.from_config({**config, "initialize": initialize or {}})


def tags(nlp: Language) -> list[str]:
    return [token.tag_ for token in nlp("we read songs")]


def without(nlp: Language, *names: str) -> Language:
    for name in names:
        nlp.remove_pipe(name)
    return nlp


def test_each_listener_hears_the_shared_layer_that_it_names(trained: Language) -> None:
    with trained.select_pipes(disable=["second", "other"]):
        assert tags(trained) == GOLD
    with trained.select_pipes(disable=["tok2vec", "tagger"]):
        assert tags(trained) == GOLD


def test_a_component_and_its_shared_layer_come_together_under_other_names(
    source: str, tmp_path: Path
) -> None:
    nlp = build(source, shared={"component": "tok2vec"}, mine={"component": "tagger"})
    nlp.to_disk(tmp_path / "model")

    assert tags(nlp) == tags(kernel.load(tmp_path / "model")) == GOLD
    assert nlp.config["components"]["mine"]["model"]["tok2vec"]["upstream"] == "shared"


def test_the_nearest_shared_layer_stays_the_one_that_it_was_there(source: str) -> None:
    nlp = build(source, second={}, tok2vec={}, other={})

    assert nlp.config["components"]["other"]["model"]["tok2vec"]["upstream"] == "second"
    assert tags(nlp) == GOLD


def test_a_listener_without_its_shared_layer_is_refused_with_both_ways_out(source: str) -> None:
    with pytest.raises(
        ConfigError,
        match=r"\[components\.tagger\] source: 'tagger' listens to 'tok2vec' .* add \[components\.tok2vec\] with "
        r'source = .*replace_listeners = \["model\.tok2vec"\]',
    ):
        build(source, tagger={})


def test_a_sourced_component_can_have_a_copy_of_what_it_listens_to(source: str, tmp_path: Path) -> None:
    nlp = build(source, mine={"component": "tagger", "replace_listeners": ["model.tok2vec"]})
    nlp.to_disk(tmp_path / "model")
    again = kernel.load(tmp_path / "model")

    assert tags(nlp) == tags(again) == GOLD
    assert again.get_pipe("mine").to_bytes() == nlp.get_pipe("mine").to_bytes()


def test_the_nearest_layer_is_copied_where_a_listener_names_none(source: str) -> None:
    assert tags(build(source, other={"replace_listeners": ["model.tok2vec"]})) == GOLD


@pytest.mark.parametrize(
    ("name", "paths", "message"),
    [
        ("tagger", ["model.tok"], r"expected the listening blocks of 'tagger', \['model\.tok2vec'\]"),
        ("tok2vec", ["model.tok2vec"], r"'tok2vec' does not listen to any component"),
    ],
)
def test_wrong_listeners_of_a_sourced_component_are_named(
    source: str, name: str, paths: list[str], message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"\[components\.{name}\] source: replace_listeners: {message}"):
        build(source, **{name: {"replace_listeners": paths}})


def test_a_path_without_pipeline_and_a_component_that_is_not_there_are_named(source: str) -> None:
    with pytest.raises(CheckpointError, match=r"\[components\.tagger\] source: .*got nothing there"):
        build(source + "-not", tagger={})
    with pytest.raises(UnknownName, match=r"\[components\.tager\] source: .*did you mean 'tagger'"):
        build(source, tager={})


def test_a_source_may_be_an_installed_package(
    trained: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "xx_some_tagger"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('nobody imports this')\n")
    trained.to_disk(package / "xx_some_tagger-1.0.0")
    monkeypatch.syspath_prepend(tmp_path)

    assert tags(build("xx_some_tagger", tok2vec={}, tagger={})) == GOLD
    assert tags(kernel.load("xx_some_tagger")) == GOLD


def test_listeners_can_be_replaced_in_a_pipeline(source: str) -> None:
    nlp = kernel.load(source)
    nlp.replace_listeners("tok2vec", "tagger", ["model.tok2vec"])
    frozen = nlp.get_pipe("tagger").to_bytes()

    assert tags(without(nlp, "second", "other", "tok2vec")) == GOLD
    assert nlp.get_pipe("tagger").to_bytes() == frozen
    assert (
        nlp.config["components"]["tagger"]["model"]["tok2vec"]["@architectures"] == "kernel.HashEmbedCNN.v1"
    )


def test_whatever_listens_predicts_as_before_with_a_copy_of_its_own(tmp_path: Path) -> None:
    nlp = kernel.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    names = ("parser", "ner", "morphologizer", "beam_parser", "beam_ner")
    for name in names:
        nlp.add_pipe(name, config=listener("*"))
    train_on(nlp, house.examples(nlp), steps=20)
    before = nlp("they sing very fast we stop").to_bytes(exclude=["tensor", "user_data"])

    for name in names:
        nlp.replace_listeners("tok2vec", name, ["model.tok2vec"])
    nlp.remove_pipe("tok2vec")
    nlp.to_disk(tmp_path / "model")

    for again in (nlp, kernel.load(tmp_path / "model")):
        assert again("they sing very fast we stop").to_bytes(exclude=["tensor", "user_data"]) == before


@pytest.mark.parametrize(
    ("upstream", "name", "paths", "message"),
    [
        ("tok2vec", "other", ["model.tok2vec"], "'other' does not listen to 'tok2vec'"),
        ("tok2vec", "tagger", [], "expected the listening blocks of 'tagger'"),
        ("tok2vec", "tagger", ["model.x"], "expected the listening blocks of 'tagger'"),
    ],
)
def test_replacing_what_is_no_listener_is_refused(
    source: str, upstream: str, name: str, paths: list[str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        kernel.load(source).replace_listeners(upstream, name, paths)


def test_listeners_follow_a_shared_layer_that_gets_another_name(source: str) -> None:
    nlp = kernel.load(source)
    nlp.rename_pipe("tok2vec", "first")

    assert tags(without(nlp, "second", "other")) == GOLD


def with_vectors(seed: int) -> Language:
    nlp = kernel.blank("xx")
    words = sorted({word for text, _ in SENTENCES for word in text.split()})
    data = np.random.default_rng(seed).normal(size=(len(words), 4)).astype("float32")
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, data=data, keys=words)
    return nlp


@pytest.fixture
def with_words(tmp_path: Path) -> Language:
    nlp = with_vectors(1)
    nlp.add_pipe("tagger", config={"model": {"tok2vec": {**TOK2VEC, "pretrained_vectors": True}}})
    train_on(nlp, sentences(nlp))
    nlp.to_disk(tmp_path / "words")
    with_vectors(2).to_disk(tmp_path / "others")
    return nlp


def test_a_component_that_was_trained_with_word_vectors_needs_the_same(
    with_words: Language, tmp_path: Path
) -> None:
    path = str(tmp_path / "words")
    fix = rf'\[components\.tagger\] source: .*but this pipeline has {{}}.*\[initialize\] vectors = "{path}"'

    with pytest.raises(ConfigError, match=fix.format("none")):
        build(path, tagger={})
    nlp = build(path, tagger={}, initialize={"vectors": str(tmp_path / "others")})
    with pytest.raises(ConfigError, match=fix.format("others")):
        nlp.initialize(lambda: sentences(nlp))


def test_with_the_same_word_vectors_a_component_predicts_as_before(
    with_words: Language, tmp_path: Path
) -> None:
    path = str(tmp_path / "words")
    nlp = build(path, tagger={}, initialize={"vectors": path})
    with nlp.select_pipes(disable="tagger"):
        nlp.initialize(lambda: sentences(nlp))

    assert tags(nlp) == GOLD


def test_adding_a_component_of_a_pipeline_with_other_vectors_is_refused(with_words: Language) -> None:
    with pytest.raises(ConfigError, match=r"nlp\.vocab\.vectors = source\.vocab\.vectors"):
        with_vectors(2).add_pipe("tagger", source=with_words)
    nlp = kernel.blank("xx", vocab=with_words.vocab)
    nlp.add_pipe("tagger", source=with_words)
    assert tags(nlp) == GOLD
