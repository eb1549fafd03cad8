"""Word vectors: a table of rows and the keys that point to them."""

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
    """A two-dimensional table, and for each key (the number of a string) the row it owns or shares."""

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
        """Make a table.

        Args:
            strings: Where keys given as strings are stored.
            shape: Rows and width of a table of zeros, where no data are given.
            data: The table itself.
            keys: Keys of the first rows, in order.
            name: What the vectors are called.
            mode: default, where rows belong to keys, or floret, where they belong to n-grams of characters.
            minn: Of floret, as all that follows but `attr`: characters of the shortest n-gram.
            maxn: Characters of the longest.
            hash_count: Rows of each n-gram, 1 to 4.
            hash_seed: Seed of the hash.
            bow: Stands before a word.
            eow: Stands behind it.
            attr: The attribute of a word that its key is.

        Raises:
            DataError: The mode is unknown, or its settings or data do not fit it.
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

    minn = property(lambda self: self.ngrams.minn, doc="Characters of the shortest n-gram.")
    maxn = property(lambda self: self.ngrams.maxn, doc="Characters of the longest n-gram.")
    hash_count = property(lambda self: self.ngrams.hash_count, doc="Rows of each n-gram.")
    hash_seed = property(lambda self: self.ngrams.hash_seed, doc="Seed of the n-grams' hash.")
    bow = property(lambda self: self.ngrams.bow, doc="What stands before a word.")
    eow = property(lambda self: self.ngrams.eow, doc="What stands behind a word.")

    @property
    def attr_name(self) -> str:
        """Name of the attribute of a word that its key is."""
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
        """Give a key a row, and the row a vector.

        Args:
            key: The word, or its number.
            vector: What to write into the row, if anything.
            row: Which row; the key's own or the first free one where not given.

        Returns:
            The row.

        Raises:
            DataError: The table is full, the row beyond it or the vector of another width, or the table is floret.
        """
        self._check_default("add")
        number = self.strings.add(key) if isinstance(key, str) else int(key)
        if row is None:
            row = self.key2row[number] if number in self.key2row else self._free_row()
        if not 0 <= row < self.shape[0]:
            raise DataError(f"vectors: no such row, got {row}; the table has {self.shape[0]} rows")
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
        """Find the rows of keys, or the keys of rows; one argument is given.

        Returns:
            For `key` its row or -1, for `keys` an array of such; for `row` the last key that has it, for `rows` an
            array of such.
        """
        self._check_default("find")
        if sum(one is not None for one in (key, keys, row, rows)) != 1:
            raise DataError("vectors: find needs one of key, keys, row and rows")
        if key is not None:
            return self.key2row.get(self.strings.as_int(key), -1)
        if keys is not None:
            numbers = map(self.strings.as_int, keys)
            return np.array([self.key2row.get(number, -1) for number in numbers], dtype=np.int32)
        key_of = {taken: number for number, taken in self.key2row.items()}
        if row is not None:
            return key_of[row]
        return np.array([key_of[one] for one in rows or ()], dtype=np.uint64)

    def get_batch(self, keys: Iterable[int | str]) -> Any:
        """Vectors of many keys: (len(keys), width); zeros where a key has none."""
        listed = list(keys)
        if self.mode == "floret":
            return floret_vectors(self.data, [self.strings.as_string(key) for key in listed], self.ngrams)
        if not self.shape[0]:
            return np.zeros((len(listed), self.vectors_length), dtype=np.float32)
        rows = self.find(keys=listed)
        # Row -1 stands for no row; it is read as the last one and then cleared.
        vectors = self.data[rows]
        vectors[rows < 0] = 0
        return vectors

    def most_similar(
        self, queries: npt.NDArray[np.float32], *, batch_size: int = 1024, n: int = 1, sort: bool = True
    ) -> tuple[Any, Any, Any]:
        """Find the rows with keys that are nearest to vectors, by cosine.

        Args:
            queries: The vectors, (Q, width).
            batch_size: Vectors that are compared at a time.
            n: Rows to find for each.
            sort: Whether the nearest comes first.

        Returns:
            Keys, uint64 (Q, n); rows, int32 (Q, n); cosines rounded to four places, float32 (Q, n).
        """
        self._check_default("most_similar")
        filled = np.array(sorted(set(self.key2row.values())), dtype=np.int64)
        if len(filled) < n:
            raise DataError(f"vectors: {n} rows wanted, got a table with {len(filled)} that have keys")
        if queries.ndim != 2 or queries.shape[1] != self.vectors_length:
            wanted = f"expected vectors of width {self.vectors_length}"
            raise DataError(f"vectors: {wanted}, got shape {queries.shape}; give one a row")
        table = _unit(self.data[filled])
        found, scores = [], []
        for start in range(0, len(queries), batch_size):
            cosines = _unit(queries[start : start + batch_size]) @ table.T
            nearest = np.argpartition(cosines, -n, axis=1)[:, -n:]
            if sort:
                order = np.argsort(np.take_along_axis(cosines, nearest, axis=1), axis=1)[:, ::-1]
                nearest = np.take_along_axis(nearest, order, axis=1)
            found.append(nearest)
            scores.append(np.take_along_axis(cosines, nearest, axis=1))
        shape = (len(queries), n)
        rows = filled[np.concatenate([np.zeros((0, n), dtype=np.int64), *found])].astype(np.int32)
        best = np.concatenate([np.zeros((0, n), dtype=np.float32), *scores]).round(4).clip(-1, 1)
        keys = self.find(rows=rows.reshape(-1).tolist()).reshape(shape)
        return keys, rows, best

    def resize(self, shape: tuple[int, int], inplace: bool = False) -> list[tuple[int, int]]:
        """Cut or widen the table; new cells are zero.

        Args:
            shape: Rows and width.
            inplace: Taken for people's habit; the table is copied.

        Returns:
            The keys that lost their rows, each with the row.
        """
        self._check_default("resize")
        if inplace and shape[1] != self.vectors_length:
            raise DataError(f"vectors: in place the width stays {self.vectors_length}, got {shape[1]}")
        grown = np.zeros(shape, dtype=np.float32)
        n_rows, width = (min(old, new) for old, new in zip(self.shape, shape, strict=True))
        grown[:n_rows, :width] = self.data[:n_rows, :width]
        self.data = grown
        lost = [(key, row) for key, row in self.key2row.items() if row >= shape[0]]
        self._set_keys({key: row for key, row in self.key2row.items() if row < shape[0]})
        return lost

    def to_ops(self, ops: Any) -> None:
        """Move the table to where `ops` computes."""
        self.data = ops.asarray(self.data)

    def keys(self) -> Iterable[int]:
        """Every key."""
        return self.key2row.keys()

    def values(self) -> Iterator[Any]:
        """The vectors of rows that have keys, in the order of the rows."""
        return (self.data[row] for row in sorted(self._taken))

    def items(self) -> Iterator[tuple[int, Any]]:
        """Every key with its vector."""
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
        without = ["strings"]
        return isinstance(other, Vectors) and self.to_bytes(exclude=without) == other.to_bytes(
            exclude=without
        )

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[int]:
        return iter(self.key2row)

    def __len__(self) -> int:
        return self.shape[0]

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Write table, keys, name and the keys' strings as safetensors.

        Args:
            exclude: What to leave out: strings, which a vocabulary writes itself.
        """
        return vector_bytes.write(self, with_strings="strings" not in exclude)

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Vectors:
        """Replace everything by what `to_bytes` wrote; strings are added to those that are there.

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
        """Write into a folder what `to_bytes` gives."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / _FILE).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Vectors:
        """Read from a folder, that of a vocabulary of spaCy, too; one without vectors leaves an empty table."""
        file = Path(path) / _FILE
        if not file.exists():
            if found := read_spacy_vectors(Path(path)):
                Vectors.__init__(self, strings=self.strings, name=self.name, **found[0])
                self._set_keys(found[1])
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
            raise DataError(f"vectors: floret has no rows of words, so it has no {what}; write vectors[word]")

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


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Divide vectors by their lengths; zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    unit: npt.NDArray[np.float32] = vectors / lengths
    return unit


def _word_attribute(attr: int | str) -> int:
    if isinstance(attr, str) and attr.upper() == "TEXT":
        return IDS["ORTH"]
    return attribute_id(attr)
