"""The check of components finds one that does not learn, keep or return what it should."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.contracts import factory
from kernel.pipeline.components.component import Component
from kernel.registry import registry
from kernel.testing import check_component, check_names
from kernel.testing.models.learner import examples
from kernel.tokens import Doc


class Shouter(Component):
    """Sets the NORM of each token to its upper case."""

    def predict(self, docs: Any) -> Any:
        """Shout."""
        return [[token.text.upper() for token in doc] for doc in docs]

    def set_annotations(self, docs: Any, predictions: Any) -> None:
        """Keep what was shouted."""
        for doc, words in zip(docs, predictions, strict=True):
            doc.set_column("LEMMA", doc.vocab.strings.add_all(words))


class Forgetful(Shouter):
    """Returns a copy."""

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a copy."""
        return super().__call__(doc.copy())


class Batchy(Shouter):
    """Says something else in a batch."""

    def predict(self, docs: Any) -> Any:
        """Whisper in a crowd."""
        whisper = len(docs) > 1
        return [[token.text if whisper else token.text.upper() for token in doc] for doc in docs]


class Judge(Component):
    """Gives each document a category that depends, a little, on how many are judged at once."""

    #: How much.
    doubt = 0.0

    def predict(self, docs: Any) -> Any:
        """Judge."""
        return [0.5 + self.doubt * len(docs) for _ in docs]

    def set_annotations(self, docs: Any, predictions: Any) -> None:
        """Keep the judgement."""
        for doc, score in zip(docs, predictions, strict=True):
            doc.cats["good"] = score


class Rounding(Judge):
    """Differs as sums of floats do."""

    doubt = 1e-6


class Moody(Judge):
    """Differs by more."""

    doubt = 1e-3


def register(name: str, component: type[Component], **facts: Any) -> None:
    """Register a component class as a factory."""

    @factory(name, **facts)
    def build(nlp: object, name: str) -> Component:
        """Make the component."""
        return component(name)

    registry.factories.register(name, func=build)


def test_a_good_component_passes_and_its_pipeline_comes_back() -> None:
    register("shouter", Shouter, assigns=["token.lemma"])

    nlp = check_component("shouter", examples)

    assert [token.lemma_ for token in nlp("a bird")] == ["A", "BIRD"]


def test_scores_of_categories_may_differ_by_rounding() -> None:
    register("rounding", Rounding)

    nlp = check_component("rounding", examples)

    assert nlp("a bird").cats == {"good": pytest.approx(0.5, abs=1e-5)}


@pytest.mark.parametrize(
    ("component", "facts", "message"),
    [
        (Forgetful, {}, "for 0 tokens it returns another document"),
        (Batchy, {}, "the annotation of a single document differs from that in a batch"),
        (Moody, {}, "the annotation of a single document differs from that in a batch"),
        (
            Shouter,
            {"default_score_weights": {"loud": 1.0}},
            r"it does not return scores that have a weight: \['loud'\]",
        ),
    ],
)
def test_a_bad_component_is_found(component: Any, facts: dict[str, Any], message: str) -> None:
    register("bad", component, **facts)

    with pytest.raises(AssertionError, match=message):
        check_component("bad", examples)


def test_a_factory_that_states_nothing_is_found() -> None:
    registry.factories.register("silent", func=lambda nlp, name: Shouter(name))

    with pytest.raises(
        AssertionError, match=r"^silent: decorate the function with @kernel\.contracts\.factory"
    ):
        check_component("silent", examples)


def test_a_plugin_that_is_not_installed_has_no_names() -> None:
    with pytest.raises(AssertionError, match="unknown plugin 'nowhere'"):
        check_names("nowhere")
