"""Factories: declared by decorator, found by name, called with checked settings."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.contracts import FactoryMeta
from kernel.errors import ConfigError, UnknownName
from kernel.pipeline.language import Language
from kernel.text.doc.doc import Doc


class Suffixed:
    """Adds a suffix to the text that it notes."""

    def __init__(self, name: str, suffix: str) -> None:
        self.name = name
        self.suffix = suffix

    def __call__(self, doc: Doc) -> Doc:
        doc.user_data[self.name] = doc.text + self.suffix
        return doc


@pytest.fixture
def suffixed() -> str:
    @Language.factory(
        "toy_suffixed",
        default_config={"suffix": "!"},
        assigns=["doc.user_data"],
        default_score_weights={"suffix_acc": 0.5, "suffix_per_type": None},
    )
    def make(nlp: Language, name: str, suffix: str) -> Suffixed:
        return Suffixed(name, suffix)

    return "toy_suffixed"


def test_a_declared_factory_makes_components_with_its_defaults(nlp: Language, suffixed: str) -> None:
    component = nlp.add_pipe(suffixed)

    assert component.suffix == "!"
    assert nlp("hello").user_data["toy_suffixed"] == "hello!"


def test_settings_go_over_the_defaults(nlp: Language, suffixed: str) -> None:
    nlp.add_pipe(suffixed, name="first", config={"suffix": "?"})
    nlp.add_pipe(suffixed, name="second")

    doc = nlp("hello")

    assert (doc.user_data["first"], doc.user_data["second"]) == ("hello?", "hello!")
    assert nlp.get_pipe_config("first") == {"factory": "toy_suffixed", "suffix": "?"}
    assert nlp.pipe_factories == {"first": "toy_suffixed", "second": "toy_suffixed"}


def test_what_a_factory_states_can_be_read(nlp: Language, suffixed: str) -> None:
    nlp.add_pipe(suffixed)

    meta = nlp.get_pipe_meta(suffixed)

    assert Language.get_factory_meta(suffixed) == meta
    assert meta.assigns == ("doc.user_data",)
    assert meta.scores == ("suffix_acc", "suffix_per_type")
    assert Language.has_factory(suffixed)
    assert not Language.has_factory("nobody_knows_this")


def test_the_weights_of_new_components_join_the_config_once(nlp: Language, suffixed: str) -> None:
    nlp.add_pipe(suffixed)
    nlp.add_pipe("toy_tagger")

    first = dict(nlp.config["training"]["score_weights"])

    assert first == {"suffix_acc": 0.33, "suffix_per_type": None, "tag_acc": 0.67, "tag_micro_p": None}
    assert nlp.config["training"]["score_weights"] == first


def test_a_function_becomes_a_component(nlp: Language) -> None:
    @Language.component("toy_counter", assigns=["doc.user_data"])
    def count(doc: Doc) -> Doc:
        doc.user_data["n"] = len(doc)
        return doc

    nlp.add_pipe("toy_counter")

    assert nlp("a b c").user_data["n"] == 3
    assert nlp.get_pipe("toy_counter") is count
    assert nlp.get_pipe_meta("toy_counter").assigns == ("doc.user_data",)


def test_one_function_can_have_two_names_with_two_statements(nlp: Language) -> None:
    def make(nlp: Language, name: str, suffix: str) -> Suffixed:
        return Suffixed(name, suffix)

    Language.factory("toy_question", default_config={"suffix": "?"}, func=make)
    Language.factory("toy_dots", default_config={"suffix": "..."}, func=make)

    assert nlp.add_pipe("toy_question").suffix == "?"
    assert nlp.add_pipe("toy_dots").suffix == "..."
    assert nlp.get_pipe_meta("toy_question").name == "toy_question"


def test_a_language_prefers_its_own_variant(nlp: Language) -> None:
    @Language.factory("toy_variant", default_config={"suffix": "!"})
    def make(nlp: Language, name: str, suffix: str) -> Suffixed:
        return Suffixed(name, suffix)

    @type(nlp).factory("toy_variant", default_config={"suffix": " (plain)"})
    def make_plain(nlp: Language, name: str, suffix: str) -> Suffixed:
        return Suffixed(name, suffix)

    class Other(Language):
        lang = "other"

    assert nlp.add_pipe("toy_variant").suffix == " (plain)"
    assert Other().add_pipe("toy_variant").suffix == "!"


def test_an_unknown_factory_names_section_and_nearest(nlp: Language, suffixed: str) -> None:
    with pytest.raises(
        UnknownName, match=r"\[components\.toy_sufixed\] factory: unknown name 'toy_sufixed'.*'toy_suffixed'"
    ):
        nlp.add_pipe("toy_sufixed")


def test_an_unknown_setting_names_section_and_nearest(nlp: Language, suffixed: str) -> None:
    with pytest.raises(ConfigError, match=r"\[components\.toy_suffixed\] sufix: .*did you mean 'suffix'"):
        nlp.add_pipe(suffixed, config={"sufix": "?"})


def test_a_setting_of_the_wrong_type_is_named(nlp: Language, suffixed: str) -> None:
    with pytest.raises(ConfigError, match=r"\[components\.toy_suffixed\] suffix: expected .*got 3"):
        nlp.add_pipe(suffixed, config={"suffix": 3})


def test_a_function_in_place_of_a_name_is_refused_with_the_decorator(nlp: Language) -> None:
    with pytest.raises(ConfigError, match=r"declare the function with @Language\.component\('name'\)"):
        nlp.add_pipe(lambda doc: doc)  # type: ignore[arg-type]


def test_a_factory_that_returns_nothing_is_named(nlp: Language) -> None:
    Language.factory("toy_nothing", func=lambda nlp, name: None)

    with pytest.raises(
        ConfigError, match=r"toy_nothing\]: a component must be callable with a Doc, got None"
    ):
        nlp.add_pipe("toy_nothing")


def test_a_factory_that_does_not_take_nlp_and_name_is_refused_when_it_is_declared() -> None:
    with pytest.raises(
        ConfigError,
        match=r"^factory 'toy_short': expected the arguments nlp and name, got \(nlp\); write def make",
    ):
        Language.factory("toy_short", func=lambda nlp: len)


def test_a_factory_that_raises_is_named_with_its_section(nlp: Language) -> None:
    def fail(nlp: Any, name: str) -> Any:
        raise RuntimeError("no model here")

    Language.factory("toy_failing", func=fail)

    with pytest.raises(ConfigError, match=r"\[components\.toy_failing\].*RuntimeError: no model here"):
        nlp.add_pipe("toy_failing")


def test_a_decorator_without_a_name_says_how_to_write_it() -> None:
    with pytest.raises(
        ConfigError, match=r"expected a name, got <function .*write @Language\.factory\('name'\)"
    ):
        Language.component(lambda doc: doc)(lambda doc: doc)  # type: ignore[arg-type]


def test_a_name_with_a_dot_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"the name must not contain a dot, got 'en\.tagger'"):
        Language.factory("en.tagger")(lambda nlp, name: None)


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected a function, got 3"):
        Language.factory("toy_three", func=3)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="default_config must be a dictionary, got 3"):
        Language.factory("toy_three", default_config=3)(lambda nlp, name: None)  # type: ignore[arg-type]


def test_what_a_factory_states_can_be_changed(nlp: Language, suffixed: str) -> None:
    Language.set_factory_meta(suffixed, FactoryMeta(suffixed, {"suffix": "."}, requires=("token.tag",)))

    assert nlp.get_factory_meta(suffixed).requires == ("token.tag",)
    assert nlp.add_pipe(suffixed).suffix == "."
    with pytest.raises(ConfigError, match=r"factory 'toy_suffixed': expected a FactoryMeta, got \{\}"):
        Language.set_factory_meta(suffixed, {})  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="toy_sufixed"):
        Language.set_factory_meta("toy_sufixed", FactoryMeta("toy_sufixed"))


def test_a_languages_own_variant_of_a_factory_has_a_name() -> None:
    class Own(Language):
        lang = "xo"

    assert Own.get_factory_name("tagger") == "xo.tagger"
    assert Language.get_factory_name("tagger") == "tagger"
