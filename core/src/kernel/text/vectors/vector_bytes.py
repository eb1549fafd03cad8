"""Word vectors as safetensors: the table, its keys and their rows; name, settings and strings as facts beside."""

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
from kernel.text.base.jsonvalues import read_json
from kernel.text.vectors.shapes import TEXT_OR_NONE, check_shape

if TYPE_CHECKING:
    from kernel.text.vectors.vectors import Vectors

_FACTS = "vectors"
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
    """What bytes hold.

    Attributes:
        data: The table, float32.
        key2row: The row of each key.
        name: What the vectors are called.
        settings: Mode, attribute and those of floret, where they are not the usual ones.
        strings: Those of the keys.
    """

    data: npt.NDArray[np.float32]
    key2row: dict[int, int]
    name: str | None
    settings: dict[str, Any]
    strings: list[str]


def write(vectors: Vectors, *, with_strings: bool) -> bytes:
    """Write a table of vectors.

    Raises:
        DataError: A vector is nan or inf: nobody could read what was written.
    """
    tensors: dict[str, npt.NDArray[Any]] = {
        "data": np.ascontiguousarray(on_cpu(vectors.data), dtype=np.float32),
        "keys": np.fromiter(vectors.key2row.keys(), dtype=np.uint64, count=vectors.n_keys),
        "rows": np.fromiter(vectors.key2row.values(), dtype=np.int64, count=vectors.n_keys),
    }
    check_finite(tensors["data"])
    facts: dict[str, Any] = {} if vectors.name is None else {"name": vectors.name}
    if vectors.mode == "floret" or vectors.attr_name != "ORTH":
        facts["settings"] = {"mode": vectors.mode, "attr": vectors.attr_name, **asdict(vectors.ngrams)}
    if with_strings:
        facts["strings"] = vectors.strings.strings_of(
            [key for key in vectors.key2row if key in vectors.strings]
        )
    # Several facts would come in any order, and the bytes would differ from time to time.
    written: bytes = save(tensors, metadata={_FACTS: json.dumps(facts)})
    return written


def read(data: bytes) -> Written:
    """Read what `write` wrote.

    Raises:
        DataError: The bytes are damaged, or hold other arrays or numbers that are not finite.
    """
    try:
        tensors = load(data)
        table, keys, rows = tensors["data"], tensors["keys"], tensors["rows"]
    except (SafetensorError, KeyError) as error:
        raise DataError(f"vectors: not a table of vectors, {error}") from None
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
        raise DataError(f"vectors: keys and rows do not fit, got a table of shape {table.shape}")
    facts = _facts_in(data)
    return Written(
        np.array(table),
        dict(zip(keys.tolist(), rows.tolist(), strict=True)),
        facts.get("name"),
        facts.get("settings", {}),
        facts.get("strings", []),
    )


def check_finite(table: npt.NDArray[np.float32]) -> None:
    """See that all vectors are numbers.

    Raises:
        DataError: One is not.
    """
    flat = table.reshape(-1)
    with np.errstate(all="ignore"):
        # Of large numbers the product is infinite, too.
        if np.isfinite(np.dot(flat, flat)):
            return
    bad = np.flatnonzero(~np.isfinite(flat))
    if len(bad):
        place = [int(index) for index in np.unravel_index(bad[0], table.shape)]
        raise DataError(
            f"vectors: array 'data': expected finite numbers, got {flat[bad[0]]} at {place}; write the vectors again"
        )


def _facts_in(data: bytes) -> dict[str, Any]:
    """Read what stands in the header of safetensors bytes: 8 bytes of length, then JSON."""
    try:
        header = read_json(data[8 : 8 + int.from_bytes(data[:8], "little")])
        told: dict[str, str] = header.get("__metadata__", {})
        # Once each fact stood by itself, the settings as JSON.
        facts = read_json(told[_FACTS]) if _FACTS in told else dict(told)
        if isinstance(facts.get("settings"), str):
            facts["settings"] = read_json(facts["settings"])
        check_shape(facts, _SHAPE)
        return dict(facts)
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(f"vectors: what stands beside the table is damaged, {error}") from None
