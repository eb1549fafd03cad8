"""What every component with a model can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from thinc.api import Linear, Model

from kernel.errors import CheckpointError, DataError, ModelError
from kernel.pipeline import Component, Pipe, TrainableComponent, TrainablePipe
from kernel.pipeline.language import Language
from kernel.text.vocab.vocab import Vocab


class Silent(TrainableComponent):
    """Predicts, and writes nothing."""

    def set_annotations(self, docs: Any, predictions: Any) -> None:
        pass


@pytest.fixture
def component() -> TrainableComponent:
    return Silent(Vocab(), Linear(None, 2), "silent", labels=["A"], threshold=0.5)


def test_labels_keep_the_order_in_which_they_were_added(component: TrainableComponent) -> None:
    assert [component.add_label(label) for label in ("C", "B", "C")] == [1, 1, 0]

    assert component.labels == ("A", "C", "B")
    assert component.label_data == ["A", "C", "B"]
    assert "B" in component.vocab.strings


def test_a_label_must_be_a_text(component: TrainableComponent) -> None:
    with pytest.raises(ModelError, match="silent: expected a label as str, got 3"):
        component.add_label(3)  # type: ignore[arg-type]


def test_a_model_with_a_fixed_output_takes_no_further_label(component: TrainableComponent) -> None:
    component.model.set_dim("nO", 1)

    assert not component.is_resizable
    with pytest.raises(
        ModelError, match="silent: no label can be added to a model with a fixed output, got 'B'"
    ):
        component.add_label("B")


def test_a_model_that_can_grow_does(component: TrainableComponent) -> None:
    sizes: list[int] = []
    component.model.set_dim("nO", 1)
    component.model.attrs["resize_output"] = lambda model, size: sizes.append(size)

    component.add_label("B")

    assert sizes == [2]
    assert component.labels == ("A", "B")


def test_settings_and_weights_return_from_a_folder(component: TrainableComponent, tmp_path: Path) -> None:
    component.model.set_dim("nO", 3)
    component.model.initialize()
    other = Silent(Vocab(), Linear(None, 2), "other")

    component.to_disk(tmp_path)
    other.from_disk(tmp_path)

    assert other.cfg == {"labels": ["A"], "threshold": 0.5}
    assert "A" in other.vocab.strings
    np.testing.assert_array_equal(other.model.get_param("W"), component.model.get_param("W"))


def test_parts_can_be_left_out(component: TrainableComponent, tmp_path: Path) -> None:
    component.to_disk(tmp_path, exclude=["model"])

    assert [path.name for path in tmp_path.iterdir()] == ["cfg.json"]
    assert Silent(Vocab(), Linear(), "other").from_bytes(component.to_bytes(), exclude=["cfg"]).cfg == {}


def test_a_folder_without_settings_is_named(component: TrainableComponent, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"cfg\.json: the settings of 'silent' cannot be read"):
        component.from_disk(tmp_path)


@pytest.mark.parametrize("content", ["[1]", '{"labels": 3}', "{"])
def test_settings_of_another_kind_are_named(
    component: TrainableComponent, tmp_path: Path, content: str
) -> None:
    (tmp_path / "cfg.json").write_text(content, "utf8")

    with pytest.raises(CheckpointError, match=r"cfg\.json: the settings of 'silent' cannot be read"):
        component.from_disk(tmp_path)


def test_bytes_of_something_else_are_refused(component: TrainableComponent) -> None:
    with pytest.raises(CheckpointError, match=r"silent: expected the output of to_bytes\(\), got 3 bytes"):
        component.from_bytes(b"abc")


def test_a_batch_without_tokens_leaves_the_loss_at_zero(trained: Language, make_examples: Any) -> None:
    empty = make_examples(trained)[-1:]

    assert trained.get_pipe("tagger").update(empty) == {"tagger": 0.0}
    assert trained.get_pipe("tagger").update([]) == {"tagger": 0.0}


def test_a_component_predicts_documents_without_tokens(trained: Language) -> None:
    docs = list(trained.pipe(["", "the cat sat", ""]))

    assert [len(doc) for doc in docs] == [0, 3, 0]
    assert [token.tag_ for token in docs[1]] == ["D", "N", "V"]


def test_a_component_can_be_called_and_streamed_by_itself(trained: Language) -> None:
    tagger = trained.get_pipe("tagger")
    docs = [trained.make_doc(text) for text in ("the cat", "a dog sat")]

    tagger(docs[0])
    streamed = list(tagger.pipe(docs[1:], batch_size=1))

    assert [token.tag_ for token in docs[0]] == ["D", "N"]
    assert streamed == docs[1:]
    assert [token.tag_ for token in docs[1]] == ["D", "N", "V"]


def test_an_update_with_an_optimizer_makes_the_step(trained: Language, make_examples: Any) -> None:
    tagger = trained.get_pipe("tagger")
    before = tagger.to_bytes()

    tagger.update(make_examples(trained), sgd=tagger.create_optimizer())

    assert tagger.to_bytes() != before


def test_without_a_scorer_there_are_no_scores(component: TrainableComponent) -> None:
    assert component.score([]) == {}
    component.scorer = lambda examples, **options: {"n": len(examples), **options}
    assert component.score([], beta=2) == {"n": 0, "beta": 2}


def test_a_sample_needs_an_example(component: TrainableComponent) -> None:
    with pytest.raises(DataError, match=r"silent: initialize\(\) needs at least one example, got none"):
        component.initialize(list)


def test_the_model_of_a_component_without_labels_is_shaped_by_a_sample(
    nlp: Language, make_examples: Any
) -> None:
    seen: list[Any] = []
    model: Model[Any, Any] = Model(
        "seen", lambda *args: args, init=lambda model, X=None, Y=None: seen.append(X)
    )
    examples = make_examples(nlp)

    Silent(nlp.vocab, model, "plain").initialize(lambda: examples)

    assert seen == [[eg.predicted for eg in examples]]


def test_the_names_that_people_know_lead_to_the_same_classes() -> None:
    assert Pipe is Component
    assert TrainablePipe is TrainableComponent


def test_a_component_that_implements_nothing_says_what_is_missing(nlp: Language) -> None:
    with pytest.raises(NotImplementedError, match="Component has neither predict"):
        Component("nothing")(nlp.make_doc("a"))
