"""Documents put one after the other."""

from __future__ import annotations

import copy
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kernel.errors import DataError
from kernel.text.doc.columns import DTYPES
from kernel.text.vocab.underscore import is_added

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

_log = logging.getLogger(__name__)


def join(
    docs: Sequence[Doc], ensure_whitespace: bool, attrs: set[str] | None, exclude: frozenset[str]
) -> Doc:
    """Put one or more documents of one vocabulary one after the other.

    Args:
        docs: The documents.
        ensure_whitespace: Whether a space goes where one does not end in whitespace.
        attrs: The annotation to take over; all where None.
        exclude: What to leave out: spans, tensor, user_data.

    Raises:
        DataError: They have different vocabularies.
    """
    vocab = docs[0].vocab
    if any(doc.vocab is not vocab for doc in docs):
        raise DataError("Doc.from_docs: expected documents of one vocabulary; make them with one pipeline")
    spaces = [doc.column("SPACY").copy() for doc in docs]
    if ensure_whitespace:
        for doc, ends in zip(docs[:-1], spaces, strict=False):
            if len(doc) and not doc[-1].is_space:
                ends[-1] = True
    joined = type(docs[0]).from_rows(
        vocab, np.concatenate([doc.rows for doc in docs]), np.concatenate(spaces)
    )
    joined.has_unknown_spaces = any(doc.has_unknown_spaces for doc in docs)
    for name in DTYPES:
        wanted = name not in ("LEX", "SPACY") and (attrs is None or name in attrs)
        if wanted and any(doc.has_column(name) for doc in docs):
            joined.set_column(name, np.concatenate([_column(doc, name) for doc in docs]))
    starts = np.cumsum([0, *(len(doc) for doc in docs)]).tolist()
    if "spans" not in exclude:
        for doc, start in zip(docs, starts, strict=False):
            _add_spans(joined, doc, start)
    if "user_data" not in exclude:
        places = [*joined.offsets.tolist(), len(joined.text)]
        for doc, start in zip(docs, starts, strict=False):
            joined.user_data.update(_moved(doc, places[start]))
    if "tensor" not in exclude and any(doc.tensor.size for doc in docs):
        joined.tensor = np.concatenate([doc.tensor for doc in docs if doc.tensor.size])
    return joined


def _column(doc: Doc, name: str) -> Any:
    values = doc.column(name)
    if name == "SENT_START" and len(values) and not values[0] and doc.has_column("SENT_START"):
        # Where a document starts, a sentence does.
        values = values.copy()
        values[0] = 1
    return values


def _add_spans(joined: Doc, doc: Doc, start: int) -> None:
    for name, group in doc.spans.items():
        if name not in joined.spans:
            joined.spans[name] = []
        moved = [key._replace(start=key.start + start, end=key.end + start) for key in group.keys]
        joined.spans[name].extend_keys(moved)


def _moved(doc: Doc, by: int) -> dict[Any, Any]:
    """Give the user data of tokens and spans at their new places; what is the document's own has none."""
    moved = {}
    for key, value in doc.user_data.items():
        if is_added(key) and key[2] is not None:
            mark, name, start, end = key
            moved[(mark, name, start + by, None if end is None else end + by)] = copy.copy(value)
        else:
            _log.warning("Doc.from_docs: user data %r belong to one document and are left out", key)
    return moved
