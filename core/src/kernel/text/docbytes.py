"""A document as bytes, for sending it to another process or storing it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kernel.errors import DataError
from kernel.text import arrays
from kernel.text.columns import DTYPES

if TYPE_CHECKING:
    from kernel.text.doc import Doc

_FORMAT = 1
_STRING_COLUMNS = ("TAG", "POS", "MORPH", "LEMMA", "DEP", "ENT_TYPE", "ENT_KB_ID", "ENT_ID", "NORM")


def to_bytes(doc: Doc, exclude: frozenset[str]) -> bytes:
    """Write words, columns and what else a document carries."""
    import srsly

    set_names = [name for name in DTYPES if name != "LEX" and doc.has_column(name) and name != "SENT_START"]
    if doc.has_column("SENT_START") and not doc.has_column("HEAD"):
        set_names.append("SENT_START")
    message: dict[str, Any] = {
        "format": _FORMAT,
        "words": doc.words,
        "columns": {name: doc.column(name).tobytes() for name in set_names},
        "has_unknown_spaces": doc.has_unknown_spaces,
    }
    if "strings" not in exclude:
        message["strings"] = sorted(strings_of(doc))
    if "cats" not in exclude:
        message["cats"] = doc.cats
    if "spans" not in exclude:
        message["spans"] = doc.spans.to_bytes()
    if "tensor" not in exclude and doc.tensor.size:
        tensor = doc.tensor.get() if hasattr(doc.tensor, "get") else doc.tensor
        message["tensor"] = {"shape": list(tensor.shape), "data": tensor.astype(np.float32).tobytes()}
    if "user_data" not in exclude:
        message["user_data"] = srsly.msgpack_dumps(doc.user_data)
    written: bytes = srsly.msgpack_dumps(message)
    return written


def from_bytes(doc: Doc, data: bytes, exclude: frozenset[str]) -> None:
    """Fill an empty document.

    Raises:
        DataError: The document is not empty, or the bytes are damaged.
    """
    import srsly

    if len(doc):
        raise DataError(f"doc: only an empty document can be filled, got one of {len(doc)} tokens")
    try:
        message = srsly.msgpack_loads(data)
        if message["format"] != _FORMAT:
            raise DataError(f"doc: unknown format, got {message['format']!r}")
        doc.vocab.strings.add_all(message.get("strings", []))
        doc.__init__(doc.vocab, words=message["words"], user_data=doc.user_data)  # type: ignore[misc]
        columns = {
            name: np.frombuffer(values, dtype=DTYPES[name]) for name, values in message["columns"].items()
        }
        arrays.write_columns(doc, columns)
        doc.has_unknown_spaces = bool(message["has_unknown_spaces"])
        if "cats" in message and "cats" not in exclude:
            doc.cats = message["cats"]
        if "tensor" in message and "tensor" not in exclude:
            tensor = message["tensor"]
            doc.tensor = np.frombuffer(tensor["data"], dtype=np.float32).reshape(tensor["shape"]).copy()
        if "user_data" in message and "user_data" not in exclude:
            doc.user_data = dict(srsly.msgpack_loads(message["user_data"], use_list=False))
        if "spans" in message and "spans" not in exclude:
            doc.spans.from_bytes(message["spans"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"doc: not a document's bytes, {type(error).__name__}: {error}") from None


def strings_of(doc: Doc) -> set[str]:
    """Every string that the annotation of a document points to."""
    numbers: set[int] = set()
    for name in _STRING_COLUMNS:
        if doc.has_column(name):
            numbers.update(np.unique(doc.column(name)).tolist())
    for group in doc.spans.values():
        for _, _, label, kb_id, span_id in group.keys:
            numbers.update((label, kb_id, span_id))
    return {doc.vocab.strings[number] for number in numbers}
