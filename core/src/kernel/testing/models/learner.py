"""A small pipeline that learns, for checks of plugins that train one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from thinc.api import Linear, Model, chain, with_array

from kernel.contracts import factory
from kernel.pipeline.components.trainable import TrainableComponent
from kernel.registry import registry

if TYPE_CHECKING:
    from kernel.text.gold.example import Example

NAME = "kernel_testing_learner"


def learning_pipeline() -> tuple[Any, Callable[[], list[Example]]]:
    """Return a pipeline with one trainable component, and a function that returns examples for it."""
    import kernel
    from kernel.text.gold.example import Example

    registry.factories.register(NAME, func=learner)
    nlp = kernel.blank("xx")
    nlp.add_pipe(NAME)

    def examples() -> list[Example]:
        return [Example.from_dict(nlp.make_doc(text), {}) for text in ("we sing songs", "you read")]

    return nlp, examples


@factory(NAME)
def learner(nlp: Any, name: str) -> Learner:
    """Create the component.

    Args:
        nlp: The pipeline.
        name: Name of the component.
    """
    return Learner(nlp.vocab, chain(Model("lengths", lengths), with_array(Linear(2, 1))), name)


class Learner(TrainableComponent):
    """Learns to predict 1 for words of any length; writes no annotation."""

    def set_annotations(self, docs: Any, predictions: Any) -> None:
        """Do nothing."""

    def get_loss(self, examples: Any, scores: Any) -> tuple[float, Any]:
        """Compare scores with ones."""
        gradients = [scores_of_doc - 1.0 for scores_of_doc in scores]
        return float(sum((gradient * gradient).sum() for gradient in gradients)), gradients

    def initialize(self, get_examples: Any, *, nlp: Any = None, labels: Any = None) -> None:
        """Initialize the model."""
        self.model.initialize(X=[example.predicted for example in self.sample(get_examples)])


def lengths(model: Any, docs: Any, is_train: bool) -> Any:
    """Return the length of each word, as one array per document."""
    arrays = [model.ops.asarray2f([[float(len(word))] for word in doc.words] or [[0.0]]) for doc in docs]
    return arrays, lambda gradients: []
