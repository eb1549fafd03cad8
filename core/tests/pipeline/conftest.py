"""Small components with visible behaviour, and pipelines made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from thinc.api import Linear, Model, chain, with_array

from kernel.contracts import factory
from kernel.pipeline.components.trainable import TrainableComponent
from kernel.pipeline.language import Language
from kernel.pipeline.run.tape import current_tape
from kernel.registry import registry
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example

N_BUCKETS = 97


class Plain(Language):
    """A language of no particular rules."""

    lang = "plain"


def buckets() -> Model[Any, Any]:
    """Turn each document into one row per token, with a one in the column of its word."""

    def forward(model: Any, docs: list[Doc], is_train: bool) -> Any:
        eye = np.eye(N_BUCKETS, dtype="f")
        return [eye[(doc.column("ORTH") % N_BUCKETS).astype(int)] for doc in docs], lambda d_rows: []

    return Model("buckets", forward, dims={"nO": N_BUCKETS})


@factory(
    "toy_tagger",
    default_config={"scale": 1.0, "scorer": None},
    assigns=["token.tag"],
    default_score_weights={"tag_acc": 1.0, "tag_micro_p": None},
)
def toy_tagger(nlp: Any, name: str, scale: float, scorer: Any) -> ToyTagger:
    """Make a tagger that knows words by their bucket."""
    return ToyTagger(nlp.vocab, chain(buckets(), with_array(Linear())), name, scorer=scorer, scale=scale)


class ToyTagger(TrainableComponent):
    """Learns a tag for each bucket by least squares."""

    def predict(self, docs: Sequence[Doc]) -> list[Any]:
        return [rows.argmax(axis=1) if len(rows) else [] for rows in self.model.predict(list(docs))]

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Any]) -> None:
        keys = np.array([self.vocab.strings[label] for label in self.labels], dtype=np.uint64)
        for doc, best in zip(docs, predictions, strict=True):
            doc.set_column("TAG", keys[np.asarray(best, dtype=int)])

    def get_loss(self, examples: Sequence[Example], scores: Sequence[Any]) -> tuple[float, list[Any]]:
        gold = [[self.labels.index(tag) for tag in eg.get_aligned("TAG", as_string=True)] for eg in examples]
        eye = np.eye(len(self.labels), dtype="f")
        d_scores = [rows - eye[tags] for rows, tags in zip(scores, gold, strict=True)]
        return float(sum((d_rows**2).sum() for d_rows in d_scores)), d_scores

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Any = None,
        labels: list[str] | None = None,
    ) -> None:
        tags = {tag for eg in get_examples() for tag in eg.get_aligned("TAG", as_string=True)}
        for label in sorted(tags) if labels is None else labels:
            self.add_label(label)
        docs = [eg.predicted for eg in self.sample(get_examples)]
        self.model.initialize(X=docs, Y=[np.zeros((len(doc), len(self.labels)), dtype="f") for doc in docs])


class Upstream(TrainableComponent):
    """Shares one array per document, and notes what happens to it."""

    shares_output = True

    def __init__(self, vocab: Any, name: str, value: float = 1.0) -> None:
        super().__init__(vocab, Linear(1, 1).initialize(), name)
        self.value = value
        self.gradients: list[Any] = []
        self.n_predictions = 0

    def predict(self, docs: Sequence[Doc]) -> Any:
        self.n_predictions += 1
        output = [np.full(len(doc), self.value) for doc in docs]
        tape = current_tape()
        if tape is not None:
            tape.put(self.name, docs, output)
        return output

    def set_annotations(self, docs: Sequence[Doc], predictions: Any) -> None:
        for doc, prediction in zip(docs, predictions, strict=True):
            doc.user_data[self.name] = prediction.tolist()

    def update(self, examples: Sequence[Example], *, losses: Any = None, **options: Any) -> Any:
        output = [np.full(len(eg.predicted), -self.value) for eg in examples]
        current_tape().put(self.name, [eg.predicted for eg in examples], output, self.gradients.append)
        losses[self.name] = 0.0
        return losses


class Listening(TrainableComponent):
    """Reads what an upstream shared, and sends a gradient of ones."""

    def __init__(self, vocab: Any, name: str, upstream: str = "*") -> None:
        super().__init__(vocab, Linear(1, 1).initialize(), name)
        self.upstream = upstream
        self.heard: list[Any] = []

    def predict(self, docs: Sequence[Doc]) -> Any:
        return current_tape().get(self.upstream)

    def set_annotations(self, docs: Sequence[Doc], predictions: Any) -> None:
        for doc, prediction in zip(docs, predictions, strict=True):
            doc.user_data[self.name] = prediction.tolist()

    def update(self, examples: Sequence[Example], *, losses: Any = None, **options: Any) -> Any:
        output = current_tape().get(self.upstream)
        self.heard.append([array.tolist() for array in output])
        current_tape().add_gradient(self.upstream, [np.ones_like(array) for array in output])
        losses[self.name] = 1.0
        return losses


@factory("toy_upstream", default_config={"value": 1.0})
def toy_upstream(nlp: Any, name: str, value: float) -> Upstream:
    """Make a component that shares its output."""
    return Upstream(nlp.vocab, name, value)


@factory("toy_listener", default_config={"upstream": "*"})
def toy_listener(nlp: Any, name: str, upstream: str) -> Listening:
    """Make a component that listens."""
    return Listening(nlp.vocab, name, upstream)


@pytest.fixture(autouse=True, scope="session")
def toys() -> None:
    """Give the toys their names."""
    registry.languages.register("plain", func=Plain)
    for toy in (toy_tagger, toy_upstream, toy_listener):
        registry.factories.register(toy.__factory__.name, func=toy)


@pytest.fixture
def nlp() -> Language:
    """An empty pipeline."""
    return Plain()


@pytest.fixture
def make_examples() -> Callable[[Language], list[Example]]:
    """A function that makes the same four small examples for any pipeline."""

    def make(nlp: Language) -> list[Example]:
        texts = ["the cat sat", "a dog", "the dog", ""]
        tags = [["D", "N", "V"], ["D", "N"], ["D", "N"], []]
        return [
            Example.from_dict(nlp.make_doc(text), {"tags": tag})
            for text, tag in zip(texts, tags, strict=True)
        ]

    return make


@pytest.fixture
def trained(nlp: Language, make_examples: Callable[[Language], list[Example]]) -> Language:
    """A pipeline with a tagger that has learnt the examples."""
    nlp.add_pipe("toy_tagger", name="tagger")
    examples = make_examples(nlp)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.1
    for _ in range(50):
        nlp.update(examples, sgd=optimizer)
    return nlp
