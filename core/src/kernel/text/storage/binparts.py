"""Validate the parts of a DocBin: that they exist, have the right types, and fit each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.base import attrs as attributes
from kernel.text.storage.inflate import most_entries

#: Parts with one entry per document: the type of the entries, and the default if an older file lacks the part.
PER_DOCUMENT: dict[str, tuple[type, Any]] = {
    "cats": (dict, {}),
    "flags": (dict, {}),
    "span_groups": (bytes, b""),
    "user_data": (bytes, b""),
}


def checked(message: dict[str, Any], key: str, kind: type, of: type) -> Any:
    """Return a part after checking its type, and the type of the entries if it is a list."""
    value = message.get(key)
    if not isinstance(value, kind):
        raise DataError(f"docbin: {key} is missing or damaged, got {type(value).__name__}")
    if isinstance(value, list):
        check_kind(key, value, of)
    return value


def check_kind(key: str, entries: list[Any], of: type) -> None:
    """Check the type of the entries of a part."""
    if not {of}.issuperset(map(type, entries)):
        raise DataError(f"docbin: {key} must hold {of.__name__} only; the file is damaged")


def array(message: dict[str, Any], key: str, dtype: str) -> npt.NDArray[Any]:
    """Return a part that consists of numbers, as an array."""
    data = checked(message, key, bytes, int)
    check_numbers(key, len(data), dtype)
    return np.frombuffer(data, dtype=dtype)


def check_numbers(key: str, n_bytes: int, dtype: str) -> int:
    """Return how many numbers a part has, after checking that its size is a multiple of theirs."""
    if n_bytes % np.dtype(dtype).itemsize:
        raise DataError(f"docbin: {key} is damaged, got {n_bytes} bytes")
    return n_bytes // np.dtype(dtype).itemsize


def names_of(message: dict[str, Any]) -> list[str]:
    """Return the names of the attributes, ORTH first."""
    names = [attributes.attribute_name(attr) for attr in checked(message, "attrs", list, int)]
    if names[:1] != ["ORTH"]:
        raise DataError(f"docbin: the first attribute must be ORTH, got {names[:1]}")
    return names


def check_sizes(n_tokens: int, n_spaces: int, n_numbers: int, n_names: int) -> None:
    """Check that all parts have the same number of tokens; it is -1 if a length is negative."""
    if n_tokens != n_spaces or n_tokens * n_names != n_numbers:
        raise DataError(f"docbin: lengths say {n_tokens} tokens, got {n_spaces} spaces, {n_numbers} numbers")


def check_entries(key: str, n_entries: int, n_docs: int) -> None:
    """Check that a part has one entry per document."""
    if n_entries != n_docs:
        raise DataError(f"docbin: {key} has {n_entries} entries for {n_docs} documents; the file is damaged")


def check_most(key: str, n_entries: int, n_bytes: int) -> None:
    """Check that a part does not have more entries than a file of this size can have."""
    if n_entries > most_entries(n_bytes):
        raise DataError(
            f"docbin: {key} has {n_entries} entries in {n_bytes} bytes, the limit is {most_entries(n_bytes)}; "
            "the file is damaged"
        )


def per_document(message: dict[str, Any], key: str, n_docs: int) -> list[Any]:
    """Return a part with one entry per document, or default entries if an older file lacks it."""
    kind, default = PER_DOCUMENT[key]
    if key not in message:
        return [default] * n_docs
    values: list[Any] = checked(message, key, list, kind)
    check_entries(key, len(values), n_docs)
    return values
