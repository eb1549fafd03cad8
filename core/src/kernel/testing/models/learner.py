"""A component that learns in milliseconds, and examples for it: for checks and tests of what trains one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from thinc.api import Model, Softmax, chain

from kernel.contracts import factory
from kernel.pipeline.components.trainable import TrainableComponent
from kernel.registry import registry

if TYPE_CHECKING:
    from kernel.language import Language
    from kernel.text.doc.doc import Doc
    from kernel.text.gold.example import Example

#: The name of its factory, which `register` makes known.
NAME = "kernel_testing_learner"
TAGS = ("LONG", "SHORT")
#: Letters of the longest word that is SHORT.
_SHORT = 3


def learning_pipeline() -> tuple[Language, Callable[[], list[Example]]]:
    """Return a pipeline with one trainable component, and a function that returns examples for it."""
    import kernel

    register()
    nlp = kernel.blank("xx")
    nlp.add_pipe(NAME)
    return nlp, lambda: list(examples(nlp))


def register() -> None:
    """Register the factory in this process."""
    registry.factories.register(NAME, func=learner)


def examples(nlp: Language, n_examples: int = 12) -> Iterator[Example]:
    """Yield short texts of long and short words, with their tags.

    Args:
        nlp: Creates the documents.
        n_examples: The number of examples.
    """
    from kernel.text.gold.example import Example

    for i in range(n_examples):
        words = ["a" * (1 + (i + j) % 6) for j in range(1 + i % 4)]
        tags = [TAGS[len(word) <= _SHORT] for word in words]
        yield Example.from_dict(nlp.make_doc(" ".join(words)), {"tags": tags})


@factory(NAME, assigns=["token.tag"], default_score_weights={"tag_acc": 1.0})
def learner(nlp: Language, name: str) -> Learner:
    """Create the component.

    Args:
        nlp: The pipeline.
        name: Name of the component.
    """
    return Learner(nlp.vocab, chain(Model("lengths", lengths), Softmax(2, 2)), name, scorer=accuracy)


class Learner(TrainableComponent):
    """Learns to tag long words LONG and the others SHORT."""

    def set_annotations(self, docs: Sequence[Doc], predictions: Any) -> None:
        """Write the tags that score best."""
        keys = np.array([self.vocab.strings.add(tag) for tag in TAGS], dtype="uint64")
        ends = np.cumsum([len(doc) for doc in docs])[:-1]
        for doc, best in zip(docs, np.split(predictions.argmax(axis=1), ends), strict=True):
            doc.set_column("TAG", keys[best])

    def get_loss(self, examples: Sequence[Example], scores: Any) -> tuple[float, Any]:
        """Compare scores with the tags."""
        gold = [TAGS.index(token.tag_) for example in examples for token in example.reference]
        d_scores = (scores - np.eye(2, dtype="float32")[gold]) / len(gold)
        return float((d_scores**2).sum()), d_scores

    def initialize(self, get_examples: Any, *, nlp: Any = None, labels: Any = None) -> None:
        """Initialize the model, which needs no examples."""
        self.model.initialize()


def accuracy(examples: Iterable[Example], **options: Any) -> dict[str, Any]:
    """Score the tags."""
    pairs = [
        (token.tag_, gold.tag_)
        for example in examples
        for token, gold in zip(example.predicted, example.reference, strict=True)
    ]
    return {"tag_acc": sum(tag == gold for tag, gold in pairs) / max(len(pairs), 1)}


def lengths(model: Model[Any, Any], docs: Sequence[Doc], is_train: bool) -> tuple[Any, Callable[..., Any]]:
    """Return for each token whether it is long, and whether it is short."""
    is_long = np.array([len(word) > _SHORT for doc in docs for word in doc.words], dtype="float32")
    return model.ops.asarray2f(np.stack([is_long, 1 - is_long], axis=1)), lambda gradients: []
