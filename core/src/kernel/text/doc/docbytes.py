"""Serialize a document to bytes and files, to send it to another process or to store it: methods of `Doc`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from kernel.errors import DataError
from kernel.system.files import regular
from kernel.text.base import messages
from kernel.text.base.cats import checked_cats
from kernel.text.base.host_arrays import on_cpu
from kernel.text.doc import doc_arrays
from kernel.text.doc.columns import DTYPES

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

D = TypeVar("D", bound="Doc")

_FORMAT = 2
_TUPLE = 1
# Maximum nesting of tuples: each is packed separately, and reading one takes much of the machine's stack.
_DEEPEST = 16


def to_disk(doc: Doc, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
    """Write to a file."""
    Path(path).write_bytes(to_bytes(doc, exclude=exclude))


def from_disk(doc: D, path: str | Path, *, exclude: Iterable[str] = ()) -> D:
    """Read from a file.

    Raises:
        DataError: The file cannot be read, or is not a document.
    """
    try:
        return from_bytes(doc, regular(path).read_bytes(), exclude=exclude)
    except OSError as error:
        raise DataError(f"{path}: cannot be read, {error.strerror}") from None
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def to_bytes(doc: Doc, *, exclude: Iterable[str] = ()) -> bytes:
    """Serialize everything but the vocabulary.

    Args:
        exclude: What to leave out: tensor, user_data (or only user_data_keys or user_data_values), cats, spans,
            sentiment, strings.
    """
    return messages.pack(to_dict(doc, exclude=exclude))


def from_bytes(doc: D, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> D:
    """Fill an empty document from the output of `to_bytes`.

    Raises:
        DataError: The document is not empty, or the bytes are damaged.
    """
    try:
        message = messages.unpack(bytes_data)
    except (ValueError, TypeError) as error:
        raise _not_a_document(error) from None
    return from_dict(doc, message, exclude=exclude)


def to_dict(doc: Doc, *, exclude: Iterable[str] = ()) -> dict[str, Any]:
    """Return the data that `to_bytes` serializes, everything but the vocabulary, as a dictionary."""
    exclude = frozenset(exclude)
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
    if "sentiment" not in exclude and doc.sentiment:
        message["sentiment"] = doc.sentiment
    if "spans" not in exclude:
        message["spans"] = doc.spans.to_bytes()
    if "tensor" not in exclude and doc.tensor.size:
        tensor = on_cpu(doc.tensor)
        message["tensor"] = {"shape": list(tensor.shape), "data": tensor.astype(np.float32).tobytes()}
    if "user_data" not in exclude:
        message["user_data_keys"] = pack_marked(list(doc.user_data))
        message["user_data_values"] = pack_marked(list(doc.user_data.values()))
    return {name: value for name, value in message.items() if name not in exclude}


def from_dict(doc: D, msg: Mapping[str, Any], *, exclude: Iterable[str] = ()) -> D:
    """Fill an empty document from the output of `to_dict`.

    Raises:
        DataError: The document is not empty, or the data are damaged.
    """
    message, exclude = msg, frozenset(exclude)
    if len(doc):
        raise DataError(f"doc: only an empty document can be filled, got one of {len(doc)} tokens")
    try:
        if message["format"] != _FORMAT:
            raise DataError(f"doc: unknown format, got {message['format']!r}")
        doc.vocab.strings.add_all(message.get("strings", []))
        doc.__init__(doc.vocab, words=message["words"], user_data=doc.user_data)  # type: ignore[misc]
        columns = {
            name: np.frombuffer(values, dtype=DTYPES[name]) for name, values in message["columns"].items()
        }
        doc_arrays.write_columns(doc, columns)
        doc.has_unknown_spaces = bool(message["has_unknown_spaces"])
        _read_rest(doc, {name: value for name, value in message.items() if name not in exclude})
    except DataError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise _not_a_document(error) from None
    return doc


def _read_rest(doc: Doc, message: Mapping[str, Any]) -> None:
    """Read the data that are not in columns."""
    doc.cats = checked_cats(message.get("cats", {}))
    doc.sentiment = float(message.get("sentiment", 0.0))
    if "tensor" in message:
        tensor = message["tensor"]
        doc.tensor = np.frombuffer(tensor["data"], dtype=np.float32).reshape(tensor["shape"]).copy()
    if "user_data_keys" in message and "user_data_values" in message:
        keys, values = (unpack_marked(message[f"user_data_{half}"]) for half in ("keys", "values"))
        doc.user_data = dict(zip(keys, values, strict=True))
    if "spans" in message:
        doc.spans.from_bytes(message["spans"])


def pack_marked(value: Any, depth: int = 0) -> bytes:
    """Serialize plain data and arrays, marking tuples, which msgpack would turn into lists.

    Args:
        value: The value.
        depth: How many tuples the value is nested in.
    """
    from srsly import msgpack

    def mark_tuple(part: Any, chain: object = None) -> Any:
        if isinstance(part, tuple) and depth < _DEEPEST:
            return msgpack.ExtType(_TUPLE, pack_marked(list(part), depth + 1))
        if isinstance(part, tuple):
            raise DataError(f"user_data: tuples nested more than {_DEEPEST} levels deep; use lists")
        raise DataError(f"user_data: only plain data and arrays can be written, got {part!r:.60}; remove it")

    packed: bytes = msgpack.packb(value, strict_types=True, use_bin_type=True, default=mark_tuple)
    return packed


def unpack_marked(data: bytes, depth: int = 0) -> Any:
    """Deserialize the output of `pack_marked`.

    Raises:
        DataError: There is an unknown mark, or tuples are nested too deeply.
        ValueError: The data are malformed.
    """
    from srsly import msgpack

    def read_tuple(code: int, part: bytes) -> Any:
        if code != _TUPLE:
            raise DataError(f"user_data: unknown mark, got {code}")
        if depth >= _DEEPEST:
            raise DataError(f"user_data: tuples nested more than {_DEEPEST} levels deep; write it again")
        return tuple(unpack_marked(part, depth + 1))

    try:
        return msgpack.unpackb(data, raw=False, use_list=True, strict_map_key=False, ext_hook=read_tuple)
    except messages.ODD as error:
        raise ValueError(f"{type(error).__name__}: {messages.reason(error)}") from None


def _not_a_document(error: Exception) -> DataError:
    return DataError(f"doc: not a document's bytes, {type(error).__name__}: {error}")


def strings_of(doc: Doc) -> set[str]:
    """Return every string that the annotation of a document refers to."""
    return {doc.vocab.strings[number] for number in set(doc.used_strings().tolist())}
