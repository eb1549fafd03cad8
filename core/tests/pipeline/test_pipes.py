"""The ordered list of components, as `Language` shows it."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.errors import ConfigError, UnknownName
from kernel.pipeline.language import Language


@pytest.fixture
def three(nlp: Language) -> Language:
    for name in ("one", "two", "three"):
        nlp.add_pipe("toy_upstream", name=name)
    return nlp


def test_components_stand_in_the_order_in_which_they_were_added(three: Language) -> None:
    assert three.pipe_names == ["one", "two", "three"]
    assert three.component_names == ["one", "two", "three"]
    assert [name for name, _ in three.pipeline] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"first": True}, ["new", "one", "two", "three"]),
        ({"last": True}, ["one", "two", "three", "new"]),
        ({"before": "two"}, ["one", "new", "two", "three"]),
        ({"after": "two"}, ["one", "two", "new", "three"]),
        ({"before": 0}, ["new", "one", "two", "three"]),
        ({"after": 2}, ["one", "two", "three", "new"]),
    ],
)
def test_a_component_goes_where_it_is_put(
    three: Language, place: dict[str, Any], expected: list[str]
) -> None:
    three.add_pipe("toy_upstream", name="new", **place)

    assert three.pipe_names == expected


def test_a_component_has_one_place_only(three: Language) -> None:
    with pytest.raises(ConfigError, match="expected one position for 'new', got"):
        three.add_pipe("toy_upstream", name="new", before="one", last=True)


def test_a_place_beyond_the_pipeline_is_refused(three: Language) -> None:
    with pytest.raises(ConfigError, match="got index 3; use the name of a component, or 0 to 2"):
        three.add_pipe("toy_upstream", name="new", before=3)


def test_a_name_is_given_once(three: Language) -> None:
    with pytest.raises(ConfigError) as error:
        three.add_pipe("toy_upstream", name="two")

    assert str(error.value) == (
        "pipeline: a component with this name exists already, got 'two'; "
        "choose another, these are taken: one, two, three"
    )


def test_an_unknown_component_is_named_with_the_nearest(three: Language) -> None:
    with pytest.raises(UnknownName) as error:
        three.get_pipe("thre")

    assert str(error.value) == "pipeline: unknown component 'thre'; did you mean 'three'?"


def test_an_unknown_component_of_an_empty_pipeline_says_so(nlp: Language) -> None:
    with pytest.raises(UnknownName, match="unknown component 'tagger'; the pipeline is empty"):
        nlp.remove_pipe("tagger")


def test_removing_gives_the_component_back(three: Language) -> None:
    two = three.get_pipe("two")

    assert three.remove_pipe("two") == ("two", two)
    assert three.pipe_names == ["one", "three"]


def test_renaming_keeps_place_and_state(three: Language) -> None:
    three.disable_pipe("two")

    three.rename_pipe("two", "zwei")

    assert three.component_names == ["one", "zwei", "three"]
    assert three.disabled == ["zwei"]
    assert three.get_pipe("zwei").name == "zwei"


def test_renaming_takes_the_initialize_settings_along(three: Language) -> None:
    three.config["initialize"]["components"]["two"] = {"labels": ["x"]}

    three.rename_pipe("two", "zwei")

    assert three.config["initialize"]["components"] == {"zwei": {"labels": ["x"]}}


def test_replacing_keeps_the_place(three: Language) -> None:
    new = three.replace_pipe("two", "toy_upstream", config={"value": 7.0})

    assert three.pipe_names == ["one", "two", "three"]
    assert three.get_pipe("two") is new
    assert new.value == 7.0


def test_replacing_what_is_not_there_is_refused(three: Language) -> None:
    with pytest.raises(UnknownName, match="unknown component 'four'"):
        three.replace_pipe("four", "toy_upstream")


def test_disabled_components_stay_and_are_out_of_use(three: Language) -> None:
    three.disable_pipe("two")

    assert three.pipe_names == ["one", "three"]
    assert three.component_names == ["one", "two", "three"]
    assert not three.has_pipe("two")

    three.enable_pipe("two")

    assert three.pipe_names == ["one", "two", "three"]


def test_a_block_without_some_components_ends_with_all(three: Language) -> None:
    with three.select_pipes(disable=["one", "two"]) as off:
        assert three.pipe_names == ["three"]
        assert off == ["one", "two"]

    assert three.pipe_names == ["one", "two", "three"]


def test_a_block_with_one_component_restores_only_what_it_switched_off(three: Language) -> None:
    three.disable_pipe("one")

    with three.select_pipes(enable="two"):
        assert three.pipe_names == ["two"]

    assert three.pipe_names == ["two", "three"]


def test_a_selection_can_be_restored_without_a_block(three: Language) -> None:
    off = three.select_pipes(enable=["one"])

    off.restore()

    assert three.pipe_names == ["one", "two", "three"]


def test_a_selection_of_nothing_and_a_contradiction_are_refused(three: Language) -> None:
    with pytest.raises(ConfigError, match="expected enable or disable, got neither"):
        three.select_pipes()
    with pytest.raises(ConfigError, match="both enabled and disabled, got 'one'"):
        three.select_pipes(enable=["one"], disable=["one", "two", "three"])
    with pytest.raises(ConfigError, match="neither enabled nor disabled, got 'three'"):
        three.select_pipes(enable=["one"], disable=["two"])
    with pytest.raises(UnknownName, match="unknown component 'onne'; did you mean 'one'"):
        three.select_pipes(enable=["onne"])


def test_components_are_out_of_use_for_a_while(three: Language) -> None:
    with three.disable_pipes("one", "three") as disabled:
        assert three.pipe_names == ["two"]
        assert disabled == ["one", "three"]
    assert three.pipe_names == ["one", "two", "three"]

    three.disable_pipes(["one"]).restore()

    assert three.pipe_names == ["one", "two", "three"]


def test_a_component_is_copied_without_being_added(three: Language) -> None:
    component, factory = three.create_pipe_from_source("two", three, name="copy")

    assert (component.name, factory) == ("copy", "toy_upstream")
    assert component is not three.get_pipe("two")
    assert three.pipe_names == ["one", "two", "three"]
