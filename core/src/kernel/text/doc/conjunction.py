"""Concatenate documents."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kernel.errors import DataError
from kernel.text.base.attrs import attribute_name
from kernel.text.doc.columns import DTYPES
from kernel.text.vocab.underscore import is_added

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

_log = logging.getLogger(__name__)


def join(
    docs: Sequence[Doc],
    ensure_whitespace: bool = True,
    attrs: Sequence[int | str] | None = None,
    *,
    exclude: Iterable[str] = (),
) -> Doc | None:
    """Concatenate documents of one vocabulary.

    Args:
        docs: The documents; for an empty sequence None is returned.
        ensure_whitespace: Whether to add a space after a document that does not end in whitespace.
        attrs: The attributes to copy; by default all.
        exclude: What to leave out: spans, tensor, user_data.

    Raises:
        DataError: They have different vocabularies.
    """
    if not docs:
        return None
    names = None if attrs is None else {attribute_name(attr) for attr in attrs}
    exclude = frozenset(exclude)
    vocab = docs[0].vocab
    if any(doc.vocab is not vocab for doc in docs):
        raise DataError("Doc.from_docs: expected documents of one vocabulary; create them with one pipeline")
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
        wanted = name not in ("LEX", "SPACY") and (names is None or name in names)
        if wanted and any(doc.has_column(name) for doc in docs):
            joined.set_column(name, np.concatenate([_column(doc, name) for doc in docs]))
    starts = np.cumsum([0, *(len(doc) for doc in docs)]).tolist()
    if "spans" not in exclude:
        for doc, start in zip(docs, starts, strict=False):
            _add_spans(joined, doc, start)
    if "user_data" not in exclude:
        offsets = [*joined.offsets.tolist(), len(joined.text)]
        for doc, start in zip(docs, starts, strict=False):
            joined.user_data.update(_moved(doc, offsets[start]))
    if "tensor" not in exclude and any(doc.tensor.size for doc in docs):
        joined.tensor = np.concatenate([doc.tensor for doc in docs if doc.tensor.size])
    return joined


def _column(doc: Doc, name: str) -> Any:
    values = doc.column(name)
    if name == "SENT_START" and len(values) and not values[0] and doc.has_column("SENT_START"):
        # A sentence starts at the start of each document.
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
    """Return the user data of tokens and spans with shifted offsets; a document's own data are left out."""
    moved = {}
    for key, value in doc.user_data.items():
        if is_added(key) and key[2] is not None:
            mark, name, start, end = key
            moved[(mark, name, start + by, None if end is None else end + by)] = copy.copy(value)
        else:
            _log.warning("Doc.from_docs: user data %r belong to a single document and are left out", key)
    return moved
