"""The vectors table: rows, and keys that are mapped to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.base.attrs import IDS, NAMES, attribute_id
from kernel.text.base.strings import StringStore
from kernel.text.vectors import vector_bytes
from kernel.text.vectors.floret import NgramSettings, floret_vectors
from kernel.text.vectors.spacy_vectors import read_spacy_vectors

MODES = ("default", "floret")
_FILE = "vectors.safetensors"


class Vectors:
    """A two-dimensional table, and a mapping of keys (string numbers) to rows; keys may share a row."""

    def __init__(
        self,
        *,
        strings: StringStore | None = None,
        shape: tuple[int, int] | None = None,
        data: npt.NDArray[np.float32] | None = None,
        keys: Iterable[int | str] | None = None,
        name: str | None = None,
        mode: str = "default",
        minn: int = 0,
        maxn: int = 0,
        hash_count: int = 1,
        hash_seed: int = 0,
        bow: str = "<",
        eow: str = ">",
        attr: int | str = "ORTH",
    ) -> None:
        """Create a table.

        Args:
            strings: Where keys given as strings are stored.
            shape: Rows and width of a table of zeros; ignored if there are data.
            data: The table.
            keys: Keys of the first rows, in order.
            name: Name of the vectors.
            mode: default, where rows belong to keys, or floret, where they belong to character n-grams.
            minn: Length of the shortest n-grams (floret).
            maxn: Length of the longest n-grams (floret).
            hash_count: Rows per n-gram, 1 to 4 (floret).
            hash_seed: Seed of the hash (floret).
            bow: Marks the beginning of a word (floret).
            eow: Marks the end of a word (floret).
            attr: The attribute of words that is used as key.

        Raises:
            DataError: The mode is unknown, or settings or data do not fit it.
        """
        if mode not in MODES:
            raise DataError(f"vectors: mode must be default or floret, got {mode!r:.80}")
        if mode == "floret" and (data is None or keys is not None):
            raise DataError("vectors: floret needs data and no keys; every word has a vector")
        self.strings = StringStore() if strings is None else strings
        self.data: Any = np.zeros(shape or (0, 0), dtype=np.float32) if data is None else data
        self.name = name
        self.mode = mode
        self.ngrams = NgramSettings(minn, maxn, hash_count, hash_seed, bow, eow)
        self.attr = _word_attribute(attr)
        self.key2row: dict[int, int] = {}
        self._taken: set[int] = set()
        self._first_free = 0
        for row, key in enumerate(keys or ()):
            self.add(key, row=row)

    minn = property(lambda self: self.ngrams.minn, doc="Length of the shortest n-grams.")
    maxn = property(lambda self: self.ngrams.maxn, doc="Length of the longest n-grams.")
    hash_count = property(lambda self: self.ngrams.hash_count, doc="Rows per n-gram.")
    hash_seed = property(lambda self: self.ngrams.hash_seed, doc="Seed of the n-grams' hash.")
    bow = property(lambda self: self.ngrams.bow, doc="Mark for the beginning of a word.")
    eow = property(lambda self: self.ngrams.eow, doc="Mark for the end of a word.")

    @property
    def attr_name(self) -> str:
        """Name of the attribute of words that is used as key."""
        return NAMES[self.attr]

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
        """Number of keys; -1 for floret, which has a vector for every word."""
        return -1 if self.mode == "floret" else len(self.key2row)

    @property
    def is_full(self) -> bool:
        """Whether every row has a key."""
        return self.mode == "floret" or len(self._taken) >= self.shape[0]

    def add(self, key: int | str, *, vector: npt.ArrayLike | None = None, row: int | None = None) -> int:
        """Map a key to a row, and optionally set the row's vector.

        Args:
            key: The word, or its number.
            vector: The vector to write to the row.
            row: The row; by default the key's current row or the first free one.

        Returns:
            The row.

        Raises:
            DataError: The table is full or in floret mode, there is no such row, or the vector has another width.
        """
        self._check_default("add")
        number = self.strings.add(key) if isinstance(key, str) else int(key)
        if row is None:
            row = self.key2row[number] if number in self.key2row else self._free_row()
        if not 0 <= row < self.shape[0]:
            raise DataError(f"vectors: row out of range, got {row}; the table has {self.shape[0]} rows")
        if vector is not None:
            self._write(row, vector)
        self.key2row[number] = row
        self._taken.add(row)
        return row

    def find(
        self,
        *,
        key: int | str | None = None,
        keys: Iterable[int | str] | None = None,
        row: int | None = None,
        rows: Iterable[int] | None = None,
    ) -> Any:
        """Find the rows of keys, or the keys of rows; pass exactly one argument.

        Returns:
            For `key` its row or -1, for `keys` an array of these; for `row` the last key mapped to it, for `rows` an
            array of these.
        """
        self._check_default("find")
        if sum(argument is not None for argument in (key, keys, row, rows)) != 1:
            raise DataError("vectors: find needs exactly one of key, keys, row and rows")
        if key is not None:
            return self.key2row.get(self.strings.as_int(key), -1)
        if keys is not None:
            numbers = map(self.strings.as_int, keys)
            return np.array([self.key2row.get(number, -1) for number in numbers], dtype=np.int32)
        key_of = {row: key for key, row in self.key2row.items()}
        if row is not None:
            return key_of[row]
        return np.array([key_of[row] for row in rows or ()], dtype=np.uint64)

    def get_batch(self, keys: Iterable[int | str]) -> Any:
        """Return the vectors of many keys: (len(keys), width); zeros for keys without one."""
        key_list = list(keys)
        if self.mode == "floret":
            return floret_vectors(self.data, [self.strings.as_string(key) for key in key_list], self.ngrams)
        if not self.shape[0]:
            return np.zeros((len(key_list), self.vectors_length), dtype=np.float32)
        rows = self.find(keys=key_list)
        # Row -1 (no row) is read as the last row and then cleared.
        vectors = self.data[rows]
        vectors[rows < 0] = 0
        return vectors

    def most_similar(
        self, queries: npt.NDArray[np.float32], *, batch_size: int = 1024, n: int = 1, sort: bool = True
    ) -> tuple[Any, Any, Any]:
        """Find the rows most similar to vectors by cosine, among rows that have keys.

        Args:
            queries: The vectors, (Q, width).
            batch_size: Number of vectors to compare at a time.
            n: Number of rows to find for each vector.
            sort: Whether to sort by similarity, highest first.

        Returns:
            Keys, uint64 (Q, n); rows, int32 (Q, n); cosines rounded to four places, float32 (Q, n).
        """
        self._check_default("most_similar")
        used = np.array(sorted(set(self.key2row.values())), dtype=np.int64)
        if len(used) < n:
            raise DataError(f"vectors: most_similar needs at least {n} rows with keys, got {len(used)}")
        if queries.ndim != 2 or queries.shape[1] != self.vectors_length:
            wanted = f"expected vectors of width {self.vectors_length}"
            raise DataError(f"vectors: {wanted}, got shape {queries.shape}; give one vector per row")
        table = _unit(self.data[used])
        neighbours, scores = [], []
        for start in range(0, len(queries), batch_size):
            cosines = _unit(queries[start : start + batch_size]) @ table.T
            nearest = np.argpartition(cosines, -n, axis=1)[:, -n:]
            if sort:
                order = np.argsort(np.take_along_axis(cosines, nearest, axis=1), axis=1)[:, ::-1]
                nearest = np.take_along_axis(nearest, order, axis=1)
            neighbours.append(nearest)
            scores.append(np.take_along_axis(cosines, nearest, axis=1))
        shape = (len(queries), n)
        rows = used[np.concatenate([np.zeros((0, n), dtype=np.int64), *neighbours])].astype(np.int32)
        best = np.concatenate([np.zeros((0, n), dtype=np.float32), *scores]).round(4).clip(-1, 1)
        keys = self.find(rows=rows.reshape(-1).tolist()).reshape(shape)
        return keys, rows, best

    def resize(self, shape: tuple[int, int], inplace: bool = False) -> list[tuple[int, int]]:
        """Change the shape of the table; new cells are zero.

        Args:
            shape: Rows and width.
            inplace: Accepted for compatibility: the table is always copied, but then the width must not change.

        Returns:
            The keys whose rows were removed, each with its row.
        """
        self._check_default("resize")
        if inplace and shape[1] != self.vectors_length:
            raise DataError(
                f"vectors: the width is {self.vectors_length} and cannot change in place, got {shape[1]}; resize with "
                "inplace=False"
            )
        resized = np.zeros(shape, dtype=np.float32)
        n_rows, width = (min(old, new) for old, new in zip(self.shape, shape, strict=True))
        resized[:n_rows, :width] = self.data[:n_rows, :width]
        self.data = resized
        removed = [(key, row) for key, row in self.key2row.items() if row >= shape[0]]
        self._set_keys({key: row for key, row in self.key2row.items() if row < shape[0]})
        return removed

    def to_ops(self, ops: Any) -> None:
        """Move the table to the device of `ops`."""
        self.data = ops.asarray(self.data)

    def keys(self) -> Iterable[int]:
        """Return all keys."""
        return self.key2row.keys()

    def values(self) -> Iterator[Any]:
        """Return the vectors of rows that have keys, in row order."""
        return (self.data[row] for row in sorted(self._taken))

    def items(self) -> Iterator[tuple[int, Any]]:
        """Return all keys with their vectors."""
        return ((key, self.data[row]) for key, row in self.key2row.items())

    def __getitem__(self, key: int | str) -> Any:
        if self.mode == "floret":
            return self.get_batch([key])[0]
        row = self.find(key=key)
        if row < 0:
            raise KeyError(key)
        return self.data[row]

    def __setitem__(self, key: int | str, vector: npt.ArrayLike) -> None:
        self.add(key, vector=vector)

    def __contains__(self, key: object) -> bool:
        if self.mode == "floret":
            return True
        if isinstance(key, str):
            return self.strings.as_int(key) in self.key2row
        return key in self.key2row

    def __eq__(self, other: object) -> bool:
        exclude = ["strings"]
        return isinstance(other, Vectors) and self.to_bytes(exclude=exclude) == other.to_bytes(
            exclude=exclude
        )

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[int]:
        return iter(self.key2row)

    def __len__(self) -> int:
        return self.shape[0]

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialize table, keys, name and the keys' strings as safetensors.

        Args:
            exclude: What to leave out: strings, which a vocabulary writes itself.
        """
        return vector_bytes.write(self, with_strings="strings" not in exclude)

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Vectors:
        """Replace everything with the output of `to_bytes`; strings are added to the existing ones.

        Raises:
            DataError: The bytes are damaged.
        """
        read = vector_bytes.read(data)
        mode = read.settings.pop("mode", "default")
        if mode not in MODES:
            raise DataError(f"vectors: mode must be default or floret, got {mode!r:.40}")
        if "strings" not in exclude:
            self.strings.add_all(read.strings)
        self.mode = mode
        self.attr = _word_attribute(read.settings.pop("attr", "ORTH"))
        self.ngrams = NgramSettings(**read.settings)
        self.data = read.data
        self.name = read.name
        self._set_keys(read.key2row)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the output of `to_bytes` to a file in a folder."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / _FILE).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Vectors:
        """Read from a folder, which may be one of spaCy; without a file, the table stays as it is."""
        file = Path(path) / _FILE
        if not file.exists():
            if contents := read_spacy_vectors(Path(path)):
                arguments, key2row = contents
                Vectors.__init__(self, strings=self.strings, name=self.name, **arguments)
                self._set_keys(key2row)
            return self
        try:
            return self.from_bytes(file.read_bytes(), exclude=exclude)
        except DataError as error:
            raise DataError(f"{file}: {error}") from None

    def _free_row(self) -> int:
        while self._first_free in self._taken:
            self._first_free += 1
        if self._first_free >= self.shape[0]:
            raise DataError(f"vectors: the table is full, got {self.shape[0]} rows; resize it first")
        return self._first_free

    def _set_keys(self, key2row: dict[int, int]) -> None:
        self.key2row = key2row
        self._taken = set(key2row.values())
        self._first_free = 0

    def _check_default(self, what: str) -> None:
        if self.mode == "floret":
            raise DataError(
                f"vectors: floret has no rows of words and does not support {what}; use vectors[word]"
            )

    def _write(self, row: int, vector: npt.ArrayLike) -> None:
        width = np.shape(vector)
        if width != (self.vectors_length,):
            raise DataError(f"vectors: expected a vector of width {self.vectors_length}, got shape {width}")
        self.data[row] = vector


def vectors_factory() -> Callable[[Any], Vectors]:
    """Return a function that creates an empty vectors table for a vocabulary."""

    def create_vectors(vocab: Any) -> Vectors:
        return Vectors(strings=vocab.strings)

    return create_vectors


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Divide vectors by their L2 norms; zero vectors stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    unit: npt.NDArray[np.float32] = vectors / lengths
    return unit


def _word_attribute(attr: int | str) -> int:
    if isinstance(attr, str) and attr.upper() == "TEXT":
        return IDS["ORTH"]
    return attribute_id(attr)
