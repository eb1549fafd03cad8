"""The check of updaters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kernel.contracts import Updater

if TYPE_CHECKING:
    from kernel.text.gold.example import Example


def check_updater(
    make: Callable[[], Updater],
    nlp: Any = None,
    get_examples: Callable[[], Sequence[Example]] | None = None,
) -> None:
    """Check that an updater applies the gradients once, and does not change excluded components.

    Args:
        make: The factory.
        nlp: A pipeline with a trainable component, which is initialized and trained; by default a small one.
        get_examples: Returns examples to train on.
    """
    from kernel.pipeline.saving.weights import model_to_bytes

    if nlp is None or get_examples is None:
        from kernel.testing.models.learner import learning_pipeline

        nlp, get_examples = learning_pipeline()
    optimizer = nlp.initialize(get_examples)
    models = {name: component.model for name, component in nlp.pipeline if hasattr(component, "model")}
    assert models, "the pipeline has no trainable component"

    def weights() -> dict[str, bytes]:
        return {name: model_to_bytes(model) for name, model in models.items()}

    updater, before = make(), weights()
    nlp.update(get_examples(), sgd=False)
    assert weights() == before, "the weights changed before `apply` was called"
    updater.apply(nlp, optimizer, exclude=list(models))
    assert weights() == before, "it changes components that are excluded"
    updater.apply(nlp, optimizer)
    after = weights()
    assert after != before, "it does not change the weights"
    left = [
        f"{name}: {node.name} {parameter}"
        for name, model in models.items()
        for node in model.walk()
        for parameter in node.param_names
        if node.has_grad(parameter) and abs(node.get_grad(parameter)).max() > 0
    ]
    assert not left, f"it does not clear gradients, which the next step would count twice: {left[:8]}"
