"""Documents through the components: one alone, or a stream of them in batches.

A batch is computed to its end before any of its documents leaves, so that its tape is never in force in the
caller's code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kernel.errors import ConfigError, KernelError, ModelError
from kernel.pipeline.tape import Tape
from kernel.pipeline.threads import one_blas_thread
from kernel.text.doc import Doc

#: Tokens that end a batch early, so that its memory does not grow with the length of documents; many, because each
#: step of a parser then serves more documents.
MAX_BATCH_TOKENS = 48_000

Pipeline = Sequence[tuple[str, Callable[..., Any]]]
Settings = Mapping[str, Mapping[str, Any]]


def annotate_doc(pipeline: Pipeline, doc: Doc, settings: Settings) -> Doc:
    """Run the components over one document.

    Args:
        pipeline: Names and components, in order.
        doc: The document, changed in place.
        settings: More arguments, by component.
    """
    with one_blas_thread(), Tape():
        for name, component in pipeline:
            with named(name, component):
                result = component(doc, **settings.get(name, {}))
            doc = _checked(name, result)
    return doc


def annotate_batch(pipeline: Pipeline, docs: list[Doc], settings: Settings) -> list[Doc]:
    """Run the components over a batch, each over the whole of it before the next."""
    with one_blas_thread(), Tape():
        for name, component in pipeline:
            docs = run_component(name, component, docs, settings.get(name, {}))
    return docs


def run_component(
    name: str, component: Callable[..., Any], docs: list[Doc], settings: Mapping[str, Any]
) -> list[Doc]:
    """Run one component over a batch, through its `pipe` where it has one."""
    if not docs:
        return docs
    with named(name, component):
        if hasattr(component, "pipe"):
            options = {"batch_size": len(docs), **settings}
            results = [_checked(name, doc) for doc in component.pipe(docs, **options)]
        else:
            results = [_checked(name, component(doc, **settings)) for doc in docs]
    if len(results) != len(docs):
        raise ConfigError(f"[components.{name}] pipe: expected {len(docs)} docs back, got {len(results)}")
    return results


@contextmanager
def named(name: str, component: Callable[..., Any]) -> Iterator[None]:
    """Say which component was used before its model had parameters, where that is why it fails."""
    try:
        yield
    except (IndexError, KeyError, ValueError) as error:
        if isinstance(error, KernelError) or not lacks_params(component):
            raise
        raise ModelError(
            f"{name}: the model has no parameters yet; call nlp.initialize(), or load a trained pipeline"
        ) from error


def batched(
    items: Iterable[tuple[Doc, Any]], max_docs: int, max_tokens: int = MAX_BATCH_TOKENS
) -> Iterator[list[tuple[Doc, Any]]]:
    """Group documents, each with what belongs to it, in order.

    Args:
        items: The pairs.
        max_docs: Documents in a batch, at most.
        max_tokens: A batch is full once it has so many tokens; one document may exceed it.
    """
    batch: list[tuple[Doc, Any]] = []
    n_tokens = 0
    for item in items:
        batch.append(item)
        n_tokens += len(item[0])
        if len(batch) >= max_docs or n_tokens >= max_tokens:
            yield batch
            batch, n_tokens = [], 0
    if batch:
        yield batch


def annotate_stream(
    pipeline: Pipeline, items: Iterable[tuple[Doc, Any]], settings: Settings, batch_size: int
) -> Iterator[tuple[Doc, Any]]:
    """Run the components over a stream of documents, each with what belongs to it."""
    for batch in batched(items, batch_size):
        docs = annotate_batch(pipeline, [doc for doc, _ in batch], settings)
        yield from zip(docs, [context for _, context in batch], strict=True)


def lacks_params(component: Callable[..., Any]) -> bool:
    """Whether a component's model has parameters that were never given values."""
    model: Any = getattr(component, "model", None)
    nodes = model.walk() if hasattr(model, "walk") else ()
    return any(node.has_param(name) is None for node in nodes for name in node.param_names)


def _checked(name: str, result: Any) -> Doc:
    if not isinstance(result, Doc):
        raise ConfigError(
            f"[components.{name}]: the component must return the Doc that it was given, got {result!r}; "
            "end it with a return"
        )
    return result
