"""Overrides: how words become values, what may be set, and that every way of setting is the same."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.config import (
    Config,
    check_config,
    environment_overrides,
    fill_config,
    load_config,
    parse_overrides,
    with_overrides,
)
from kernel.errors import ConfigError


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["--a.b", "1"], 1),
        (["--a.b=1"], 1),
        (["--a.b", "0.5"], 0.5),
        (["--a.b", "-1"], -1),
        (["--a.b", "0.0.0"], "0.0.0"),
        (["--a.b", "true"], True),
        (["--a.b", "null"], None),
        (["--a.b", '["x", 1]'], ["x", 1]),
        (["--a.b", '{"x": 1}'], {"x": 1}),
        (["--a.b", "./train.spacy"], "./train.spacy"),
        (["--a.b", '"5"'], "5"),
        (["--a.b="], ""),
        (["--a.b=c=d"], "c=d"),
        (["--a.b"], True),
        (["--a.b", "--c.d", "2"], True),
    ],
)
def test_a_value_is_read_as_in_a_file(words: list[str], value: Any):
    result = parse_overrides(words)["a.b"]

    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize("word", ["a.b", "-a.b", "--a", "--a..b", "--.a", "--"])
def test_a_word_that_is_no_override_is_refused(word: str):
    with pytest.raises(ConfigError) as caught:
        parse_overrides([word, "1"])

    assert (
        str(caught.value)
        == f"override: expected --section.key, got {word!r}; write it as --section.key value"
    )


def test_the_environment_is_split_like_a_command_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KERNEL_CONFIG_OVERRIDES", "--paths.train 'my file.spacy' --training.max_steps=5")

    assert environment_overrides() == {"paths.train": "my file.spacy", "training.max_steps": 5}


@pytest.mark.parametrize("text", ["--paths.train 'open", "paths.train x"])
def test_a_bad_environment_is_named(monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setenv("KERNEL_CONFIG_OVERRIDES", text)

    with pytest.raises(ConfigError, match=r"^KERNEL_CONFIG_OVERRIDES: "):
        environment_overrides()


def test_variables_follow_an_override():
    config = Config().from_str('[paths]\nroot = "a"\ntrain = "${paths.root}/train"\n', interpolate=False)

    assert with_overrides(config, {"paths.root": "b"}, interpolate=True)["paths"]["train"] == "b/train"


def test_an_override_may_set_what_only_the_defaults_hold(base: str):
    config = with_overrides(Config().from_str(base, interpolate=False), {"training.optimizer.L2": 0.5})

    filled = fill_config(config)

    assert filled["training"]["optimizer"]["L2"] == 0.5
    assert filled["training"]["optimizer"]["beta1"] == 0.9


def test_an_override_of_a_function_drops_the_arguments_of_the_other(base: str):
    config = with_overrides(
        Config().from_str(base, interpolate=False),
        {"training.optimizer": {"@optimizers": "SGD.v1", "learn_rate": 1}},
    )

    assert "beta1" not in fill_config(config)["training"]["optimizer"]


def test_the_config_itself_is_left_as_it_was(base: str):
    config = Config().from_str(base, interpolate=False)

    with_overrides(config, {"paths.train": "x", "nlp.pipeline": []})

    assert config == Config().from_str(base, interpolate=False)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "training.max_step",
            "override --training.max_step: there is no such key in [training], got 1; "
            "did you mean 'training.max_steps'?",
        ),
        (
            "trainig.max_steps",
            "override --trainig.max_steps: there is no section [trainig], got 1; did you mean 'training.max_steps'?",
        ),
        (
            "training.seed.x",
            "override --training.seed.x: [training] seed is the value '${system.seed}', not a section, got 1; "
            "did you mean 'training.seed'?",
        ),
    ],
)
def test_only_what_exists_can_be_set(base: str, path: str, message: str):
    with pytest.raises(ConfigError) as caught:
        with_overrides(Config().from_str(base, interpolate=False), {path: 1})

    assert str(caught.value) == message


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}")])
@pytest.mark.parametrize("depth", [100, 900])
def test_a_value_that_is_nested_too_deep_is_refused(base: str, opening: str, closing: str, depth: int):
    overrides = parse_overrides(["--training.dropout", opening * depth + "1" + closing * depth])

    with pytest.raises(ConfigError, match="more than 64 levels deep"):
        with_overrides(Config().from_str(base, interpolate=False), overrides)


@pytest.mark.parametrize("use", [Config.interpolate, Config.to_str, fill_config, check_config])
@pytest.mark.parametrize("kind", [list, dict])
def test_values_from_python_that_are_nested_too_deep_are_refused(use: Any, kind: type):
    value: Any = 1
    for _ in range(3000):
        value = [value] if kind is list else {"a": value}
    config = Config({"nlp": {"lang": "xx", "pipeline": []}, "training": {"dropout": value}})

    with pytest.raises(ConfigError, match="deep"):
        use(config)


def test_all_wrong_overrides_are_told_at_once(base: str):
    with pytest.raises(ConfigError) as caught:
        with_overrides(Config().from_str(base, interpolate=False), {"a.b": 1, "c.d": 2})

    assert len(str(caught.value).split("\n")) == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(value=JSON)
def test_file_command_line_environment_and_python_give_the_same_config(
    value: Any, tmp_path_factory: pytest.TempPathFactory
):
    text = Config({"section": {"key": value}}).to_str()
    word = text.partition(" = ")[2]
    if "$" in word or "\x00" in word:
        return  # written doubled in a file only; a null cannot stand in the environment
    folder = tmp_path_factory.mktemp("same")
    (folder / "file.cfg").write_text(text, "utf8")
    (folder / "empty.cfg").write_text("[section]\nkey = null\n", "utf8")

    in_file = load_config(folder / "file.cfg", interpolate=True)
    by_words = load_config(folder / "empty.cfg", parse_overrides(["--section.key", word]), interpolate=True)
    by_equals = load_config(
        folder / "empty.cfg", parse_overrides([f"--section.key={word}"]), interpolate=True
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERNEL_CONFIG_OVERRIDES", f"--section.key {shlex.quote(word)}")
        by_environment = load_config(folder / "empty.cfg", environment_overrides(), interpolate=True)
    in_python = with_overrides({"section": {"key": None}}, {"section.key": value}, interpolate=True)

    assert {"section": {"key": value}} == in_file == by_words == by_equals == by_environment == in_python


def test_a_config_comes_from_the_standard_input(monkeypatch: pytest.MonkeyPatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("[a]\nx = ${b.y}\n[b]\ny = 1\n"))

    config = load_config("-", {"b.y": 2}, interpolate=True)

    assert config == {"a": {"x": 2}, "b": {"y": 2}}
    assert str(config.sources["a.x"]) == "<stdin>:2"


def test_an_overridden_value_has_no_place_in_the_file(tmp_path: Path):
    path = tmp_path / "a.cfg"
    path.write_text("[a]\nx = 1\ny = 2\n")

    sources = load_config(path, {"a.x": 5}).sources

    assert {key: place.line for key, place in sources.items()} == {"a": 1, "a.y": 3, "a.x": 0}
    assert str(sources["a.x"]) == "override --a.x"


def test_a_key_in_a_section_that_another_override_replaces_is_refused(base: str):
    overrides = {"training.batcher.size": 100, "training.batcher.size.start": 3}

    with pytest.raises(
        ConfigError, match=r"another override replaces \[size\] by a value; keep one of the two"
    ):
        with_overrides(Config().from_str(base, interpolate=False), overrides)
