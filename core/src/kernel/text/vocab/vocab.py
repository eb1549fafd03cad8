"""The vocabulary, which documents share: strings, lexemes, vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy, deepcopy
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError, did_you_mean
from kernel.text.base import attrs, messages
from kernel.text.base.shapes import check_shape
from kernel.text.base.strings import StringStore
from kernel.text.vectors.pruning import deduplicate, prune
from kernel.text.vectors.vectors import Vectors
from kernel.text.vocab.lex_attrs import norm_getter
from kernel.text.vocab.lexeme import OOV_PROB, Lexeme
from kernel.text.vocab.lexeme_table import FLAG_NAMES, LexAttrGetter, LexemeTable
from kernel.text.vocab.lookups import Lookups
from kernel.text.vocab.morphology import Morphology
from kernel.text.vocab.word_memory import WordMemory

#: Arguments of spaCy 2, and what replaces them.
_OF_OLD = {
    "tag_map": "components such as the morphologizer now set parts of speech and features",
    "morph_rules": "components such as the morphologizer now set features",
    "lemmatizer": "components now set lemmas",
}
_FIRST_FREE_FLAG, _LAST_FREE_FLAG = 19, 63


class Vocab:
    """Data that are stored once for all documents.

    Words are identified by their row in the lexeme table; `vocab["word"]` and `vocab[number]` return a `Lexeme`.
    """

    def __init__(
        self,
        lex_attr_getters: Mapping[str, LexAttrGetter] | None = None,
        strings: Iterable[str] = (),
        lookups: Lookups | None = None,
        oov_prob: float = OOV_PROB,
        vectors_name: str | None = None,
        writing_system: Mapping[str, Any] | None = None,
        get_noun_chunks: Callable[[Any], Iterable[tuple[int, int, int]]] | None = None,
        *,
        lang: str = "",
        vectors: Vectors | None = None,
        **unknown: Any,
    ) -> None:
        """Create a vocabulary.

        Args:
            lex_attr_getters: The language's functions that compute lexical attributes, by attribute.
            strings: Strings to store.
            lookups: Lookup tables of the language.
            oov_prob: Log probability of words that are not in the tables.
            vectors_name: Name of the vectors table.
            writing_system: Direction and case of the script.
            get_noun_chunks: Finds the base noun phrases of a document or span: start, end and label of each.
            lang: Language code.
            vectors: Word vectors; by default an empty table.
            unknown: Any other argument is an error, including those of older versions.

        Raises:
            DataError: An argument is unknown.
        """
        if unknown:
            raise _refused(next(iter(unknown)))
        self.strings = StringStore(strings)
        self.lang = lang
        self.lexemes = LexemeTable(self.strings, lex_attr_getters, lang)
        self.morphology = Morphology(self.strings)
        self.vectors = Vectors(strings=self.strings, name=vectors_name) if vectors is None else vectors
        self._norm = self.lexemes.getters["NORM"]
        self.lookups = Lookups() if lookups is None else lookups
        self.writing_system = dict(writing_system or {})
        self.get_noun_chunks = get_noun_chunks
        self.cfg: dict[str, Any] = {"oov_prob": oov_prob}
        self.memory = WordMemory(self)
        #: `row(word)` and `rows(words)`: rows of words in the lexeme table; new words are added.
        self.row = self.lexemes.row
        self.rows: Callable[[Sequence[str]], npt.NDArray[np.int32]] = self.lexemes.rows

    def __deepcopy__(self, memo: dict[int, Any]) -> Vocab:
        """Copy the current state, whatever other threads add or forget meanwhile."""
        with self.strings.lock:
            copied = memo[id(self)] = type(self).__new__(type(self))
            vars(copied).update({name: deepcopy(value, memo) for name, value in vars(self).items()})
        return copied

    def __getitem__(self, key: str | int) -> Lexeme:
        return self.memory.undisturbed(lambda: Lexeme(self, self.row(self.strings.as_string(key))))

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            return key in self.lexemes
        return key in self.strings and self.strings.as_string(int(str(key))) in self.lexemes

    def __iter__(self) -> Iterator[Lexeme]:
        """Iterate over all words except the empty one."""
        return (self[word] for word in self.lexemes if word)

    def __len__(self) -> int:
        return len(self.lexemes) - 1

    @property
    def length(self) -> int:
        """Number of words."""
        return len(self)

    @property
    def lex_attr_getters(self) -> dict[str, LexAttrGetter]:
        """The functions that compute lexical attributes, by name."""
        return self.lexemes.getters

    @property
    def vectors(self) -> Vectors:
        """The vectors table.

        If a table with its own strings is assigned, such as another vocabulary's, a shallow copy of it is used with the
        strings of this vocabulary; the data are shared.
        """
        return self._vectors

    @vectors.setter
    def vectors(self, vectors: Vectors) -> None:
        if vectors.strings is not self.strings:
            self._add_strings(vectors.strings)
            vectors = copy(vectors)
            vectors.strings = self.strings
        self._vectors = vectors

    @property
    def lookups(self) -> Lookups:
        """Lookup tables of the language.

        If tables with a `lexeme_norm` are assigned or loaded, it defines the norms of the words in it, including words
        already in the vocabulary. `lexeme_prob`, `lexeme_cluster`, `lexeme_sentiment` and `lexeme_settings` are read
        on access to a word's attribute.
        """
        return self._lookups

    @lookups.setter
    def lookups(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._take_norms()

    def _take_norms(self) -> None:
        norms = self._lookups.get_table("lexeme_norm", {})
        getter = norm_getter(norms, self._norm) if norms else self._norm
        if getter is not self.lexemes.getters["NORM"]:
            self.lexemes.set_norm_getter(getter)

    @contextmanager
    def memory_zone(self, mem: object = None) -> Iterator[None]:
        """Open a block whose new words and strings are forgotten when it ends.

        Documents created in it that still exist afterwards keep theirs.

        Args:
            mem: Accepted for compatibility and ignored: there is no memory pool.
        """
        with self.memory.open_zone():
            yield

    @property
    def in_memory_zone(self) -> bool:
        """Whether a memory zone is open."""
        return self.memory.in_zone

    @property
    def vectors_length(self) -> int:
        """Width of the vectors; 0 if there are none."""
        return self.vectors.vectors_length

    def vector_keys(self, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
        """Return the keys in the vectors table of words, given by row."""
        return self.lexemes.features(rows, [self.vectors.attr_name])[:, 0]

    def has_vector(self, orth: str | int) -> bool:
        """Return whether a word has a vector."""
        return self.strings.as_int(orth) in self.vectors

    def get_vector(self, orth: str | int) -> Any:
        """Return the vector of a word; zeros if it has none."""
        # Floret computes vectors from the word itself, which need not be in the string store.
        key = orth if self.vectors.attr_name == "ORTH" else self._vector_key(orth)
        return self.vectors.get_batch([key])[0]

    def set_vector(self, orth: str | int, vector: npt.ArrayLike) -> None:
        """Set the vector of a word, enlarging the table if it is full."""
        if isinstance(orth, str):
            self.strings.add(orth, allow_transient=False)
        key = self._vector_key(orth)
        # Threads may set vectors when they merge tokens, while others read the table.
        with self.strings.lock:
            if key not in self.vectors and self.vectors.is_full:
                n_rows, width = self.vectors.shape
                self.vectors.resize((max(100, int(n_rows * 1.3)), width or np.shape(vector)[0]))
            self.vectors.add(key, vector=vector)

    def reset_vectors(self, *, width: int | None = None, shape: tuple[int, int] | None = None) -> None:
        """Replace the vectors with an empty table.

        Args:
            width: Width of the vectors; the table then has no rows.
            shape: Rows and width.

        Raises:
            DataError: Both are given.
        """
        if width is not None and shape is not None:
            raise DataError("vocab: reset_vectors needs width or shape, got both; give one")
        size = shape if shape is not None else (0, self.vectors_length if width is None else width)
        self.vectors = Vectors(strings=self.strings, shape=size, name=self.vectors.name)

    def prune_vectors(self, nr_row: int, batch_size: int = 1024) -> dict[str, tuple[str, float]]:
        """Keep only the vectors of the most probable words; all other words get the nearest of these.

        Args:
            nr_row: Number of vectors to keep.
            batch_size: Number of vectors to compare at a time.

        Returns:
            For each word that lost its vector, the word whose vector it has now, and the similarity of the two.
        """
        probs = self.lookups.get_table("lexeme_prob", {})
        self.vectors, remap = prune(self.vectors, nr_row, batch_size, lambda key: probs.get(key, OOV_PROB))
        return remap

    def deduplicate_vectors(self) -> None:
        """Make words with equal vectors share one row."""
        self.vectors = deduplicate(self.vectors)

    def _vector_key(self, orth: str | int) -> int:
        if self.vectors.attr_name == "ORTH":
            return self.strings.as_int(orth)
        word = [self.strings.as_string(orth)]
        return self.memory.undisturbed(lambda: int(self.vector_keys(self.rows(word))[0]))

    def add_flag(self, flag_getter: LexAttrGetter, flag_id: int = -1) -> int:
        """Compute a flag of every word with a function.

        Args:
            flag_getter: Returns whether a word has the flag.
            flag_id: Number of the flag; by default the first free one.

        Returns:
            The number of the flag.
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
                f"vocab: unknown flag, got {flag_id}; flags are numbered from 1 to {_LAST_FREE_FLAG}"
            )
        self.lexemes.set_flag_getter(attrs.NAMES[flag_id], flag_getter)
        return flag_id

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write strings, vectors and lookups to a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        left_out = set(exclude)
        if "strings" not in left_out:
            self.strings.to_disk(folder / "strings.json")
        if "vectors" not in left_out:
            self.vectors.to_disk(folder, exclude=["strings"])
        if "lookups" not in left_out:
            self.lookups.to_disk(folder)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Vocab:
        """Read the output of `to_disk`; existing words are kept."""
        folder = Path(path)
        left_out = set(exclude)
        if "strings" not in left_out:
            self._add_strings(StringStore().from_disk(folder / "strings.json"))
        if "vectors" not in left_out:
            self.vectors.from_disk(folder)
        if "lookups" not in left_out:
            self.lookups.from_disk(folder)
            self._take_norms()
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialize strings, vectors and lookups."""
        parts: dict[str, Callable[[], bytes]] = {
            "strings": self.strings.to_bytes,
            "vectors": partial(self.vectors.to_bytes, exclude=["strings"]),
            "lookups": self.lookups.to_bytes,
        }
        left_out = set(exclude)
        return messages.pack({name: write() for name, write in parts.items() if name not in left_out})

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> Vocab:
        """Read the output of `to_bytes`; existing words are kept.

        Raises:
            DataError: The bytes are damaged.
        """
        try:
            parts = messages.unpack(bytes_data)
            check_shape(parts, {"strings?": bytes, "vectors?": bytes, "lookups?": bytes})
        except ValueError as error:
            raise DataError(
                f"vocab: expected the output of to_bytes(), got {len(bytes_data)} bytes ({error}); write it again"
            ) from None
        left_out = set(exclude)
        if "strings" in parts and "strings" not in left_out:
            self._add_strings(StringStore().from_bytes(parts["strings"]))
        if "vectors" in parts and "vectors" not in left_out:
            self.vectors.from_bytes(parts["vectors"])
        if "lookups" in parts and "lookups" not in left_out:
            self.lookups.from_bytes(parts["lookups"])
            self._take_norms()
        return self

    def _add_strings(self, strings: Iterable[str]) -> None:
        # The store is shared with lexemes, vectors and documents, so it is extended, never replaced.
        self.strings.add_all(list(strings))


def _refused(name: str) -> DataError:
    """Return the error for an unknown argument of `Vocab`."""
    names = [key for key in signature(Vocab.__init__).parameters if key not in ("self", "unknown")]
    advice = f"; {_OF_OLD[name]}" if name in _OF_OLD else did_you_mean(name, names)
    return DataError(f"vocab: unknown argument, got {name!r:.80}{advice or '; leave it out'}")
