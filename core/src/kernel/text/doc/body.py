"""The text of a document: its words, the spaces after them, and their offsets."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kernel.text.doc.columns import Columns


class Body(Columns):
    """Words and spaces of a document, and the text they make."""

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
