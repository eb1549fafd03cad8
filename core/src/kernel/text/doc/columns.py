"""Storage of a document: one array per attribute, each as long as the document.

Axes: N tokens of one document or of a batch, F requested attributes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError, did_you_mean
from kernel.text.base.moves import Move
from kernel.text.base.tree import Tree, check_heads
from kernel.text.vocab.lexeme_table import FLAG_NAMES, LexemeTable
from kernel.text.vocab.vocab import Vocab

Array = npt.NDArray[Any]

_IDS = ("TAG", "POS", "MORPH", "LEMMA", "DEP", "ENT_TYPE", "ENT_KB_ID", "ENT_ID", "NORM")
#: The columns that can be stored, and their types.
DTYPES: dict[str, np.dtype[Any]] = {
    "LEX": np.dtype(np.int32),
    "SPACY": np.dtype(np.bool_),
    **dict.fromkeys(_IDS, np.dtype(np.uint64)),
    "HEAD": np.dtype(np.int32),
    "SENT_START": np.dtype(np.int8),
    "ENT_IOB": np.dtype(np.int8),
}
_LEXICAL = frozenset(LexemeTable.COLUMNS) | FLAG_NAMES


class Columns:
    """A text as columns: words as rows of the lexeme table, and annotations, most of which are never set.

    Attributes:
        moves: Merges and splits of tokens so far, which spans created earlier follow.
    """

    moves: tuple[Move, ...] = ()

    def __init__(self, vocab: Vocab, rows: npt.NDArray[np.int32], spaces: npt.NDArray[np.bool_]) -> None:
        self.vocab = vocab
        self._columns: dict[str, Array] = {"LEX": rows, "SPACY": spaces}
        self._tree: Tree | None = None
        self._offsets: npt.NDArray[np.int64] | None = None
        vocab.memory.watch(self)

    def __getstate__(self) -> dict[str, Any]:
        # Copied first: another thread may add a computed value while this one is being pickled.
        return vars(self).copy()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy and register it, so that its words are not forgotten."""
        vars(self).update(state)
        self.vocab.memory.watch(self)

    def __len__(self) -> int:
        return len(self._columns["LEX"])

    def used_rows(self) -> npt.NDArray[np.int32]:
        """Return the rows of the words, which the vocabulary must not forget."""
        return self._columns["LEX"]

    def used_strings(self) -> npt.NDArray[np.uint64]:
        """Return the numbers of the strings that the columns refer to, one per token and column."""
        columns = self._columns.copy()
        id_columns = [columns[name] for name in _IDS if name in columns]
        return np.concatenate(id_columns) if id_columns else np.zeros(0, dtype=np.uint64)

    def has_column(self, name: str) -> bool:
        """Return whether an attribute was ever set; setting heads sets SENT_START as well."""
        return name in self._columns or (name == "SENT_START" and "HEAD" in self._columns)

    def column(self, name: str) -> Array:
        """Return one attribute of all tokens, read-only; zeros if it was never set.

        NORM holds overrides of the words' norms, 0 where there is none. SENT_START is derived from the heads if they
        are set.
        """
        if name == "SENT_START" and "HEAD" in self._columns:
            values = self.tree.sent_starts
        elif name in self._columns:
            values = self._columns[name].view()
        elif name in DTYPES:
            values = np.zeros(len(self), dtype=DTYPES[name])
        else:
            values = self._lexical([name])[:, 0]
        values.flags.writeable = False
        return values

    def set_column(self, name: str, values: npt.ArrayLike) -> None:
        """Set one attribute of all tokens, copying the values.

        Raises:
            DataError: The attribute cannot be set, or the values have another length or kind.
        """
        if name not in DTYPES or name == "LEX":
            raise DataError(
                f"doc: not an attribute that can be set, got {name!r:.80}{did_you_mean(name, DTYPES)}"
            )
        array = np.asarray(values)
        if array.shape != (len(self),):
            raise DataError(f"doc: {name} needs {len(self)} values, one per token, got shape {array.shape}")
        column = array.astype(DTYPES[name]) if array.dtype.kind in "biu" else _whole_numbers(name, values)
        if name == "HEAD":
            check_heads(column)
        self._columns[name] = column
        self._forget_what_follows(name)

    def adopt_columns(self, columns: Mapping[str, Array]) -> None:
        """Store columns without copying or checking; they must have the right length and type."""
        self._columns.update(columns)
        self._forget_what_follows(*columns)

    def replace_columns(self, columns: Mapping[str, Array], move: Move) -> None:
        """Replace all columns, including LEX and SPACY.

        Args:
            columns: The new columns.
            move: Which tokens were merged or split.
        """
        self._columns = dict(columns)
        self.moves = (*self.moves, move)
        self._forget_what_follows("HEAD", "SPACY")

    @property
    def set_columns(self) -> dict[str, Array]:
        """The columns that were set, by name, including LEX and SPACY but nothing derived; read only."""
        return dict(self._columns)

    def set_value(self, name: str, i: int, value: int) -> None:
        """Set one attribute of one token."""
        column = self._columns.get(name)
        if column is None:
            self.set_column(name, np.zeros(len(self), dtype=DTYPES[name]))
            column = self._columns[name]
        try:
            column[i] = value
        except OverflowError:
            raise DataError(
                f"doc: {name} of token {i}: expected a number of {column.dtype}, got one out of range"
            ) from None
        self._forget_what_follows(name)

    def drop_column(self, name: str) -> None:
        """Remove an attribute, as if it had never been set."""
        if name not in ("LEX", "SPACY"):
            self._columns.pop(name, None)
            self._forget_what_follows(name)

    @property
    def tree(self) -> Tree:
        """The dependency tree that the heads define."""
        if self._tree is None:
            self._tree = Tree(self.column("HEAD"), self._columns.get("DEP"))
        return self._tree

    def features(self, names: Sequence[str]) -> npt.NDArray[np.uint64]:
        """Return attributes of all tokens as columns of one array.

        Returns:
            An array (N, F) of unsigned integers; negative values wrap around.
        """
        return features([self], names)

    # Words and spaces, read as text

    @property
    def rows(self) -> npt.NDArray[np.int32]:
        """Rows of the words in the lexeme table."""
        return self._columns["LEX"]

    @property
    def words(self) -> list[str]:
        """The tokens as strings."""
        return [self.vocab.lexemes.words[row] for row in self.rows.tolist()]

    @property
    def text(self) -> str:
        """The text: every token and the space after it."""
        return self.text_of(0, len(self))

    @property
    def text_with_ws(self) -> str:
        """The text; for a document the same as `text`."""
        return self.text

    def text_of(self, start: int, end: int) -> str:
        """Return the text of a slice, including the space after its last token."""
        words = self.vocab.lexemes.words
        rows, spaces = self.rows[start:end].tolist(), self._columns["SPACY"][start:end].tolist()
        return "".join(
            [words[row] + " " if space else words[row] for row, space in zip(rows, spaces, strict=True)]
        )

    @property
    def offsets(self) -> npt.NDArray[np.int64]:
        """The character offset at which each token starts."""
        if self._offsets is None:
            words = self.vocab.lexemes.words
            lengths = np.fromiter(
                (len(words[row]) for row in self.rows.tolist()), dtype=np.int64, count=len(self)
            )
            ends = np.cumsum(lengths + self._columns["SPACY"])
            self._offsets = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])[: len(self)]
        return self._offsets

    @property
    def lang(self) -> int:
        """Language code of the vocabulary, as a string's number."""
        return self.vocab.strings.add(self.vocab.lang)

    @property
    def lang_(self) -> str:
        """Language code of the vocabulary."""
        return self.vocab.lang

    def _token_ends(self) -> npt.NDArray[np.int64]:
        ends = np.append(self.offsets[1:], len(self.text_with_ws))[: len(self)]
        return ends - self._columns["SPACY"]

    def _forget_what_follows(self, *names: str) -> None:
        """Drop values computed from these columns: the tree (heads, labels) and the offsets (spaces)."""
        if "HEAD" in names or "DEP" in names:
            self._tree = None
        if "SPACY" in names:
            self._offsets = None

    def _lexical(self, names: Sequence[str]) -> npt.NDArray[np.uint64]:
        return self.vocab.lexemes.features(self._columns["LEX"], names)


