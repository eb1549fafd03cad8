"""Recommended configs: made of what the components' plugins propose."""

from __future__ import annotations

import pytest

from kernel.config import check_config, recommend_config
from kernel.errors import ConfigError, UnknownName
from kernel.registry import registry


def test_what_a_component_requires_is_added_before_it():
    config = recommend_config("en", ["labeller"])

    assert config["nlp"]["pipeline"] == ["encoder", "labeller"]
    assert config["components"]["encoder"]["model"]["width"] == 96
    assert config["components"]["labeller"]["model"]["encode"]["width"] == "${components.encoder.model.width}"


def test_the_config_is_complete_and_right():
    config = recommend_config("en", ["labeller", "splitter"])

    check_config(config)
    assert config["nlp"]["lang"] == "en"
    assert config["training"]["max_steps"] == 20000
    assert config["training"]["score_weights"]["label_acc"] == 0.5


def test_a_component_without_recommendation_uses_its_defaults():
    config = recommend_config("xx", ["splitter"])

    assert config["components"]["splitter"] == {"factory": "splitter", "punct_chars": None}


def test_a_component_may_recommend_values_of_other_sections():
    assert recommend_config("en", ["labeller"])["initialize"]["vectors"] == "${paths.vectors}"
    assert recommend_config("en", ["labeller"], optimize="accuracy")["initialize"]["vectors"] == "en_vectors"


def test_what_is_required_and_named_stands_once():
    config = recommend_config("en", ["encoder", "labeller"])

    assert config["nlp"]["pipeline"] == ["encoder", "labeller"]


@pytest.mark.parametrize(
    ("lang", "component", "message"),
    [
        ("enn", "labeller", r"^languages: unknown name 'enn'; did you mean 'en'"),
        ("en", "labeler", r"^factories: unknown name 'labeler'; did you mean 'labeller'"),
    ],
)
def test_an_unknown_name_is_refused(lang: str, component: str, message: str):
    with pytest.raises(UnknownName, match=message):
        recommend_config(lang, [component])


def test_another_aim_is_refused():
    with pytest.raises(ConfigError) as caught:
        recommend_config("en", ["labeller"], optimize="speed")

    assert str(caught.value) == "--optimize: expected one of efficiency, accuracy, got 'speed'"


def test_components_that_require_each_other_are_refused():
    registry.recommendations(
        "encoder", func=lambda component, lang, optimize, gpu: {"requires": ["labeller"]}
    )

    with pytest.raises(ConfigError) as caught:
        recommend_config("en", ["labeller"])

    circle = "labeller -> encoder -> labeller"
    message = f"recommendations: these components require each other: {circle}; propose a pipeline without one of them"
    assert str(caught.value) == message
