"""Read and write word vectors as safetensors: table, keys and rows as arrays, everything else as metadata."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from kernel.errors import DataError
from kernel.text.base.host_arrays import on_cpu
from kernel.text.base.json_data import read_json
from kernel.text.base.shapes import TEXT_OR_NONE, check_shape

if TYPE_CHECKING:
    from kernel.text.vectors.vectors import Vectors

_METADATA_KEY = "vectors"
#: The arrays of a file and their types.
_TYPES = {"data": "float32", "keys": "uint64", "rows": "int64"}
_SHAPE = {
    "name?": TEXT_OR_NONE,
    "settings?": {
        **{f"{name}?": str for name in ("mode", "attr", "bow", "eow")},
        **{f"{name}?": int for name in ("minn", "maxn", "hash_count", "hash_seed")},
    },
    "strings?": [str],
}


class Written(NamedTuple):
    """The contents of serialized vectors.

    Attributes:
        data: The table, float32.
        key2row: The row of each key.
        name: Name of the vectors.
        settings: Mode, attribute and floret settings, if they are not the defaults.
        strings: The strings of the keys.
    """

    data: npt.NDArray[np.float32]
    key2row: dict[int, int]
    name: str | None
    settings: dict[str, Any]
    strings: list[str]


def write(vectors: Vectors, *, with_strings: bool) -> bytes:
    """Serialize a vectors table.

    Raises:
        DataError: The table contains nan or inf, which could not be read back.
    """
    tensors: dict[str, npt.NDArray[Any]] = {
        "data": np.ascontiguousarray(on_cpu(vectors.data), dtype=np.float32),
        "keys": np.fromiter(vectors.key2row.keys(), dtype=np.uint64, count=vectors.n_keys),
        "rows": np.fromiter(vectors.key2row.values(), dtype=np.int64, count=vectors.n_keys),
    }
    check_finite(tensors["data"])
    metadata: dict[str, Any] = {} if vectors.name is None else {"name": vectors.name}
    if vectors.mode == "floret" or vectors.attr_name != "ORTH":
        metadata["settings"] = {"mode": vectors.mode, "attr": vectors.attr_name, **asdict(vectors.ngrams)}
    if with_strings:
        metadata["strings"] = vectors.strings.strings_of(
            [key for key in vectors.key2row if key in vectors.strings]
        )
    # As a single entry: safetensors writes several in arbitrary order, so the bytes would not be reproducible.
    data: bytes = save(tensors, metadata={_METADATA_KEY: json.dumps(metadata)})
    return data


def read(data: bytes) -> Written:
    """Read the output of `write`.

    Raises:
        DataError: The bytes are damaged, or contain other arrays or numbers that are not finite.
    """
    try:
        tensors = load(data)
        table, keys, rows = tensors["data"], tensors["keys"], tensors["rows"]
    except (SafetensorError, KeyError) as error:
        raise DataError(f"vectors: not a vectors table, {error}") from None
    for name, array in tensors.items():
        if name not in _TYPES or array.dtype != _TYPES[name]:
            expected = _TYPES.get(name, f"only {', '.join(_TYPES)}")
            raise DataError(
                f"vectors: array {name!r}: expected {expected}, got {array.dtype}; write the vectors again"
            )
    check_finite(table)
    if (
        table.ndim != 2
        or keys.ndim != 1
        or keys.shape != rows.shape
        or (rows.size and not 0 <= rows.min() <= rows.max() < len(table))
    ):
        raise DataError(
            f"vectors: keys and rows do not fit a table of shape {table.shape}; restore the files, or create the "
            "vectors again"
        )
    metadata = _read_metadata(data)
    return Written(
        np.array(table),
        dict(zip(keys.tolist(), rows.tolist(), strict=True)),
        metadata.get("name"),
        metadata.get("settings", {}),
        metadata.get("strings", []),
    )


def check_finite(table: npt.NDArray[np.float32]) -> None:
    """Check that all vectors are finite.

    Raises:
        DataError: One is not.
    """
    flat = table.reshape(-1)
    with np.errstate(all="ignore"):
        # A fast test that can only err on one side: the product may also overflow for large finite numbers.
        if np.isfinite(np.dot(flat, flat)):
            return
    bad = np.flatnonzero(~np.isfinite(flat))
    if len(bad):
        position = [int(index) for index in np.unravel_index(bad[0], table.shape)]
        raise DataError(
            f"vectors: array 'data': expected finite numbers, got {flat[bad[0]]} at {position}; write the vectors again"
        )


def _read_metadata(data: bytes) -> dict[str, Any]:
    """Read the metadata from the header of safetensors bytes: 8 bytes of length, then JSON."""
    try:
        header = read_json(data[8 : 8 + int.from_bytes(data[:8], "little")])
        entries: dict[str, str] = header.get("__metadata__", {})
        # In an older format each item is an entry of its own, with the settings as JSON.
        metadata = read_json(entries[_METADATA_KEY]) if _METADATA_KEY in entries else dict(entries)
        if isinstance(metadata.get("settings"), str):
            metadata["settings"] = read_json(metadata["settings"])
        check_shape(metadata, _SHAPE)
        return dict(metadata)
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(f"vectors: the metadata are damaged, {error}") from None
