"""Compute the losses and gradients of one batch in all components, and apply the gradients.

Annotating components predict on their own tape, whose shared layers ran without dropout; a frozen
upstream runs only if a component listens to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from kernel.contracts.capabilities import (
    is_stepped,
    model_of,
    offers_bind,
    offers_rehearse,
    offers_update,
    rehearsal_model_of,
    shares_output,
)
from kernel.errors import DataError, NotFinite
from kernel.pipeline.optim.finite import squares
from kernel.pipeline.optim.optimizer import NO_NUMBER, BlockedAdam
from kernel.pipeline.run.activity import Pipeline, training
from kernel.pipeline.run.predict import Settings, named, remaining, run_component
from kernel.pipeline.run.tape import LATEST, Tape, current_tape
from kernel.pipeline.run.threads import one_blas_thread
from kernel.pipeline.saving.shims import is_finite
from kernel.text.gold.example import Example


def accumulate(
    pipeline: Pipeline,
    examples: Sequence[Example],
    *,
    drop: Any = 0.0,
    losses: dict[str, float] | None = None,
    exclude: Collection[str] = (),
    annotates: Collection[str] = (),
    component_cfg: Settings | None = None,
) -> dict[str, float]:
    """Accumulate the gradients of a batch in the components' models.

    Args:
        pipeline: Names and components, in order.
        examples: The batch; not changed, even if components annotate.
        drop: The dropout rate, 0 to 1.
        losses: Each component adds its loss here; a new dictionary if None.
        exclude: Components that do not learn.
        annotates: Components whose predictions later components see.
        component_cfg: Additional arguments of `update`, by component.

    Returns:
        The losses.
    """
    losses = {} if losses is None else losses
    validate_examples(examples, "nlp.update")
    if not examples:
        return losses
    settings = component_cfg or {}
    batch = _Batch(pipeline, copied(examples) if annotates else list(examples))
    shared, predicted = Tape(refill=batch.run_upstream), Tape(refill=batch.run_upstream)
    with training(_learning(pipeline, exclude)), one_blas_thread(), shared:
        for name, component in batch.walk():
            if name not in exclude and offers_update(component):
                options = {"drop": drop, "sgd": None, "losses": losses, **settings.get(name, {})}
                with named(name, component):
                    component.update(batch.examples, **options)
            elif shares_output(component):
                shared.announce(name)
            if name in annotates:
                with predicted:
                    batch.annotate(name, component)
        shared.backward()
    return losses


def rehearse(
    pipeline: Pipeline,
    examples: Sequence[Example],
    *,
    drop: Any = 0.0,
    losses: dict[str, float] | None = None,
    exclude: Collection[str] = (),
    component_cfg: Settings | None = None,
) -> dict[str, float]:
    """Accumulate gradients that pull the models towards their predictions at the time training was resumed.

    Shared layers run as in training, so that they get gradients too; the remembered models read the outputs of the
    remembered shared layers.
    """
    losses = {} if losses is None else losses
    validate_examples(examples, "nlp.rehearse")
    if not examples:
        return losses
    settings = component_cfg or {}
    batch = _Batch(pipeline, list(examples))
    remembered = Tape(refill=batch.run_remembered)
    shared = Tape(refill=batch.run_upstream, remembered=remembered)
    with training(_learning(pipeline, exclude)), one_blas_thread(), shared:
        for name, component in batch.walk():
            options = {"drop": drop, "sgd": None, "losses": losses, **settings.get(name, {})}
            if name in exclude:
                continue
            is_shared = shares_output(component) and is_remembered(component)
            if is_shared and offers_update(component):
                component.update(batch.examples, **options)
            elif offers_rehearse(component):
                component.rehearse(batch.examples, **options)
        shared.backward()
    return losses


def apply_gradients(pipeline: Pipeline, optimizer: Any, exclude: Collection[str] = ()) -> None:
    """Make one step with the gradients accumulated in the components.

    Raises:
        NotFinite: A component's gradient is nan or inf; its parameters are unchanged.
    """
    learning = _learning(pipeline, exclude)
    with training(learning), one_blas_thread():
        for name, component in learning:
            if is_stepped(component):
                if not isinstance(optimizer, BlockedAdam):  # which checks this itself, at no cost
                    check_gradients(name, model_of(component))
                if offers_bind(optimizer):
                    optimizer.bind(name, model_of(component))
                try:
                    component.finish_update(optimizer)
                except NotFinite as exc:
                    raise NotFinite(f"{name}: {exc}") from exc


def _learning(pipeline: Pipeline, exclude: Collection[str]) -> Pipeline:
    """Return the components that learn."""
    return [(name, component) for name, component in pipeline if name not in exclude]


def check_gradients(name: str, model: Any) -> None:
    """Check that all gradients of a component are finite.

    Raises:
        NotFinite: One is nan or inf.
    """
    total = 0.0
    for node in model.walk() if model is not None else ():
        for gradient in (node.get_grad(param) for param in node.param_names if node.has_grad(param)):
            total = total + squares(node.ops, gradient)
        if not all(map(is_finite, node.shims)):
            total = math.nan
    if not math.isfinite(float(total)):
        raise NotFinite(f"{name}: {NO_NUMBER}")


def is_remembered(component: object) -> bool:
    """Return whether a component has a copy of its model from the time training was resumed."""
    return rehearsal_model_of(component) is not None


def copied(examples: Iterable[Example]) -> list[Example]:
    """Copy the predicted documents of examples, so that annotating them does not change the originals."""
    return [Example(eg.predicted.copy(), eg.reference, alignment=eg.alignment) for eg in examples]


def validate_examples(examples: object, method: str) -> None:
    """Check that an argument is a list of examples.

    Args:
        examples: The argument.
        method: The name of the method, for the message.

    Raises:
        DataError: It is something else.
    """
    if isinstance(examples, (list, tuple)):
        wrong = next((item for item in examples if not isinstance(item, Example)), None)
        if wrong is None:
            return
        got = repr(wrong)
    else:
        got = repr(examples)
    got = got if len(got) <= 80 else got[:77] + "..."
    raise DataError(
        f"{method}: expected a list of Example objects, got {got}; "
        "make them with Example.from_dict(nlp.make_doc(text), annotations)"
    )


class _Batch:
    """A batch that passes through the pipeline."""

    def __init__(self, pipeline: Pipeline, examples: list[Example]) -> None:
        self.pipeline = pipeline
        self.examples = examples
        self._index = 0

    def walk(self) -> Iterable[tuple[str, Callable[..., Any]]]:
        """Yield the components in order, recording the index of the current one."""
        for index, (name, component) in enumerate(self.pipeline):
            self._index = index
            yield name, component

    def annotate(self, name: str, component: Callable[..., Any]) -> None:
        """Let a component annotate the predicted documents."""
        predicted = [eg.predicted for eg in self.examples]
        docs = run_component(name, component, predicted, {})
        if len(docs) < len(predicted):
            # Documents that an error handler dropped are used unannotated; the others were annotated in place.
            remaining(name, docs, predicted)
            return
        for eg, doc in zip(self.examples, docs, strict=True):
            if eg.predicted is not doc:
                eg.predicted = doc

    def run_upstream(self, name: str) -> None:
        """Let an earlier component predict, which puts its output on the current tape."""
        for _, component in self._upstream(name):
            component.predict([eg.predicted for eg in self.examples])  # type: ignore[attr-defined]

    def run_remembered(self, name: str) -> None:
        """Put the output of an earlier component's remembered model on the current tape."""
        for upstream, component in self._upstream(name):
            docs, tape = [eg.predicted for eg in self.examples], current_tape()
            if not is_remembered(component):
                component.predict(docs)  # type: ignore[attr-defined]
            elif tape is not None:
                tape.put(upstream, docs, rehearsal_model_of(component).predict(docs))

    def _upstream(self, name: str) -> Pipeline:
        """Return the earlier component that shares an output under a name; empty if there is none."""
        for upstream, component in reversed(self.pipeline[: self._index]):
            if upstream == name or (name == LATEST and shares_output(component)):
                return [(upstream, component)]
        return []
