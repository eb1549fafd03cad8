"""Read word vectors saved by spaCy: `vectors`, a NumPy array; `key2row`, msgpack; `vectors.cfg`, JSON."""

from __future__ import annotations

from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np

from kernel.errors import DataError
from kernel.text.base import messages
from kernel.text.base.json_data import read_json
from kernel.text.base.shapes import check_shape
from kernel.text.vectors.vector_bytes import check_finite

_TABLE, _KEYS, _SETTINGS = "vectors", "key2row", "vectors.cfg"
_ARGUMENTS = ("mode", "attr", "minn", "maxn", "hash_count", "hash_seed", "bow", "eow")
_SHAPE = {
    **{f"{name}?": str for name in ("mode", "bow", "eow")},
    **{f"{name}?": int for name in ("minn", "maxn", "hash_count", "hash_seed")},
    "attr?": (str, int),
}


def read_spacy_vectors(folder: Path) -> tuple[dict[str, Any], dict[int, int]] | None:
    """Read the vectors of a folder.

    Args:
        folder: The folder of a vocabulary.

    Returns:
        The table and settings as arguments of `Vectors`, and the row of each key; None if there are no vectors.

    Raises:
        DataError: A file is damaged.
    """
    if not (folder / _TABLE).is_file():
        return None
    try:
        table = np.load(folder / _TABLE, allow_pickle=False)
        settings = _loaded(folder / _SETTINGS, read_json)
        check_shape(settings, _SHAPE, "settings")
        key2row = _loaded(folder / _KEYS, messages.unpack)
        check_shape(key2row, dict, "rows")
        are_numbers = {int}.issuperset(map(type, (*key2row, *key2row.values()))) and table.dtype.kind in "fiu"
        are_numbers = are_numbers and all(0 <= key < 1 << 64 for key in key2row)
        if not are_numbers or table.ndim != 2 or not all(-1 <= row < len(table) for row in key2row.values()):
            raise DataError(
                f"{folder}: keys and rows do not fit a table of shape {table.shape}; restore the files, or create the "
                "vectors again"
            )
        table = table.astype(np.float32, copy=False)
        check_finite(table)
    except (
        EOFError,
        OSError,
        ValueError,
        TypeError,
        TokenError,
        SyntaxError,
        MemoryError,
        OverflowError,
    ) as error:
        # NumPy parses the header of an array as Python, hence all these errors.
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{folder}: the vectors cannot be read, got {messages.reason(error)}; save them again"
        ) from None
    arguments = {name: settings[name] for name in _ARGUMENTS if name in settings}
    rows = {key: row for key, row in key2row.items() if row >= 0}
    return {"data": table, **arguments}, rows


def _loaded(file: Path, read: Any) -> Any:
    return read(file.read_bytes()) if file.is_file() else {}
