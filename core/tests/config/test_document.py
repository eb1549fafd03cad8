"""Reading and writing configs: what comes back, and what each malformed text is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.config import Config
from kernel.errors import CheckpointError, ConfigError


def raises(text: str, **options: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Config().from_str(text, **options)
    return str(caught.value).split("\n")


def test_values_are_json_and_sections_nest():
    config = Config().from_str(
        '[a]\nx = 1\ny = [1, "b"]\nz = null\n\n[a.b]\nfloat = 1e-3\nword = plain words\n'
    )

    assert config == {"a": {"x": 1, "y": [1, "b"], "z": None, "b": {"float": 0.001, "word": "plain words"}}}


def test_a_variable_takes_the_value_and_its_type():
    config = Config().from_str("[a]\nx = 5\n\n[b]\ny = ${a.x}\nz = ${a:x}\n")

    assert config["b"] == {"y": 5, "z": 5}


def test_a_variable_may_name_a_hyphenated_section():
    config = Config().from_str("[my-part]\nx-1 = 5\n\n[b]\ny = ${my-part.x-1}\n")

    assert config["b"] == {"y": 5}


def test_a_variable_stands_inside_a_string_and_a_list():
    text = '[p]\nversion = 5\nroot = "/data"\ntrain = "${p.root}/train_${p.version}.spacy"\nall = ["${p.root}", 1]\n'

    config = Config().from_str(text)

    assert config["p"]["train"] == "/data/train_5.spacy"
    assert config["p"]["all"] == ["/data", 1]


def test_a_variable_copies_a_whole_section_each_time():
    config = Config().from_str("[a]\n\n[a.opt]\nrate = 1\n\n[b]\nopt = ${a.opt}\n")

    config["b"]["opt"]["rate"] = 2

    assert config["a"]["opt"] == {"rate": 1}


def test_variables_are_kept_when_asked_and_written_back():
    text = '[a]\nx = "root"\n\n[b]\ny = ${a.x}\nz = "${a.x}/z"'

    config = Config().from_str(text, interpolate=False)

    assert config.to_str() == text
    assert config.interpolate()["b"] == {"y": "root", "z": "root/z"}
    assert config.to_str(interpolate=True) == '[a]\nx = "root"\n\n[b]\ny = "root"\nz = "root/z"'


def test_a_doubled_dollar_is_one_and_a_kept_brace_is_no_variable():
    text = '[a]\nprice = "5 $$ each"\nname = "$${a.price}"\n'

    raw = Config().from_str(text, interpolate=False)

    assert raw["a"]["price"] == "5 $ each"
    assert Config().from_str(text)["a"] == {"price": "5 $ each", "name": "${a.price}"}
    assert Config().from_str(raw.to_str(), interpolate=False) == raw


def test_sections_are_written_depth_first_in_the_order_of_a_run():
    config = Config({"training": {"a": {"b": {"x": 1}}, "y": 2}, "paths": {}, "own": {"z": 3}})

    assert (
        config.to_str()
        == "[paths]\n\n[training]\ny = 2\n\n[training.a]\n\n[training.a.b]\nx = 1\n\n[own]\nz = 3"
    )


def test_a_dictionary_with_strange_keys_is_written_as_a_value():
    config = Config({"a": {"map": {"A=B": 1, "C:D": 2, "e.f": 3}}})

    assert Config().from_str(config.to_str()) == config


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["x", "y", "some_key"]), VALUES))
def test_what_is_written_reads_back_equal(values: dict[str, Any]):
    values = {key: value for key, value in values.items() if "${" not in repr(value)}
    config = Config({"section": values})

    assert Config().from_str(config.to_str()) == config
    assert Config().from_bytes(config.to_bytes(), interpolate=False) == config


@pytest.mark.parametrize("value", [["$", "$"], ["a$", "$b", 1], "$", "$$", {"a b": "$", "c d": "$"}])
def test_dollar_signs_side_by_side_read_back_equal(value: Any):
    config = Config({"section": {"key": value}})

    assert Config().from_str(config.to_str()) == config
    assert config.interpolate() == config


def test_the_place_of_each_value_is_known(tmp_path: Path):
    path = tmp_path / "a.cfg"
    path.write_text("# comment\n[a]\nx = [\n  1,\n  2]\ny = 1\n\n[a.b]\n")

    config = Config().from_disk(path)

    places = {key: place.line for key, place in config.sources.items()}
    assert places == {"a": 2, "a.x": 3, "a.y": 6, "a.b": 8}
    assert str(config.copy().sources["a.y"]) == f"{path}:6"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\nx\n", "line 2: neither a section nor a value, got 'x'; write it as key = value"),
        ("x = 1\n", "line 1: a key outside of any section, got 'x'; add a [section] line above"),
        ("[a]\n[b]\n[a]\n", "line 3: [a] is defined twice, first on line 1; merge the two"),
        ("[a]\nx = 1\nx = 2\n", "line 3: [a] x: defined twice, first on line 2; keep one"),
        ("[a] x\n", "line 1: not a section header, got '[a] x'; write it as [section] on its own line"),
        ("[a\n", "line 1: not a section header, got '[a'; write it as [section] on its own line"),
        (
            "[training]\n[trainig.b]\n",
            "line 2: [trainig.b]: there is no section [trainig]; did you mean 'training'?",
        ),
        ("[b.c]\n", "line 1: [b.c]: there is no section [b]; add a [b] line above"),
        ("[a]\nx = 'y'\n", "line 2: [a] x: values must be JSON, got 'y'; use double quotes"),
        ("[a]\nb = 1\n[a.b]\n", "line 3: [a.b]: is both a value and a section; keep one"),
        (
            "[DEFAULT]\nx = 1\n",
            "line 1: invalid section name, got 'DEFAULT'; use names joined by single dots",
        ),
    ],
)
def test_a_malformed_text_names_the_line(text: str, message: str):
    assert raises(text)[0] == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[a]\nwidth = 1\n[b]\nx = ${a.widht}\n",
            "line 4: [b] x: refers to an unknown section or key, got '${a.widht}'; did you mean 'a.width'?",
        ),
        (
            "[a]\nx = ${b.y}\n[b]\ny = ${a.x}\n",
            "line 2: [a] x: refers to itself, got a.x -> b.y -> a.x; set a value",
        ),
        ("[a]\nx = ${a}\n", "line 2: [a] x: refers to itself, got a.x -> a.x; set a value"),
        (
            '[a]\nx = 1\n[b]\ny = "in ${a} out"\n',
            "line 4: [b] y: a section cannot be inserted into a string, got '\"in ${a} out\"'; refer to one value",
        ),
    ],
)
def test_a_broken_reference_names_its_key(text: str, message: str):
    assert raises(text) == [message]


def test_all_mistakes_of_a_text_are_told_at_once():
    assert len(raises("[a]\nx\ny\n[a]\nz = 1\n")) == 3
    assert len(raises("[a]\nx = ${q.r}\ny = ${s.t}\n")) == 2


def test_a_broken_reference_is_no_mistake_before_it_is_followed():
    config = Config().from_str("[a]\nx = ${b.y}\n", interpolate=False)

    assert config["a"]["x"] == "${b.y}"


def test_an_unreadable_file_is_named(tmp_path: Path):
    missing, binary = tmp_path / "no.cfg", tmp_path / "model.bin"
    binary.write_bytes(b"[a]\nx = \xff\xfe")

    with pytest.raises(ConfigError) as no_file:
        Config().from_disk(missing)
    with pytest.raises(ConfigError) as no_text:
        Config().from_disk(binary)

    reason = "the config cannot be read, got 'No such file or directory'; check the path"
    assert str(no_file.value) == f"{missing}: {reason}"
    assert str(no_text.value) == f"{binary}:2: a config is UTF-8 text, got byte 0xff; is this the right file?"


def test_a_file_is_written_whole_and_reads_back(tmp_path: Path):
    path = tmp_path / "out.cfg"
    path.write_text("old")

    Config({"a": {"x": "é"}}).to_disk(path)

    assert path.read_text("utf8") == '[a]\nx = "\\u00e9"\n'
    assert [file.name for file in tmp_path.iterdir()] == ["out.cfg"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    path = tmp_path / "no" / "out.cfg"

    with pytest.raises(CheckpointError) as caught:
        Config({"a": {}}).to_disk(path)

    reason = "the config cannot be written, got 'No such file or directory'; check the folder"
    assert str(caught.value) == f"{path}: {reason}"


def test_a_value_that_is_no_json_is_refused():
    with pytest.raises(ConfigError, match=r"\[a\] x: a config can only have JSON values, got <object"):
        Config({"a": {"x": object()}}).to_str()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\nx.y = 1\n", "line 2: [a]: a key must not have dots, got 'x.y'; use a section instead"),
        ("[a]\n.x = 1\n", "line 2: [a]: a key must not have dots, got '.x'; use a section instead"),
        ("[a]\nx. = 1\n", "line 2: [a]: a key must not have dots, got 'x.'; use a section instead"),
        (
            "[a]\nx\0y = 1\n",
            "line 2: [a]: a key must not have unprintable characters, got 'x\\x00y'; remove them",
        ),
        ("[a\x07]\n", "line 1: invalid section name, got 'a\\x07'"),
        ("[a]\nx = 1\n[a.x.y]\nz = 1\n", "line 3: [a.x.y]: is nested in 'a.x', which is a value; keep one"),
        (f"[{'a.' * 70}b]\n", "line 1: sections are nested more than 64 levels deep, got 'a.a.a."),
        (f"[{'[' * 9000}\n", "line 1: not a section header, got '[[[["),
        (f"[a]\n{'9' * 9000}\n", "line 2: neither a section nor a value, got '9999"),
        (f"[a]\nx = {'[' * 300}{']' * 300}\n", "nested more than 100 levels deep"),
        ("[a]\nx = " + '{"a":' * 900 + "1" + "}" * 900, "nested more than 100 levels deep"),
    ],
)
def test_a_shape_that_no_config_has_is_named_in_few_words(text, message):
    with pytest.raises(ConfigError) as error:
        Config().from_str(text)

    assert message in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("n", [100, 3000])
def test_a_circle_of_many_variables_is_named_by_its_beginning(n):
    lines = [f"x{i} = ${{a.x{(i + 1) % n}}}" for i in range(n)]

    with pytest.raises(ConfigError) as error:
        Config().from_str("[a]\n" + "\n".join(lines))

    assert str(error.value) == (
        "line 2: [a] x0: refers to itself, got a.x0 -> a.x1 -> a.x2 -> a.x3 -> a.x4 -> a.x5 -> a.x6 -> a.x7 -> ... "
        "-> a.x0; set a value"
    )
