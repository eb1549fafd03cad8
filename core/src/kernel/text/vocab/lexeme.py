"""The lexeme: a view of a word's row in the lexeme table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kernel.text.base.attrs import attribute_name
from kernel.text.vocab.lexical_views import LexId, LexString, WordView
from kernel.text.vocab.lookups import Table
from kernel.text.vocab.similarity import Similarity

if TYPE_CHECKING:
    from kernel.text.vocab.vocab import Vocab


#: The log probability of a word that is in no table.
OOV_PROB = -20.0


class Lexeme(Similarity, WordView):
    """A word without context: its forms, flags and rank."""

    __slots__ = ("text", "vocab")

    norm, norm_ = LexId("NORM"), LexString("NORM")
    flags = LexId("FLAGS")

    def __init__(self, vocab: Vocab, row: int) -> None:
        self.vocab = vocab
        #: The word. The view keeps the word, not the row, so it stays valid when the row is reused for another word.
        self.text = vocab.lexemes.words[row]

    @property
    def row(self) -> int:
        """Row of the word in the lexeme table; a forgotten word is added again."""
        return self.vocab.row(self.text)

    @property
    def is_oov(self) -> bool:
        """Whether the word has no vector."""
        return int(self._keys()[0]) not in self.vocab.vectors

    @property
    def vector(self) -> Any:
        """Vector of the word: (width,); zeros if it has none."""
        return super().vector

    @vector.setter
    def vector(self, value: npt.ArrayLike) -> None:
        self.vocab.set_vector(self.text, value)

    @property
    def prob(self) -> float:
        """Log probability of the word, from the table `lexeme_prob`."""
        settings = self.vocab.lookups.get_table("lexeme_settings", {})
        default = self.vocab.cfg.get("oov_prob", OOV_PROB)
        return float(self._looked_up("prob", settings.get("oov_prob", default)))

    @prob.setter
    def prob(self, value: float) -> None:
        self._table("prob")[self.orth] = value

    @property
    def cluster(self) -> int:
        """Brown cluster of the word, from the table `lexeme_cluster`."""
        return int(self._looked_up("cluster", 0))

    @cluster.setter
    def cluster(self, value: int) -> None:
        self._table("cluster")[self.orth] = value

    @property
    def sentiment(self) -> float:
        """Sentiment of the word, from the table `lexeme_sentiment`."""
        return float(self._looked_up("sentiment", 0.0))

    @sentiment.setter
    def sentiment(self, value: float) -> None:
        self._table("sentiment")[self.orth] = value

    def set_attrs(self, **attrs: Any) -> None:
        """Set several attributes by name.

        Raises:
            DataError: An attribute is unknown.
        """
        for name, value in attrs.items():
            if name.upper() in ("PROB", "CLUSTER", "SENTIMENT"):
                setattr(self, name.lower(), value)
                continue
            number = self.vocab.strings.add(value) if isinstance(value, str) else int(value)
            # ID is an old name for the rank.
            self.set_lexical("RANK" if name.upper() in ("ID", "RANK") else attribute_name(name), number)

    def _looked_up(self, name: str, default: Any) -> Any:
        return self.vocab.lookups.get_table(f"lexeme_{name}", {}).get(self.orth, default)

    def _table(self, name: str) -> Table:
        lookups = self.vocab.lookups
        full_name = f"lexeme_{name}"
        return lookups.get_table(full_name) if full_name in lookups else lookups.add_table(full_name)

    def _hook(self, name: str) -> Callable[..., Any] | None:
        return None

    def _rows_of_words(self) -> npt.NDArray[np.int32]:
        return np.array([self.row], dtype=np.int32)

    def _tensor_of_words(self) -> Any:
        return np.zeros((0, 0), dtype=np.float32)

    def check_flag(self, flag_id: int) -> bool:
        """Return whether a flag, given by number, is set."""
        return bool(self.flags >> flag_id & 1)

    def set_flag(self, flag_id: int, value: bool) -> None:
        """Set or clear a flag, given by number."""
        with self.vocab.memory:
            other_flags = self.flags & ~(1 << flag_id)
            self.vocab.lexemes.set(self.row, "FLAGS", other_flags | (int(value) << flag_id))

    def get_lexical(self, name: str) -> int:
        """Return one column of the word's row."""
        return self.vocab.memory.undisturbed(lambda: self.vocab.lexemes.get(self.row, name))

    def set_lexical(self, name: str, value: int) -> None:
        """Set one column of the word's row; a norm is also stored in the table `lexeme_norm`, which is saved."""
        if name == "NORM":
            self._table("norm")[self.orth] = self.vocab.strings[value]
        with self.vocab.memory:
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
