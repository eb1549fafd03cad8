"""Resolving: objects out of sections, each made once, and failures that name their section."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel, StrictBool

from kernel.config import Config, fill_config
from kernel.config.resolve import call, resolve
from kernel.errors import ConfigAddress, ConfigError, DataError, UnknownName
from kernel.registry import registry


def raw(text: str) -> Config:
    return Config().from_str(text, interpolate=False)


def block(**arguments: Any) -> dict[str, Any]:
    return {"x": {"block": arguments}}


def test_blocks_become_what_their_functions_return():
    config = raw(
        '[a]\nn = 2\n\n[a.net]\n@architectures = "test.Linear.v1"\n\n'
        '[a.net.encode]\n@architectures = "test.Encoder.v1"\nwidth = ${a.n}\n'
    )

    assert resolve(config, "a") == {"n": 2, "net": ("encoder 2 x 4", None)}
    assert resolve(config, "a.net.encode") == "encoder 2 x 4"


def test_positional_arguments_keep_their_order():
    config = raw(
        '[a]\n\n[a.net]\n@architectures = "test.Chain.v1"\n\n[a.net.*.b]\n'
        '@architectures = "test.Encoder.v1"\nwidth = 1\n\n'
        '[a.net.*.a]\n@architectures = "test.Encoder.v1"\nwidth = 2\n'
    )

    assert resolve(config, "a.net") == "encoder 1 x 4 >> encoder 2 x 4"
    assert resolve(raw(config.to_str()), "a.net") == "encoder 1 x 4 >> encoder 2 x 4"


def test_a_schedule_fits_where_a_number_does(base: str):
    config = fill_config(raw(base))

    training = resolve(config, "training")

    size, tolerance = training["batcher"]([])
    assert isinstance(size, Iterator)
    assert next(size) == 100
    assert tolerance == 0.2


def test_a_function_is_called_once_for_each_block():
    calls = []
    registry.misc("test.count.v1", func=lambda: calls.append(1))

    resolve({"a": {"b": {"@misc": "test.count.v1"}, "c": {"@misc": "test.count.v1"}}}, "a")

    assert len(calls) == 2


def test_a_section_becomes_the_model_that_the_function_asks_for():
    registry.misc("test.settings.v1", func=_settings)

    assert resolve(block(**{"@misc": "test.settings.v1", "settings": {"size": 5}}), "x.block") == 5


class Settings(BaseModel):
    size: int


def _settings(settings: Settings) -> int:
    return settings.size


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"@architectures": "test.Encoder.v1", "width": 2000},
            "[x.block]: 'test.Encoder.v1' failed, got ValueError: too wide; check its values",
        ),
        (
            {"@architectures": "test.Encoder.v1", "width": "a"},
            "[x.block] width: expected an int, got 'a'",
        ),
        (
            {"@architectures": "test.Encoder.v1", "widht": 1},
            "[x.block] widht: no such argument of 'test.Encoder.v1', got 1; did you mean 'width'?",
        ),
        (
            {"@architectures": "test.Encoder.v1"},
            "[x.block] width: 'test.Encoder.v1' requires this argument, got nothing; set it to an int",
        ),
        (
            {"@architectures": "test.Linear.v1", "encode": {"@schedules": "constant.v1", "rate": 1.0}},
            "[x.block] encode: expected a string, got <generator>",
        ),
    ],
)
def test_a_failure_names_its_section(arguments: dict[str, Any], message: str):
    with pytest.raises(ConfigError) as caught:
        resolve(block(**arguments), "x")

    assert re.sub(r"<generator.*>", "<generator>", str(caught.value)) == message


def test_a_section_is_no_list_of_its_keys():
    def words(labels: Iterable[str] | None = None) -> list[str]:
        return list(labels or ())

    registry.misc("test.words.v1", func=words)

    with pytest.raises(
        ConfigError, match=r"^\[x\.block\] labels: expected a list of strings or null, got a section$"
    ):
        resolve(block(**{"@misc": "test.words.v1", "labels": {"a": 1}}), "x")


def test_an_unknown_name_is_an_unknown_name():
    with pytest.raises(UnknownName, match=r"^\[x.block\] @architectures: unknown name 'test.Enc.v1'"):
        resolve(block(**{"@architectures": "test.Enc.v1"}), "x")


def test_an_error_of_the_house_keeps_its_class_and_gains_an_address():
    def read() -> None:
        raise DataError("train.jsonl:3: no text")

    registry.misc("test.read.v1", func=read)

    with pytest.raises(DataError, match=r"^\[x.block\]: train.jsonl:3: no text$"):
        resolve(block(**{"@misc": "test.read.v1"}), "x")


def test_a_value_in_a_section_is_refused_at_its_own_key():
    def sized(sizes: dict[str, int]) -> None: ...

    registry.misc("test.sized.v1", func=sized)

    with pytest.raises(ConfigError, match=r"^\[x\.block\.sizes\] b: expected an int, got 'big'$"):
        resolve(block(**{"@misc": "test.sized.v1", "sizes": {"a": 1, "b": "big"}}), "x")


def test_an_error_that_names_a_section_of_the_block_gains_its_line_alone():
    def group(parts: dict) -> None:
        raise ConfigError("too large", where=ConfigAddress("x.block.parts.one", "size"))

    registry.misc("test.group.v1", func=group)
    text = '[x]\n[x.block]\n@misc = "test.group.v1"\n[x.block.parts]\n[x.block.parts.one]\nsize = 3\n'

    with pytest.raises(ConfigError, match=r"^line 5: \[x\.block\.parts\.one\] size: too large$"):
        resolve(Config().from_str(text), "x")


def test_the_line_is_named_where_it_is_known():
    with pytest.raises(ConfigError) as caught:
        resolve(raw('[a]\n\n[a.b]\n@architectures = "test.Encoder.v1"\nwidth = 2000\n'), "a")

    assert str(caught.value).startswith("line 3: [a.b]: 'test.Encoder.v1' failed")


def test_a_missing_section_is_named():
    with pytest.raises(
        ConfigError, match=r"^\[a.b\]: the config has no such section, 'b' is missing; add it$"
    ):
        resolve({"a": {}}, "a.b")


def test_a_function_may_be_given_what_the_config_does_not_hold():
    def factory(nlp: str, size: int) -> tuple[str, int]:
        return nlp, size

    assert call(factory, {"size": 5}, name="sized", section="components.x", nlp="nlp") == ("nlp", 5)
    with pytest.raises(ConfigError, match=r"^\[components.x\] size: expected an int, got 'a'$"):
        call(factory, {"size": "a"}, name="sized", section="components.x", nlp="nlp")


@pytest.mark.parametrize(("written", "meant"), [(1, True), (0, False), (True, True)])
def test_a_plain_bool_may_be_written_as_a_number(written: Any, meant: bool):
    def switch(on: bool) -> list[Any]:
        return [on]

    made = call(switch, {"on": written}, name="switch", section="a")

    assert made[0] is meant


@pytest.mark.parametrize("written", [2, -1, "true", 1.0])
def test_what_is_neither_true_nor_false_is_no_bool(written: Any):
    def switch(on: bool) -> bool:
        return on

    with pytest.raises(ConfigError, match=r"\[a\] on: expected true or false, got "):
        call(switch, {"on": written}, name="switch", section="a")


def test_a_strict_bool_takes_no_number():
    def switch(on: StrictBool) -> bool:
        return on

    with pytest.raises(ConfigError, match=r"\[a\] on: expected true or false, got 1"):
        call(switch, {"on": 1}, name="switch", section="a")
