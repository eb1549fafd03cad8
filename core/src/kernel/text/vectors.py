"""Word vectors: a table of rows and the keys that point to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from kernel.errors import DataError
from kernel.text.strings import StringStore

_FILE = "vectors.safetensors"


class Vectors:
    """A two-dimensional table, and for each key (the number of a string) the row it owns or shares."""

    def __init__(
        self,
        *,
        strings: StringStore | None = None,
        shape: tuple[int, int] | None = None,
        data: npt.NDArray[np.float32] | None = None,
        keys: Iterable[int | str] = (),
        name: str | None = None,
    ) -> None:
        """Make a table.

        Args:
            strings: Where keys given as strings are stored.
            shape: Rows and width of a table of zeros, where no data are given.
            data: The table itself.
            keys: Keys of the first rows, in order.
            name: What the vectors are called.
        """
        self.strings = StringStore() if strings is None else strings
        self.data: Any = np.zeros(shape or (0, 0), dtype=np.float32) if data is None else data
        self.name = name
        self.key2row: dict[int, int] = {}
        for row, key in enumerate(keys):
            self.add(key, row=row)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and width of the table."""
        n_rows, width = self.data.shape
        return int(n_rows), int(width)

    @property
    def size(self) -> int:
        """Rows times width."""
        return int(self.data.size)

    @property
    def vectors_length(self) -> int:
        """Width of the table."""
        return self.shape[1]

    @property
    def n_keys(self) -> int:
        """Number of keys."""
        return len(self.key2row)

    @property
    def is_full(self) -> bool:
        """Whether every row has a key."""
        return len(set(self.key2row.values())) >= self.shape[0]

    def add(self, key: int | str, *, vector: npt.ArrayLike | None = None, row: int | None = None) -> int:
        """Give a key a row, and the row a vector.

        Args:
            key: The word, or its number.
            vector: What to write into the row, if anything.
            row: Which row; the key's own or the first free one where not given.

        Returns:
            The row.

        Raises:
            DataError: The table is full, the row beyond it or the vector of another width.
        """
        number = self.strings.add(key) if isinstance(key, str) else int(key)
        if row is None:
            row = self.key2row[number] if number in self.key2row else self._free_row()
        if not 0 <= row < self.shape[0]:
            raise DataError(f"vectors: no such row, got {row}; the table has {self.shape[0]} rows")
        if vector is not None:
            self._write(row, vector)
        self.key2row[number] = row
        return row

    def find(self, *, key: int | str) -> int:
        """Row of a key, or -1."""
        return self.key2row.get(self.strings.as_int(key), -1)

    def get_batch(self, keys: Iterable[int | str]) -> Any:
        """Vectors of many keys; zeros where a key has none."""
        rows = np.array([self.find(key=key) for key in keys], dtype=np.int64)
        if not self.shape[0]:
            return np.zeros((len(rows), self.vectors_length), dtype=np.float32)
        # Row -1 stands for no row; it is read as the last one and then cleared.
        vectors = self.data[rows]
        vectors[rows < 0] = 0
        return vectors

    def resize(self, shape: tuple[int, int]) -> None:
        """Cut or widen the table; new cells are zero, keys of lost rows go."""
        grown = np.zeros(shape, dtype=np.float32)
        n_rows, width = (min(old, new) for old, new in zip(self.shape, shape, strict=True))
        grown[:n_rows, :width] = self.data[:n_rows, :width]
        self.data = grown
        self.key2row = {key: row for key, row in self.key2row.items() if row < shape[0]}

    def __getitem__(self, key: int | str) -> Any:
        row = self.find(key=key)
        if row < 0:
            raise KeyError(key)
        return self.data[row]

    def __setitem__(self, key: int | str, vector: npt.ArrayLike) -> None:
        self.add(key, vector=vector)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, int | str) and self.strings.as_int(key) in self.key2row

    def __iter__(self) -> Iterator[int]:
        return iter(self.key2row)

    def __len__(self) -> int:
        return self.shape[0]

    def to_bytes(self) -> bytes:
        """Write table, keys and name as safetensors."""
        tensors = {
            "data": np.ascontiguousarray(_on_cpu(self.data)),
            "keys": np.fromiter(self.key2row.keys(), dtype=np.uint64, count=self.n_keys),
            "rows": np.fromiter(self.key2row.values(), dtype=np.int64, count=self.n_keys),
        }
        written: bytes = save(tensors, metadata={} if self.name is None else {"name": self.name})
        return written

    def from_bytes(self, data: bytes) -> Vectors:
        """Replace everything by what `to_bytes` wrote."""
        try:
            tensors = load(data)
            table, keys, rows = tensors["data"], tensors["keys"], tensors["rows"]
        except (SafetensorError, KeyError) as error:
            raise DataError(f"vectors: not a table of vectors, {error}") from None
        if (
            table.ndim != 2
            or len(keys) != len(rows)
            or (rows.size and not 0 <= rows.min() <= rows.max() < len(table))
        ):
            raise DataError(f"vectors: keys and rows do not fit, got a table of shape {table.shape}")
        self.data = np.array(table)
        self.key2row = dict(zip(keys.tolist(), rows.tolist(), strict=True))
        self.name = _name_in(data)
        return self

    def to_disk(self, path: str | Path) -> None:
        """Write into a folder."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path) -> Vectors:
        """Read from a folder; a folder without vectors leaves an empty table."""
        file = Path(path) / _FILE
        if not file.exists():
            return self
        try:
            return self.from_bytes(file.read_bytes())
        except DataError as error:
            raise DataError(f"{file}: {error}") from None

    def _free_row(self) -> int:
        taken = set(self.key2row.values())
        for row in range(self.shape[0]):
            if row not in taken:
                return row
        raise DataError(f"vectors: the table is full, got {self.shape[0]} rows; resize it first")

    def _write(self, row: int, vector: npt.ArrayLike) -> None:
        width = np.shape(vector)
        if width != (self.vectors_length,):
            raise DataError(f"vectors: expected a vector of width {self.vectors_length}, got shape {width}")
        self.data[row] = vector


def vectors_factory() -> Callable[[Any], Vectors]:
    """Make the function that gives a vocabulary its empty table of vectors."""

    def create_vectors(vocab: Any) -> Vectors:
        return Vectors(strings=vocab.strings)

    return create_vectors


def _on_cpu(array: Any) -> npt.NDArray[np.float32]:
    fetched: npt.NDArray[np.float32] = array.get() if hasattr(array, "get") else array
    return fetched


def _name_in(data: bytes) -> str | None:
    """Read the name in the header of safetensors bytes: 8 bytes of length, then JSON."""
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    name: str | None = header.get("__metadata__", {}).get("name")
    return name
