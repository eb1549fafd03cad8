"""Run components over one document, or over a stream of documents in batches.

A batch is processed completely before any of its documents is returned, so that its tape is never current in the
caller's code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kernel.contracts.capabilities import error_handler_of, layers_of, offers_pipe
from kernel.errors import ConfigError, DataError, KernelError, ModelError
from kernel.pipeline.run.activity import Pipeline, predicting
from kernel.pipeline.run.failures import ErrorHandler, raise_error
from kernel.pipeline.run.tape import Tape
from kernel.pipeline.run.threads import one_blas_thread
from kernel.text.doc.doc import Doc

#: Number of tokens that ends a batch early, so that memory does not grow with the length of documents. It is large so
#: that each step of a parser processes many documents.
MAX_BATCH_TOKENS = 48_000

#: Documents with their contexts.
Pairs = Sequence[tuple[Doc, Any]]
Settings = Mapping[str, Mapping[str, Any]]


def annotate_doc(
    pipeline: Pipeline, doc: Doc, settings: Settings, on_error: ErrorHandler = raise_error
) -> Doc:
    """Run the components over one document.

    Args:
        pipeline: Names and components, in order.
        doc: The document, changed in place.
        settings: Additional arguments, by component.
        on_error: Called when a component without its own handler fails; if it returns, the document is passed to the
            next component.
    """
    with predicting(pipeline), one_blas_thread(), Tape():
        for name, component in pipeline:
            try:
                with named(name, component):
                    doc = _checked(name, component(doc, **settings.get(name, {})))
            except Exception as error:
                error_handler_of(component, on_error)(name, component, [doc], error)
    return doc


def annotate_batch(
    pipeline: Pipeline, pairs: Pairs, settings: Settings, on_error: ErrorHandler = raise_error
) -> Pairs:
    """Run the components over a batch, each over the whole batch before the next.

    Returns:
        The pairs, without documents that an error handler dropped.
    """
    docs, contexts = [doc for doc, _ in pairs], [context for _, context in pairs]
    with predicting(pipeline), one_blas_thread(), Tape() as tape:
        for name, component in pipeline:
            results = run_component(name, component, docs, settings.get(name, {}), on_error)
            if len(results) < len(docs):
                indices = remaining(name, results, docs)
                contexts = [contexts[i] for i in indices]
                tape.keep(indices)
            docs = results
    return list(zip(docs, contexts, strict=True))


def run_component(
    name: str,
    component: Callable[..., Any],
    docs: list[Doc],
    settings: Mapping[str, Any],
    on_error: ErrorHandler = raise_error,
) -> list[Doc]:
    """Run one component over a batch, with its `pipe` method if it has one.

    Returns:
        The documents, without those that an error handler dropped.
    """
    if not docs:
        return docs
    handler = error_handler_of(component, on_error)
    if offers_pipe(component):
        with named(name, component):
            options = {"batch_size": len(docs), **settings}
            results = [_checked(name, doc) for doc in component.pipe(docs, **options)]
    else:
        results = []
        for doc in docs:
            try:
                with named(name, component):
                    results.append(_checked(name, component(doc, **settings)))
            except Exception as error:
                handler(name, component, [doc], error)
    if len(results) > len(docs) or (len(results) < len(docs) and handler is raise_error):
        raise ConfigError(f"[components.{name}] pipe: expected {len(docs)} docs back, got {len(results)}")
    return results


def remaining(name: str, results: list[Doc], docs: list[Doc]) -> list[int]:
    """Return the indices in a batch of the documents that a component returned.

    Raises:
        ConfigError: It returned other documents.
    """
    index_of = {id(doc): i for i, doc in enumerate(docs)}
    if not all(id(doc) in index_of for doc in results):
        raise ConfigError(
            f"[components.{name}] pipe: a component that drops documents must return the others themselves, "
            "got new ones; change the documents in place"
        )
    return [index_of[id(doc)] for doc in results]


@contextmanager
def named(name: str, component: object) -> Iterator[None]:
    """Name the component in the error if it fails because its model was not initialized."""
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
    """Group documents with their contexts into batches, in order.

    Args:
        items: The pairs.
        max_docs: Maximum number of documents per batch.
        max_tokens: A batch is complete once it has this many tokens; a single document may exceed it.
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


def as_pairs(items: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield a stream of pairs, checking each: unpacking alone would accept a string of two letters.

    Raises:
        DataError: An item is not a pair.
    """
    for item in items:
        if not isinstance(item, tuple | list) or len(item) != 2:
            raise DataError(f"nlp.pipe: as_tuples expects pairs of a text and its context, got {item!r:.80}")
        yield item[0], item[1]


def annotate_stream(
    pipeline: Pipeline,
    items: Iterable[tuple[Doc, Any]],
    settings: Settings,
    batch_size: int,
    on_error: ErrorHandler = raise_error,
) -> Iterator[tuple[Doc, Any]]:
    """Run the components over a stream of documents with their contexts."""
    for batch in batched(items, batch_size):
        yield from annotate_batch(pipeline, batch, settings, on_error)


def lacks_params(component: object) -> bool:
    """Return whether a component's model has parameters that were never set."""
    nodes = layers_of(component)
    return any(node.has_param(name) is None for node in nodes for name in node.param_names)


def _checked(name: str, result: Any) -> Doc:
    if not isinstance(result, Doc):
        raise ConfigError(
            f"[components.{name}]: the component must return the Doc that it received, got {result!r}; "
            "add a return statement"
        )
    return result
