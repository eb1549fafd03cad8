"""Train a pipeline: update, rehearse, initialize, and create the optimizer. These are methods of `Language`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from kernel.config.resolve import resolve
from kernel.contracts.capabilities import offers_use_params
from kernel.pipeline.components.pipeline_config import values_of
from kernel.pipeline.initialize import initialize as initialize_components
from kernel.pipeline.initialize import remember_models
from kernel.pipeline.run.activity import training
from kernel.pipeline.run.ops import kernel_ops
from kernel.pipeline.run.predict import Settings
from kernel.pipeline.run.update import accumulate, apply_gradients, validate_examples
from kernel.pipeline.run.update import rehearse as pull_back
from kernel.text.gold.example import Example


def update(
    nlp: Any,
    examples: Sequence[Example],
    _: None = None,
    *,
    drop: float = 0.0,
    sgd: Any = None,
    losses: dict[str, float] | None = None,
    component_cfg: Settings | None = None,
    exclude: Iterable[str] = (),
    annotates: Iterable[str] = (),
) -> dict[str, float]:
    """Learn from a batch of examples.

    Args:
        examples: The batch.
        drop: The dropout rate, 0 to 1.
        sgd: The optimizer; None for the pipeline's own, created on first use. False keeps the gradients in the models.
        losses: Each component adds its loss here.
        component_cfg: Additional arguments of `update`, by component.
        exclude: Components that do not learn.
        annotates: Components whose predictions later components see.

    Returns:
        The losses.
    """
    if _ is not None:
        validate_examples(list(zip(examples, _, strict=False)), "nlp.update")
    excluded = set(exclude)
    losses = accumulate(
        nlp.pipeline,
        examples,
        drop=drop,
        losses=losses,
        exclude=excluded,
        annotates=set(annotates),
        component_cfg=component_cfg,
    )
    _step(nlp, sgd, excluded)
    return losses


def rehearse(
    nlp: Any,
    examples: Sequence[Example],
    *,
    drop: float = 0.0,
    sgd: Any = None,
    losses: dict[str, float] | None = None,
    component_cfg: Settings | None = None,
    exclude: Iterable[str] = (),
) -> dict[str, float]:
    """Train the models against forgetting what they had learnt when `resume_training` was called."""
    excluded = set(exclude)
    losses = pull_back(
        nlp.pipeline,
        examples,
        drop=drop,
        losses=losses,
        exclude=excluded,
        component_cfg=component_cfg,
    )
    _step(nlp, sgd, excluded)
    return losses


def _step(nlp: Any, sgd: Any, excluded: Collection[str]) -> None:
    """Apply the gradients with an optimizer, or the pipeline's own if it is None; False keeps them."""
    if sgd is False:
        return
    if sgd is None:
        if nlp._optimizer is None:
            nlp._optimizer = nlp.create_optimizer()
        sgd = nlp._optimizer
    apply_gradients(nlp.pipeline, sgd, excluded)


def initialize(
    nlp: Any, get_examples: Callable[[], Iterable[Example]] | None = None, *, sgd: Any = None
) -> Any:
    """Initialize the labels, shapes and parameters of every component.

    Args:
        get_examples: Returns the training examples; called several times.
        sgd: The optimizer; by default that of [training.optimizer].

    Returns:
        The optimizer.
    """
    initialize_components(nlp, get_examples)
    nlp._optimizer = sgd if sgd is not None else nlp.create_optimizer()
    return nlp._optimizer


def begin_training(
    nlp: Any, get_examples: Callable[[], Iterable[Example]] | None = None, *, sgd: Any = None
) -> Any:
    """Initialize the pipeline; the older name of `initialize`."""
    return nlp.initialize(get_examples, sgd=sgd)


def resume_training(nlp: Any, *, sgd: Any = None) -> Any:
    """Prepare a trained pipeline for further training; copies the models, for `rehearse`.

    Returns:
        The optimizer.
    """
    remember_models(nlp.pipeline)
    nlp._optimizer = sgd if sgd is not None else nlp.create_optimizer()
    return nlp._optimizer


def create_optimizer(nlp: Any) -> Any:
    """Create the optimizer of [training.optimizer]."""
    with kernel_ops():
        return resolve(values_of(nlp), "training.optimizer")


@contextmanager
def use_params(nlp: Any, params: Mapping[tuple[int, str], Any] | None) -> Iterator[None]:
    """Replace parameters inside a `with` block, for example by an optimizer's averages; None changes nothing.

    Raises:
        ModelError: Another thread is predicting with one of the components, or training it.
    """
    contexts: list[AbstractContextManager[None]] = [
        component.use_params(params or {}) for _, component in nlp.pipeline if offers_use_params(component)
    ]
    with ExitStack() as stack:
        if params:
            stack.enter_context(training(nlp.pipeline))
        for context in contexts:
            stack.enter_context(context)
        yield
