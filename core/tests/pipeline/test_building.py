"""From a config to a pipeline: defaults, callbacks, components, where each is switched on or off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import kernel
from kernel.config import Config
from kernel.errors import ConfigError, UnknownName
from kernel.pipeline.language import Language
from kernel.registry import registry
from kernel.text.vocab.vocab import Vocab

CONFIG = """
[vars]
scale = 2.0

[nlp]
lang = "plain"
pipeline = ["tagger", "up"]
batch_size = 7

[components]

[components.tagger]
factory = "toy_tagger"
scale = ${vars.scale}

[components.up]
factory = "toy_upstream"
"""


@pytest.fixture
def config() -> Config:
    return Config().from_str(CONFIG, interpolate=False)


def build(config: Any, **options: Any) -> Language:
    return Language.from_config(config, validate=False, **options)


def with_callback(config: Config, station: str, callback: Any) -> Config:
    registry.callbacks.register("toy_callback", func=lambda: callback)
    config["nlp"][station] = {"@callbacks": "toy_callback"}
    return config


def test_components_are_made_in_the_order_of_the_pipeline(config: Config) -> None:
    nlp = build(config)

    assert nlp.lang == "plain"
    assert nlp.pipe_names == ["tagger", "up"]
    assert nlp.batch_size == 7


def test_settings_left_out_take_their_defaults_and_variables_stay_in_the_config(config: Config) -> None:
    nlp = build(config)

    assert nlp.get_pipe("tagger").cfg == {"scale": 2.0}
    assert nlp.get_pipe("up").value == 1.0
    assert nlp.config["components"]["tagger"]["scale"] == "${vars.scale}"
    assert nlp.config["components"]["up"] == {"factory": "toy_upstream", "value": 1.0}


def test_the_config_of_a_pipeline_builds_an_equal_one(config: Config) -> None:
    nlp = build(config)

    again = build(nlp.config)

    assert again.config.to_str() == nlp.config.to_str()


def test_building_changes_nothing_in_the_given_config(config: Config) -> None:
    before = config.to_str()

    build(config)

    assert config.to_str() == before


def test_components_can_be_disabled_enabled_and_excluded(config: Config) -> None:
    config["nlp"]["disabled"] = ["up"]

    assert build(config).disabled == ["up"]
    assert build(config, disable="tagger").pipe_names == []
    assert build(config, exclude=["up"]).component_names == ["tagger"]
    config["nlp"]["disabled"] = []
    assert build(config, enable="up").pipe_names == ["up"]


def test_the_same_component_enabled_and_disabled_is_refused(config: Config) -> None:
    with pytest.raises(ConfigError, match="both enabled and disabled, got 'up'"):
        build(config, enable=["up"], disable=["up"])


def test_what_a_call_enables_is_on_whatever_the_config_says(config: Config) -> None:
    config["nlp"]["disabled"] = ["tagger"]

    assert build(config).pipe_names == ["up"]
    assert build(config, enable=["tagger"]).pipe_names == ["tagger"]


def test_a_component_to_enable_that_is_not_there_is_named(config: Config) -> None:
    with pytest.raises(UnknownName, match="enable: unknown component 'tager'; did you mean 'tagger'"):
        build(config, enable=["tager"])


def test_names_to_disable_and_exclude_may_be_of_other_pipelines(config: Config) -> None:
    assert build(config, disable=["ner"], exclude="textcat").pipe_names == ["tagger", "up"]


def test_a_vocabulary_can_be_shared(config: Config) -> None:
    vocab = Vocab(lang="plain")

    assert build(config, vocab=vocab).vocab is vocab


def test_a_vocabulary_of_another_language_is_refused(config: Config) -> None:
    with pytest.raises(ConfigError, match="expected a vocabulary of 'plain', got one of 'xx'"):
        build(config, vocab=Vocab(lang="xx"))


def test_a_config_without_nlp_is_refused() -> None:
    with pytest.raises(ConfigError) as error:
        build({"training": {}})

    assert str(error.value) == "[nlp]: the config has no such section, got ['training']; add it, with lang"


def test_a_language_that_nobody_gives_is_named(config: Config) -> None:
    config["nlp"]["lang"] = "plian"

    with pytest.raises(UnknownName, match="unknown name 'plian'; did you mean 'plain'"):
        build(config)


def test_a_language_class_builds_only_its_own_language(config: Config) -> None:
    config["nlp"]["lang"] = "xx"

    with pytest.raises(ConfigError, match=r"\[nlp\] lang: expected 'plain' for Plain, got 'xx'"):
        kernel.blank("plain").from_config(config)


def test_a_component_without_section_is_named(config: Config) -> None:
    config["nlp"]["pipeline"].append("ner")

    with pytest.raises(
        ConfigError, match=r"this component has no section, got 'ner'; add \[components\.ner\]"
    ):
        build(config)


def test_a_component_without_factory_is_named(config: Config) -> None:
    del config["components"]["up"]["factory"]

    with pytest.raises(
        ConfigError, match=r"\[components\.up\]: a component needs a factory or a source, got neither"
    ):
        build(config)


def test_before_creation_can_change_the_language(config: Config) -> None:
    def subclass(language: Any) -> Any:
        return type("Changed", (language,), {"motto": "changed"})

    nlp = build(with_callback(config, "before_creation", subclass))

    assert nlp.motto == "changed"  # type: ignore[attr-defined]


def test_what_before_creation_changes_holds_for_one_pipeline(config: Config) -> None:
    def customize(language: Any) -> Any:
        language.Defaults.suffixes = (*language.Defaults.suffixes, r"-+$")
        language.Defaults.stop_words.add("ooh")
        return language

    nlp = build(with_callback(config, "before_creation", customize))
    other = kernel.blank("plain")

    assert [token.text for token in nlp.make_doc("so--")] == ["so", "--"]
    assert nlp.vocab["ooh"].is_stop
    assert [token.text for token in other.make_doc("so--")] == ["so--"]
    assert not other.vocab["ooh"].is_stop


def test_after_creation_sees_an_nlp_without_components(config: Config) -> None:
    seen: list[list[str]] = []

    def look(nlp: Language) -> Language:
        seen.append(nlp.pipe_names)
        return nlp

    nlp = build(with_callback(config, "after_creation", look))

    assert seen == [[]]
    assert nlp.pipe_names == ["tagger", "up"]


def test_after_pipeline_creation_sees_all_components(config: Config) -> None:
    def add(nlp: Language) -> Language:
        nlp.add_pipe("toy_upstream", name=f"after_{len(nlp.pipe_names)}")
        return nlp

    nlp = build(with_callback(config, "after_pipeline_creation", add))

    assert nlp.pipe_names == ["tagger", "up", "after_2"]


@pytest.mark.parametrize("station", ["before_creation", "after_creation", "after_pipeline_creation"])
def test_a_callback_that_forgets_its_return_is_named(config: Config, station: str) -> None:
    def forgets(nlp: Any) -> None:
        pass

    with pytest.raises(ConfigError, match=rf"\[nlp\] {station}: '.*forgets' must return .*got None"):
        build(with_callback(config, station, forgets))


KINDS_OF_NLP = {
    "tokenizer": "tokenizers",
    "vectors": "vectors",
    "before_creation": "callbacks",
    "after_creation": "callbacks",
    "after_pipeline_creation": "callbacks",
}


@pytest.mark.parametrize("key", KINDS_OF_NLP)
@pytest.mark.parametrize("value", [1, "x", {"a": 1}])
def test_what_is_no_block_is_named_though_nothing_validates(config: Config, key: str, value: Any) -> None:
    config["nlp"] |= {"pipeline": [], key: value}

    with pytest.raises(
        ConfigError, match=rf"\[nlp\] {key}: expected a section with @{KINDS_OF_NLP[key]}, got "
    ):
        build(config, auto_fill=False)


@pytest.mark.parametrize("key", KINDS_OF_NLP)
def test_an_empty_block_is_as_one_left_out(config: Config, key: str) -> None:
    config["nlp"] |= {"pipeline": [], key: {}}

    nlp = build(config, auto_fill=False)

    assert nlp.lang == "plain"
    assert [token.text for token in nlp("the cat")] == ["the", "cat"]


def test_a_component_can_be_copied_from_another_pipeline(trained: Language, nlp: Language) -> None:
    other = type(nlp)()

    component = other.add_pipe("tagger", name="copied", source=trained)

    assert other.pipe_factories == {"copied": "toy_tagger"}
    assert component is not trained.get_pipe("tagger")
    assert [token.tag_ for token in other("the cat sat")] == ["D", "N", "V"]


def test_a_copied_component_learns_on_its_own(trained: Language, nlp: Language, make_examples: Any) -> None:
    other = type(nlp)()
    other.add_pipe("tagger", source=trained)
    before = trained.get_pipe("tagger").to_bytes()

    other.update(make_examples(other))

    assert trained.get_pipe("tagger").to_bytes() == before


def test_a_config_can_take_components_from_a_saved_pipeline(trained: Language, tmp_path: Path) -> None:
    trained.to_disk(tmp_path / "saved")
    block = {"source": str(tmp_path / "saved"), "component": "tagger"}
    config = {"nlp": {"lang": "plain", "pipeline": ["mine"]}, "components": {"mine": block}}

    nlp = build(config)

    assert [token.tag_ for token in nlp("the cat sat")] == ["D", "N", "V"]
    assert nlp.config["components"]["mine"]["factory"] == "toy_tagger"


def test_what_copied_components_count_joins_the_score(trained: Language, tmp_path: Path) -> None:
    trained.to_disk(tmp_path / "saved")
    components = {
        "mine": {"source": str(tmp_path / "saved"), "component": "tagger"},
        "up": {"factory": "toy_upstream"},
    }

    nlp = build({"nlp": {"lang": "plain", "pipeline": ["mine", "up"]}, "components": components})

    assert nlp.config["training"]["score_weights"] == {"tag_acc": 1.0, "tag_micro_p": None}


def test_a_source_that_is_no_pipeline_is_refused(nlp: Language) -> None:
    with pytest.raises(ConfigError, match="source must be a pipeline, got 'path'"):
        nlp.add_pipe("tagger", source="path")  # type: ignore[arg-type]


def test_a_source_without_the_component_names_the_nearest(trained: Language, nlp: Language) -> None:
    with pytest.raises(UnknownName, match="unknown component 'tager'; did you mean 'tagger'"):
        type(nlp)().add_pipe("tager", source=trained)


def test_blank_makes_an_empty_pipeline_of_a_language() -> None:
    nlp = kernel.blank("plain", meta={"name": "mine"})

    assert nlp.pipe_names == []
    assert nlp.meta["name"] == "mine"
    assert [token.text for token in nlp("two words")] == ["two", "words"]


def test_the_optimizer_comes_from_the_config() -> None:
    nlp = kernel.blank("plain")
    nlp.config["training"]["optimizer"]["learn_rate"] = 0.25

    assert nlp.create_optimizer().learn_rate == 0.25
