"""The vocabulary that documents share: strings, lexemes, vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text import attrs
from kernel.text.lexeme import Lexeme
from kernel.text.lexemes import FLAG_NAMES, LexAttrGetter, LexemeTable
from kernel.text.lookups import Lookups
from kernel.text.morphology import Morphology
from kernel.text.strings import StringStore
from kernel.text.vectors import Vectors

_FIRST_FREE_FLAG, _LAST_FREE_FLAG = 19, 63


class Vocab:
    """Everything that is stored once for all documents.

    Words are known by their row in the lexeme table; `vocab["word"]` and `vocab[number]` show a word as a `Lexeme`.
    """

    def __init__(
        self,
        lex_attr_getters: Mapping[str, LexAttrGetter] | None = None,
        strings: Iterable[str] = (),
        vectors: Vectors | None = None,
        lang: str = "",
        lookups: Lookups | None = None,
        writing_system: Mapping[str, Any] | None = None,
    ) -> None:
        """Make a vocabulary.

        Args:
            lex_attr_getters: Functions of the language that show something about a word, by attribute.
            strings: What to store beforehand.
            vectors: Vectors of words; an empty table where not given.
            lang: Code of the language.
            lookups: Tables of the language.
            writing_system: Direction and case of the script.
        """
        self.strings = StringStore(strings)
        self.lang = lang
        self.lexemes = LexemeTable(self.strings, lex_attr_getters, lang)
        self.morphology = Morphology(self.strings)
        self.vectors = Vectors(strings=self.strings) if vectors is None else vectors
        self.lookups = Lookups() if lookups is None else lookups
        self.writing_system = dict(writing_system or {})
        self.get_noun_chunks: Callable[[Any], Iterator[tuple[int, int, int]]] | None = None
        #: `row(word)` and `rows(words)`: places of words in the lexeme table, new words added.
        self.row = self.lexemes.row
        self.rows: Callable[[Sequence[str]], npt.NDArray[np.int32]] = self.lexemes.rows

    def __getitem__(self, key: str | int) -> Lexeme:
        return Lexeme(self, self.row(self.strings.as_string(key)))

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            return key in self.lexemes
        return key in self.strings and self.strings.as_string(int(str(key))) in self.lexemes

    def __iter__(self) -> Iterator[Lexeme]:
        """Every word but the empty one."""
        for row in range(1, len(self.lexemes)):
            yield Lexeme(self, row)

    def __len__(self) -> int:
        return len(self.lexemes) - 1

    @property
    def vectors_length(self) -> int:
        """Width of the vectors; 0 where there are none."""
        return self.vectors.vectors_length

    def has_vector(self, key: str | int) -> bool:
        """Whether a word has a vector."""
        return self.strings.as_int(key) in self.vectors

    def get_vector(self, key: str | int) -> Any:
        """Vector of a word; zeros where it has none."""
        return self.vectors.get_batch([self.strings.as_int(key)])[0]

    def set_vector(self, key: str | int, vector: npt.ArrayLike) -> None:
        """Give a word a vector, making room for it."""
        number = self.strings.add(key) if isinstance(key, str) else key
        if number not in self.vectors and self.vectors.is_full:
            n_rows, width = self.vectors.shape
            self.vectors.resize((max(8, n_rows * 2), width or np.shape(vector)[0]))
        self.vectors.add(number, vector=vector)

    def add_flag(self, flag_getter: LexAttrGetter, flag_id: int = -1) -> int:
        """Let a function decide a flag of every word.

        Args:
            flag_getter: Tells whether a word has the flag.
            flag_id: Which flag; the first free one where not given.

        Returns:
            The flag's number.
        """
        if flag_id == -1:
            free = (
                i
                for i in range(_FIRST_FREE_FLAG, _LAST_FREE_FLAG + 1)
                if f"FLAG{i}" not in self.lexemes.getters
            )
            flag_id = next(free, -1)
        if attrs.NAMES.get(flag_id) not in FLAG_NAMES:
            raise DataError(
                f"vocab: no such flag, got {flag_id}; flags have numbers from 1 to {_LAST_FREE_FLAG}"
            )
        self.lexemes.set_flag_getter(attrs.NAMES[flag_id], flag_getter)
        return flag_id

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write strings, vectors and lookups into a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        left_out = set(exclude)
        if "strings" not in left_out:
            self.strings.to_disk(folder / "strings.json")
        if "vectors" not in left_out:
            self.vectors.to_disk(folder)
        if "lookups" not in left_out:
            self.lookups.to_disk(folder)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Vocab:
        """Read what `to_disk` wrote; the words that are known stay known."""
        folder = Path(path)
        left_out = set(exclude)
        if "strings" not in left_out:
            self._add_strings(StringStore().from_disk(folder / "strings.json"))
        if "vectors" not in left_out:
            self.vectors.from_disk(folder)
        if "lookups" not in left_out:
            self.lookups.from_disk(folder)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Write strings, vectors and lookups as one byte string."""
        import srsly

        parts: dict[str, Callable[[], bytes]] = {
            "strings": self.strings.to_bytes,
            "vectors": self.vectors.to_bytes,
            "lookups": self.lookups.to_bytes,
        }
        left_out = set(exclude)
        written: bytes = srsly.msgpack_dumps(
            {name: write() for name, write in parts.items() if name not in left_out}
        )
        return written

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Vocab:
        """Read what `to_bytes` wrote; the words that are known stay known."""
        import srsly

        parts = srsly.msgpack_loads(data)
        left_out = set(exclude)
        if "strings" in parts and "strings" not in left_out:
            self._add_strings(StringStore().from_bytes(parts["strings"]))
        if "vectors" in parts and "vectors" not in left_out:
            self.vectors.from_bytes(parts["vectors"])
        if "lookups" in parts and "lookups" not in left_out:
            self.lookups.from_bytes(parts["lookups"])
        return self

    def _add_strings(self, strings: Iterable[str]) -> None:
        # The store is shared with lexemes, vectors and documents, so it grows and is never replaced.
        self.strings.add_all(list(strings))
