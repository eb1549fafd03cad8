"""The vocabulary that documents share: strings, lexemes, vectors."""

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
from kernel.text.base.strings import StringStore
from kernel.text.vectors.pruning import deduplicate, prune
from kernel.text.vectors.shapes import check_shape
from kernel.text.vectors.vectors import Vectors
from kernel.text.vocab.lexeme import OOV_PROB, Lexeme
from kernel.text.vocab.lexeme_table import FLAG_NAMES, LexAttrGetter, LexemeTable
from kernel.text.vocab.lookups import Lookups
from kernel.text.vocab.morphology import Morphology
from kernel.text.vocab.norms import norm_getter
from kernel.text.vocab.word_memory import WordMemory

#: Arguments of spaCy 2, and what does their work.
_OF_OLD = {
    "tag_map": "parts of speech and features come from components now, such as the morphologizer",
    "morph_rules": "features come from components now, such as the morphologizer",
    "lemmatizer": "lemmas come from components now",
}
_FIRST_FREE_FLAG, _LAST_FREE_FLAG = 19, 63


class Vocab:
    """Everything that is stored once for all documents.

    Words are known by their row in the lexeme table; `vocab["word"]` and `vocab[number]` show a word as a `Lexeme`.
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
        """Make a vocabulary.

        Args:
            lex_attr_getters: Functions of the language that show something about a word, by attribute.
            strings: What to store beforehand.
            lookups: Tables of the language.
            oov_prob: Logarithm of the probability of words that the tables do not know.
            vectors_name: What the table of vectors is called.
            writing_system: Direction and case of the script.
            get_noun_chunks: Finds the base noun phrases of a document or span: start, end and label of each.
            lang: Code of the language.
            vectors: Vectors of words; an empty table where not given.
            unknown: Refused, as are arguments of older versions.

        Raises:
            DataError: There is no such argument.
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
        #: `row(word)` and `rows(words)`: places of words in the lexeme table, new words added.
        self.row = self.lexemes.row
        self.rows: Callable[[Sequence[str]], npt.NDArray[np.int32]] = self.lexemes.rows

    def __deepcopy__(self, memo: dict[int, Any]) -> Vocab:
        """Copy everything as it is now, whatever other threads add or forget."""
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
        """Every word but the empty one."""
        return (self[word] for word in self.lexemes if word)

    def __len__(self) -> int:
        return len(self.lexemes) - 1

    @property
    def length(self) -> int:
        """Number of words."""
        return len(self)

    @property
    def lex_attr_getters(self) -> dict[str, LexAttrGetter]:
        """What works out the attributes of a word, by name."""
        return self.lexemes.getters

    @property
    def vectors(self) -> Vectors:
        """The table of vectors.

        One that is set and has strings of its own, such as another vocabulary's, is used with the strings of this one:
        rows and numbers stay shared, the object is another.
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
        """Tables of the language.

        Where they are set or read with a table `lexeme_norm`, it says the norms of the words in it, of those that are
        known already, too. `lexeme_prob`, `lexeme_cluster`, `lexeme_sentiment` and `lexeme_settings` are read when
        a word is asked.
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
        """A block after which the words and strings that were new in it are forgotten.

        Documents that were made in it and are still there afterwards keep theirs.

        Args:
            mem: Taken for people's habit; there is nothing to allocate.
        """
        with self.memory.open_zone():
            yield

    @property
    def in_memory_zone(self) -> bool:
        """Whether a memory zone is open."""
        return self.memory.in_zone

    @property
    def vectors_length(self) -> int:
        """Width of the vectors; 0 where there are none."""
        return self.vectors.vectors_length

    def vector_keys(self, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
        """What words, given by row, are called in the table of vectors."""
        return self.lexemes.features(rows, [self.vectors.attr_name])[:, 0]

    def has_vector(self, orth: str | int) -> bool:
        """Whether a word has a vector."""
        return self.strings.as_int(orth) in self.vectors

    def get_vector(self, orth: str | int) -> Any:
        """Vector of a word; zeros where it has none."""
        # Floret makes the vector of the word itself, which the strings need not have.
        key = orth if self.vectors.attr_name == "ORTH" else self._vector_key(orth)
        return self.vectors.get_batch([key])[0]

    def set_vector(self, orth: str | int, vector: npt.ArrayLike) -> None:
        """Give a word a vector, making room for it."""
        if isinstance(orth, str):
            self.strings.add(orth, allow_transient=False)
        key = self._vector_key(orth)
        # Threads may do this when tokens are merged; others read the table meanwhile.
        with self.strings.lock:
            if key not in self.vectors and self.vectors.is_full:
                n_rows, width = self.vectors.shape
                self.vectors.resize((max(100, int(n_rows * 1.3)), width or np.shape(vector)[0]))
            self.vectors.add(key, vector=vector)

    def reset_vectors(self, *, width: int | None = None, shape: tuple[int, int] | None = None) -> None:
        """Put an empty table of vectors in.

        Args:
            width: Of the vectors; one row where given.
            shape: Rows and width.

        Raises:
            DataError: Both are given.
        """
        if width is not None and shape is not None:
            raise DataError("vocab: reset_vectors needs width or shape, got both; give one")
        size = shape if shape is not None else (0, self.vectors_length if width is None else width)
        self.vectors = Vectors(strings=self.strings, shape=size, name=self.vectors.name)

    def prune_vectors(self, nr_row: int, batch_size: int = 1024) -> dict[str, tuple[str, float]]:
        """Keep so many vectors, those of the likeliest words; the other words get the nearest of these.

        Args:
            nr_row: Vectors to keep.
            batch_size: Vectors that are compared at a time.

        Returns:
            For each word that lost its own vector the word whose vector it has, and how alike they were.
        """
        probs = self.lookups.get_table("lexeme_prob", {})
        self.vectors, remap = prune(self.vectors, nr_row, batch_size, lambda key: probs.get(key, OOV_PROB))
        return remap

    def deduplicate_vectors(self) -> None:
        """Let words with equal vectors share one row."""
        self.vectors = deduplicate(self.vectors)

    def _vector_key(self, orth: str | int) -> int:
        if self.vectors.attr_name == "ORTH":
            return self.strings.as_int(orth)
        word = [self.strings.as_string(orth)]
        return self.memory.undisturbed(lambda: int(self.vector_keys(self.rows(word))[0]))

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
            self.vectors.to_disk(folder, exclude=["strings"])
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
            self._take_norms()
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Write strings, vectors and lookups as one byte string."""
        parts: dict[str, Callable[[], bytes]] = {
            "strings": self.strings.to_bytes,
            "vectors": partial(self.vectors.to_bytes, exclude=["strings"]),
            "lookups": self.lookups.to_bytes,
        }
        left_out = set(exclude)
        return messages.pack({name: write() for name, write in parts.items() if name not in left_out})

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> Vocab:
        """Read what `to_bytes` wrote; the words that are known stay known.

        Raises:
            DataError: The bytes are damaged.
        """
        try:
            parts = messages.unpack(bytes_data)
            check_shape(parts, {"strings?": bytes, "vectors?": bytes, "lookups?": bytes})
        except ValueError as error:
            raise DataError(
                f"vocab: not what to_bytes() gave, got {len(bytes_data)} bytes ({error}); write it again"
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
        # The store is shared with lexemes, vectors and documents, so it grows and is never replaced.
        self.strings.add_all(list(strings))


def _refused(name: str) -> DataError:
    """Say that a vocabulary takes no such argument."""
    known = [key for key in signature(Vocab.__init__).parameters if key not in ("self", "unknown")]
    advice = f"; {_OF_OLD[name]}" if name in _OF_OLD else did_you_mean(name, known)
    return DataError(f"vocab: no such argument, got {name!r:.80}{advice or '; leave it out'}")
