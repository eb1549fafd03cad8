"""Vectors and similarity of words, tokens, spans and documents."""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.system.concurrency import lazy_property

if TYPE_CHECKING:
    from kernel.text.vocab.vocab import Vocab

_NO_VECTORS = (
    "similarity: the pipeline has no word vectors, so the result uses other data or is 0; load vectors"
)
_EMPTY_VECTOR = "similarity: one side has no vector, so the result is 0; compare words that have vectors"


class Similarity:
    """Something with a vector. A function with the same name in the document's user hooks takes precedence."""

    __slots__ = ()
    vocab: Vocab

    @abstractmethod
    def _hook(self, name: str) -> Callable[..., Any] | None:
        """Return the user hook for a property or for `similarity`."""

    @abstractmethod
    def _rows_of_words(self) -> npt.NDArray[np.int32]:
        """Return the lexeme rows of its words, in order."""

    @abstractmethod
    def _tensor_of_words(self) -> Any:
        """Return the tensor rows of its words; empty if there is no tensor."""

    @property
    def has_vector(self) -> bool:
        """Whether one of its words has a vector or, without a vectors table, whether there is a tensor."""
        hook = self._hook("has_vector")
        if hook is not None:
            return bool(hook(self))
        if not self.vocab.vectors.size:
            return bool(self._tensor_of_words().size)
        return any(key in self.vocab.vectors for key in self._keys().tolist())

    @property
    def vector(self) -> Any:
        """Mean of the words' vectors or, without a vectors table, of the tensor rows: (width,)."""
        hook = self._hook("vector")
        return self._mean() if hook is None else hook(self)

    @property
    def vector_norm(self) -> float:
        """L2 norm of the vector."""
        hook = self._hook("vector_norm")
        if hook is not None:
            return float(hook(self))
        vector = self.vector
        return math.sqrt(float((vector * vector).sum()))

    def similarity(self, other: Any) -> float:
        """Return the cosine similarity of the vectors; 1 for the same words.

        Args:
            other: A document, span, token or lexeme.
        """
        hook = self._hook("similarity")
        if hook is not None:
            return float(hook(self, other))
        if not isinstance(other, Similarity):
            raise DataError(f"similarity: expected a Doc, Span, Token or Lexeme, got {other!r:.60}")
        if np.array_equal(self._keys(), other._keys()):
            return 1.0
        if not self.vocab.vectors.n_keys:
            warnings.warn(_NO_VECTORS, UserWarning, stacklevel=2)
        lengths = self.vector_norm * other.vector_norm
        if not lengths:
            if not (self.has_vector and other.has_vector):
                warnings.warn(_EMPTY_VECTOR, UserWarning, stacklevel=2)
            return 0.0
        return float(self.vector @ other.vector / lengths)

    def _keys(self) -> npt.NDArray[np.uint64]:
        """Return the keys of its words in the vectors table."""
        return self.vocab.memory.undisturbed(lambda: self.vocab.vector_keys(self._rows_of_words()))

    def _mean(self) -> Any:
        vectors = self.vocab.vectors
        if vectors.size or not self._tensor_of_words().size:
            rows = vectors.get_batch(self._keys().tolist())
        else:
            rows = self._tensor_of_words()
        return rows.mean(axis=0) if len(rows) else np.zeros((vectors.vectors_length,), dtype=np.float32)


class DocSimilarity(Similarity):
    """Vector and similarity of a document; vector and norm can be set."""

    tensor: Any
    _vector: Any
    _vector_norm: float | None

    # Created on demand: most documents have no hooks, and there are many documents.

    @lazy_property
    def user_hooks(self) -> dict[str, Callable[..., Any]]:
        """Functions that override the document's properties, by name."""
        return {}

    @lazy_property
    def user_token_hooks(self) -> dict[str, Callable[..., Any]]:
        """Functions that override its tokens' properties, by name."""
        return {}

    @lazy_property
    def user_span_hooks(self) -> dict[str, Callable[..., Any]]:
        """Functions that override its spans' properties, by name."""
        return {}

    @abstractmethod
    def used_rows(self) -> npt.NDArray[np.int32]:
        """Return the lexeme rows of its words."""

    @property
    def vector(self) -> Any:
        """The vector that was set; otherwise the mean of the words' vectors or of the tensor rows: (width,)."""
        if "vector" not in self.user_hooks and self._vector is not None:
            return self._vector
        return super().vector

    @vector.setter
    def vector(self, value: Any) -> None:
        self._vector = value

    @property
    def vector_norm(self) -> float:
        """L2 norm of the vector, or the value that was set."""
        if "vector_norm" not in self.user_hooks and self._vector_norm is not None:
            return self._vector_norm
        return super().vector_norm

    @vector_norm.setter
    def vector_norm(self, value: float) -> None:
        self._vector_norm = value

    def _hook(self, name: str) -> Callable[..., Any] | None:
        return self.user_hooks.get(name)

    def _rows_of_words(self) -> npt.NDArray[np.int32]:
        return self.used_rows()

    def _tensor_of_words(self) -> Any:
        return self.tensor
