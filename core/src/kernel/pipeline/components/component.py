"""The base class of components, which annotate documents."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from kernel.pipeline.run.failures import ErrorHandler, check_handler, raise_error
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example

#: Default number of documents per batch.
DEFAULT_BATCH_SIZE = 128


class Component:
    """A pipeline component without trainable weights.

    A subclass implements `predict` and `set_annotations`, which take batches, or overrides `__call__`
    to process one document at a time.

    Attributes:
        name: Its name in the pipeline.
        scorer: Computes scores from examples, or None.
        is_trainable: Whether it has trainable weights.
        shares_output: Whether `predict` puts its output on the tape for other components.
    """

    is_trainable = False
    shares_output = False
    scorer: Callable[..., dict[str, Any]] | None = None
    _error_handler: ErrorHandler = staticmethod(raise_error)

    def __init__(self, name: str = "component") -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document."""
        self.set_annotations([doc], self.predict([doc]))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = DEFAULT_BATCH_SIZE) -> Iterator[Doc]:
        """Annotate a stream of documents, in order; batches whose errors are handled are left out.

        Args:
            stream: The documents.
            batch_size: Number of documents to predict at a time.
        """
        annotate_one = (
            type(self).__call__ is not Component.__call__ and type(self).predict is Component.predict
        )
        for docs in _batches(stream, 1 if annotate_one else batch_size):
            try:
                if annotate_one:
                    docs = [self(docs[0])]
                else:
                    self.set_annotations(docs, self.predict(docs))
            except Exception as error:
                self.get_error_handler()(self.name, self, docs, error)
            else:
                yield from docs

    def set_error_handler(self, error_handler: ErrorHandler) -> None:
        """Set the function to call when `pipe` fails.

        Args:
            error_handler: Takes the component's name, the component, the documents of the batch and the error. If it
                returns, the stream continues without these documents.
        """
        check_handler(error_handler)
        self._error_handler = error_handler

    def get_error_handler(self) -> ErrorHandler:
        """Return the error handler; by default one that raises the error."""
        return self._error_handler

    def predict(self, docs: Sequence[Doc]) -> Any:
        """Compute predictions for `set_annotations`, without changing anything."""
        raise NotImplementedError(f"{type(self).__name__} has neither predict() nor a __call__() of its own")

    def set_annotations(self, docs: Sequence[Doc], predictions: Any) -> None:
        """Write predictions to the documents that they belong to."""
        raise NotImplementedError(f"{type(self).__name__} has no set_annotations()")

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it can predict."""
        return ()

    @property
    def label_data(self) -> Any:
        """The labels for `initialize(labels=...)`, which replace those in the data; None if there are none."""
        return None

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score examples whose predicted side this component has annotated."""
        return {} if self.scorer is None else self.scorer(examples, **kwargs)

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
        """Save what the config does not contain to a folder; by default nothing."""

    def from_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> Component:
        """Load what `to_disk` saved."""
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialize what `to_disk` saves."""
        return b""

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> Component:
        """Load what `to_bytes` returned."""
        return self


def _batches(stream: Iterable[Doc], size: int) -> Iterator[list[Doc]]:
    iterator = iter(stream)
    while docs := list(islice(iterator, size)):
        yield docs
