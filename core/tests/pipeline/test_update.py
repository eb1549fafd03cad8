"""One batch through the components: what each sees, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kernel.errors import DataError, NotFinite
from kernel.pipeline.components.component import Component
from kernel.pipeline.language import Language
from kernel.pipeline.run.failures import ignore_error
from kernel.pipeline.run.update import accumulate
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example

MakeExamples = Callable[[Language], list[Example]]


@pytest.fixture
def shared(nlp: Language) -> Language:
    nlp.add_pipe("toy_upstream", name="up")
    nlp.add_pipe("toy_listener", name="left")
    nlp.add_pipe("toy_listener", name="right", config={"upstream": "up"})
    return nlp


def run(nlp: Language, examples: list[Example], **options: Any) -> dict[str, float]:
    return accumulate(nlp.pipeline, examples, **options)


def test_listeners_hear_the_upstream_and_their_gradients_are_summed(
    shared: Language, make_examples: MakeExamples
) -> None:
    losses = run(shared, make_examples(shared)[:2])

    up, left, right = (shared.get_pipe(name) for name in ("up", "left", "right"))
    assert left.heard == right.heard == [[[-1.0, -1.0, -1.0], [-1.0, -1.0]]]
    assert [array.tolist() for array in up.gradients[0]] == [[2.0, 2.0, 2.0], [2.0, 2.0]]
    assert losses == {"up": 0.0, "left": 1.0, "right": 1.0}


def test_the_upstream_learns_once_per_batch(shared: Language, make_examples: MakeExamples) -> None:
    run(shared, make_examples(shared))
    run(shared, make_examples(shared))

    assert len(shared.get_pipe("up").gradients) == 2


def test_a_frozen_upstream_is_still_heard(shared: Language, make_examples: MakeExamples) -> None:
    losses = run(shared, make_examples(shared)[:1], exclude=["up"])

    assert shared.get_pipe("left").heard == [[[1.0, 1.0, 1.0]]]
    assert shared.get_pipe("up").gradients == []
    assert shared.get_pipe("up").n_predictions == 1
    assert "up" not in losses


def test_the_nearest_upstream_is_heard_though_it_is_frozen_and_another_learns(
    nlp: Language, make_examples: MakeExamples
) -> None:
    nlp.add_pipe("toy_upstream", name="far", config={"value": 5.0})
    nlp.add_pipe("toy_upstream", name="near", config={"value": 2.0})
    nlp.add_pipe("toy_listener", name="listener")

    run(nlp, make_examples(nlp)[:1], exclude=["near"])

    assert nlp.get_pipe("listener").heard == [[[2.0, 2.0, 2.0]]]
    assert nlp.get_pipe("far").gradients == []


def test_a_frozen_upstream_that_nobody_hears_does_not_run(
    shared: Language, make_examples: MakeExamples
) -> None:
    run(shared, make_examples(shared), exclude=["up", "left", "right"])

    assert shared.get_pipe("up").n_predictions == 0


def test_annotations_come_from_predictions_and_not_from_training_outputs(
    shared: Language, make_examples: MakeExamples
) -> None:
    seen: list[Any] = []
    component = shared.get_pipe("right")
    component.update = lambda examples, **_: seen.extend(eg.predicted.user_data["left"] for eg in examples)

    run(shared, make_examples(shared)[:2], annotates=["left"])

    assert seen == [[1.0, 1.0, 1.0], [1.0, 1.0]]
    assert len(shared.get_pipe("up").gradients) == 1


def test_annotating_leaves_the_given_examples_alone(shared: Language, make_examples: MakeExamples) -> None:
    examples = make_examples(shared)

    run(shared, examples, annotates=["up", "left"])

    assert [eg.predicted.user_data for eg in examples] == [{}, {}, {}, {}]


def test_learning_goes_on_with_documents_that_could_not_be_annotated(
    shared: Language, make_examples: MakeExamples
) -> None:
    class OnlyCats(Component):
        def __call__(self, doc: Doc) -> Doc:
            if "cat" not in doc.text:
                raise ValueError("no cat")
            doc.user_data["seen"] = True
            return doc

    seen: list[Any] = []
    Language.factory("toy_only_cats", func=lambda nlp, name: OnlyCats(name))
    shared.add_pipe("toy_only_cats", first=True).set_error_handler(ignore_error)
    shared.get_pipe("right").update = lambda examples, **_: seen.extend(
        eg.predicted.user_data.get("seen") for eg in examples
    )

    run(shared, make_examples(shared)[:2], annotates=["toy_only_cats"])

    assert seen == [True, None]


def test_a_frozen_component_can_annotate(shared: Language, make_examples: MakeExamples) -> None:
    run(shared, make_examples(shared), exclude=["left"], annotates=["left"])

    assert shared.get_pipe("left").heard == []
    assert shared.get_pipe("up").n_predictions == 1


def test_no_examples_give_no_losses(shared: Language) -> None:
    assert run(shared, []) == {}


def test_losses_are_added_to_those_given(trained: Language, make_examples: MakeExamples) -> None:
    once = run(trained, make_examples(trained))["tagger"]
    losses = {"tagger": 10.0}

    run(trained, make_examples(trained), losses=losses)

    assert losses["tagger"] == pytest.approx(10.0 + once)


def test_gradients_add_up_over_batches_until_the_step(trained: Language, make_examples: MakeExamples) -> None:
    examples = make_examples(trained)
    linear = trained.get_pipe("tagger").model.layers[-1].layers[0]
    trained.update(examples, sgd=False)
    whole = linear.get_grad("W").copy()
    trained.get_pipe("tagger").finish_update(lambda key, weights, gradient: (weights, gradient * 0))
    linear.set_grad("W", whole * 0)

    trained.update(examples[:1], sgd=False)
    trained.update(examples[1:], sgd=False)

    np.testing.assert_allclose(linear.get_grad("W"), whole, rtol=1e-5, atol=1e-7)


def test_update_learns(trained: Language) -> None:
    assert [token.tag_ for token in trained("the cat sat")] == ["D", "N", "V"]


def test_update_without_an_optimizer_makes_one(nlp: Language, make_examples: MakeExamples) -> None:
    nlp.add_pipe("toy_tagger", name="tagger")
    examples = make_examples(nlp)
    nlp.initialize(lambda: examples)
    before = nlp.to_bytes()

    nlp.update(examples)

    assert nlp.to_bytes() != before


def test_an_excluded_component_does_not_change(trained: Language, make_examples: MakeExamples) -> None:
    before = trained.get_pipe("tagger").to_bytes()

    losses = trained.update(make_examples(trained), exclude=["tagger"])

    assert trained.get_pipe("tagger").to_bytes() == before
    assert losses == {}


def test_a_loss_that_is_not_a_number_names_its_component(
    trained: Language, make_examples: MakeExamples
) -> None:
    tagger = trained.get_pipe("tagger")
    tagger.get_loss = lambda examples, scores: (float("nan"), scores)

    with pytest.raises(NotFinite) as error:
        trained.update(make_examples(trained))

    assert str(error.value) == (
        "tagger: the loss is nan; lower training.optimizer.learn_rate, or check the data"
    )


@pytest.mark.parametrize("examples", [["a text"], "a text", [("a text", {"tags": []})], iter([])])
def test_what_is_no_list_of_examples_is_refused_with_the_way_to_make_one(
    trained: Language, examples: Any
) -> None:
    with pytest.raises(
        DataError, match=r"make them with Example\.from_dict\(nlp\.make_doc\(text\), annotations\)"
    ):
        trained.update(examples)


def test_texts_and_annotations_side_by_side_are_refused(trained: Language) -> None:
    with pytest.raises(DataError, match="expected a list of Example objects, got"):
        trained.update(["a text"], [{"tags": ["D", "N"]}])


def test_the_drop_rate_reaches_components_and_can_differ_for_one(
    nlp: Language, make_examples: MakeExamples
) -> None:
    seen: dict[str, float] = {}
    for name in ("one", "two"):
        component = nlp.add_pipe("toy_upstream", name=name)
        component.update = lambda examples, drop, name=name, **_: seen.update({name: drop})

    nlp.update(make_examples(nlp), drop=0.2, component_cfg={"two": {"drop": 0.5}}, sgd=False)

    assert seen == {"one": 0.2, "two": 0.5}


def test_rehearsal_runs_the_components_that_can(nlp: Language, make_examples: MakeExamples) -> None:
    component = nlp.add_pipe("toy_upstream", name="one")
    component.rehearse = lambda examples, losses, **_: losses.update(one=float(len(examples)))

    assert nlp.rehearse(make_examples(nlp), sgd=False) == {"one": 4.0}
