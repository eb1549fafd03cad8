"""A word by itself, as a view of its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel.text.views import LexId, LexString, WordView

if TYPE_CHECKING:
    from kernel.text.vocab import Vocab


class Lexeme(WordView):
    """A word without context: its forms, flags and rank."""

    __slots__ = ("row", "vocab")

    norm, norm_ = LexId("NORM"), LexString("NORM")
    flags = LexId("FLAGS")

    def __init__(self, vocab: Vocab, row: int) -> None:
        self.vocab = vocab
        self.row = row

    @property
    def text(self) -> str:
        """The word."""
        return self.vocab.lexemes.words[self.row]

    @property
    def is_oov(self) -> bool:
        """Whether the word has no vector."""
        return not self.has_vector

    @property
    def has_vector(self) -> bool:
        """Whether the vocabulary has a vector of this word."""
        return self.orth in self.vocab.vectors

    def check_flag(self, flag: int) -> bool:
        """Whether a flag is raised, by number."""
        return bool(self.flags >> flag & 1)

    def set_flag(self, flag: int, value: bool) -> None:
        """Raise or lower a flag, by number."""
        from_flags = self.flags & ~(1 << flag)
        self.vocab.lexemes.set(self.row, "FLAGS", from_flags | (int(value) << flag))

    def get_lexical(self, name: str) -> int:
        """One column of the word's row."""
        return self.vocab.lexemes.get(self.row, name)

    def set_lexical(self, name: str, value: int) -> None:
        """Change one column of the word's row."""
        self.vocab.lexemes.set(self.row, name, value)

    def __len__(self) -> int:
        return len(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Lexeme {self.text!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexeme) and self.orth == other.orth

    def __hash__(self) -> int:
        return self.orth