def _whole_numbers(name: str, values: npt.ArrayLike) -> Array:
    """Read whole numbers that NumPy would read as floats: an empty list, or one that mixes small and huge values."""
    numbers = np.asarray(values, dtype=object).tolist()
    if not all(isinstance(number, int) for number in numbers):
        raise DataError(f"doc: {name} needs whole numbers, got {np.asarray(values).dtype}")
    try:
        return np.array(numbers, dtype=DTYPES[name])
    except OverflowError as error:
        raise DataError(f"doc: {name} holds {DTYPES[name]} numbers, {error}") from None


def features(docs: Sequence[Columns], names: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return attributes of all tokens of a batch, document after document; lexical ones take a single gather.

    Args:
        docs: Documents of one vocabulary.
        names: Attributes of words or of tokens. NORM is the token's own norm if it has one, else the word's.

    Returns:
        An array (N, F) of unsigned integers; negative values wrap around.
    """
    if not docs:
        return np.zeros((0, len(names)), dtype=np.uint64)
    rows = np.concatenate([doc._columns["LEX"] for doc in docs]) if len(docs) > 1 else docs[0]._columns["LEX"]
    own, lexical, lexical_names = _plan(tuple(names))
    lexemes = docs[0].vocab.lexemes
    if len(lexical) == len(names):
        gathered = lexemes.features(rows, lexical_names)
    else:
        gathered = np.zeros((len(rows), len(names)), dtype=np.uint64)
        gathered[:, lexical] = lexemes.features(rows, lexical_names)
    for i, name in own:
        for doc in docs:
            if doc.has_column(name):
                _overlay(gathered[:, i], docs, name)
                break
    return gathered


@lru_cache(maxsize=256)
def _plan(names: tuple[str, ...]) -> tuple[list[tuple[int, str]], list[int], tuple[str, ...]]:
    """Split attributes into those of tokens (index and name) and those of words (indices, then names).

    Raises:
        DataError: An attribute is unknown.
    """
    for name in names:
        if name not in DTYPES and name not in _LEXICAL:
            names_known = sorted({*DTYPES, *_LEXICAL})
            raise DataError(f"doc: unknown attribute, got {name!r:.80}{did_you_mean(name, names_known)}")
    lexical = [i for i, name in enumerate(names) if name in _LEXICAL]
    own = [(i, name) for i, name in enumerate(names) if name in DTYPES]
    return own, lexical, tuple(names[i] for i in lexical)


def _overlay(values: npt.NDArray[np.uint64], docs: Sequence[Columns], name: str) -> None:
    """Overwrite the values of words with the annotation of tokens, where there is any."""
    start = 0
    for doc in docs:
        end = start + len(doc)
        if doc.has_column(name):
            own = doc.column(name)
            own = own.astype(np.int64).view(np.uint64) if own.dtype.kind == "i" else own.astype(np.uint64)
            values[start:end] = np.where(own != 0, own, values[start:end])
        start = end
