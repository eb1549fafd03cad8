"""A view of a slice of a document, with a label if it is an entity or in a span group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.base.moves import moved
from kernel.text.base.strings import checked_number
from kernel.text.doc.entities import SCORES
from kernel.text.doc.token import Token
from kernel.text.vocab.lexical_views import NumberOf, StringOf
from kernel.text.vocab.similarity import Similarity
from kernel.text.vocab.underscore import Extensions, Underscore

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc
    from kernel.text.vocab.vocab import Vocab


class Span(Similarity, Extensions):
    """The tokens from `start` up to but not including `end`."""

    __slots__ = (
        "_end",
        "_given_vector",
        "_given_vector_norm",
        "_n_moves",
        "_start",
        "doc",
        "id",
        "kb_id",
        "label",
        "vocab",
    )

    label_ = StringOf("label")
    kb_id_ = StringOf("kb_id")
    id_ = StringOf("id")
    ent_id, ent_id_ = NumberOf("id"), StringOf("id")

    def __init__(
        self,
        doc: Doc,
        start: int,
        end: int,
        label: str | int = 0,
        vector: Any = None,
        vector_norm: float | None = None,
        kb_id: str | int = 0,
        span_id: str | int = 0,
    ) -> None:
        """Create a view of a slice of a document.

        Args:
            doc: The document.
            start: First token.
            end: The token after the last.
            label: Label of the span.
            vector: A vector to use instead of the mean of the words' vectors.
            vector_norm: L2 norm of `vector`.
            kb_id: Identifier in a knowledge base.
            span_id: Identifier of the span.

        Raises:
            DataError: The document has no such slice, or a label or identifier cannot be a string's number.
        """
        if not 0 <= start <= end <= len(doc):
            raise DataError(f"span: not a slice of a document of {len(doc)} tokens, got {start}:{end}")
        self.doc = doc
        self.vocab: Vocab = doc.vocab
        self._start, self._end, self._n_moves = start, end, len(doc.moves)
        self.label = _stored(self.vocab, label)
        self.kb_id = _stored(self.vocab, kb_id)
        self.id = _stored(self.vocab, span_id)
        self._given_vector, self._given_vector_norm = vector, vector_norm

    # Position

    @property
    def start(self) -> int:
        """First token; it is updated when tokens are merged or split."""
        if self._n_moves != len(self.doc.moves):
            self._follow()
        return self._start

    @start.setter
    def start(self, start: int) -> None:
        self._start = self._checked(start)

    @property
    def end(self) -> int:
        """The token after the last."""
        if self._n_moves != len(self.doc.moves):
            self._follow()
        return self._end

    @end.setter
    def end(self, end: int) -> None:
        self._end = self._checked(end)

    def _checked(self, i: int) -> int:
        if not 0 <= i <= len(self.doc):
            raise DataError(f"span: outside a document of {len(self.doc)} tokens, got {i}")
        self._follow()
        return i

    def _follow(self) -> None:
        for move in self.doc.moves[self._n_moves :]:
            self._start, self._end = moved(self._start, self._end, move)
        self._n_moves = len(self.doc.moves)

    # Text

    @property
    def text(self) -> str:
        """The text of the span, without trailing space."""
        text = self.text_with_ws
        return text[:-1] if len(self) and self[-1].whitespace_ else text

    @property
    def text_with_ws(self) -> str:
        """The text of the span, including the space after it."""
        return self.doc.text_of(self.start, self.end)

    @property
    def orth_(self) -> str:
        """The text of the span; the same as `text`."""
        return self.text

    @property
    def lemma_(self) -> str:
        """The lemmas of the tokens, spaced like the tokens."""
        return "".join(token.lemma_ + token.whitespace_ for token in self).strip()

    @property
    def start_char(self) -> int:
        """The character offset at which the span starts."""
        return int(self.doc.offsets[self.start]) if self.start < len(self.doc) else len(self.doc.text_with_ws)

    @property
    def end_char(self) -> int:
        """The character offset at which the span ends."""
        return self.start_char if self.end == self.start else self[-1].idx + len(self[-1])

    def char_span(
        self,
        start_idx: int,
        end_idx: int,
        label: str | int = 0,
        kb_id: str | int = 0,
        vector: Any = None,
        id: str | int = 0,
        alignment_mode: str = "strict",
        span_id: str | int = 0,
    ) -> Span | None:
        """Return the span between two offsets in this span's text; see `Doc.char_span`."""
        first = self.start_char
        bounds = first + start_idx, first + end_idx
        return self.doc.char_span(*bounds, label, kb_id, vector, alignment_mode, span_id)

    # Annotation

    @property
    def ents(self) -> tuple[Span, ...]:
        """Entities that are completely inside the span."""
        return tuple(ent for ent in self.doc.ents if self.start <= ent.start and ent.end <= self.end)

    @property
    def score(self) -> float | None:
        """Confidence of the component that predicted this entity, 0 to 1; None if it gave none."""
        scores = self.doc.user_data.get(SCORES)
        return None if scores is None else scores.get((self.start, self.end, self.label))

    @property
    def sents(self) -> Iterator[Span]:
        """Sentences that overlap the span."""
        for sent in self.doc.sents:
            if sent.start < max(self.end, self.start + 1) and self.start < sent.end:
                yield sent

    @property
    def sent(self) -> Span:
        """The sentence in which the span starts."""
        starts = self.doc.sentence_starts()
        i = int(np.searchsorted(starts, self.start, side="right"))
        end = int(starts[i]) if i < len(starts) else len(self.doc)
        return Span(self.doc, int(starts[i - 1]), end)

    @property
    def noun_chunks(self) -> Iterator[Span]:
        """The base noun phrases inside the span.

        Raises:
            DataError: The language has no rules for them, or the document is not parsed.
        """
        find = self.vocab.get_noun_chunks
        if find is None:
            raise DataError(f"noun_chunks: no rules for the language {self.vocab.lang!r}")
        return iter([Span(self.doc, start, end, label=label) for start, end, label in find(self)])

    def get_lca_matrix(self) -> npt.NDArray[np.int32]:
        """Return the lowest common ancestor of every two tokens, as an index in the span; -1 if it is outside."""
        return self.doc.tree.common_ancestors(self.start, self.end)

    @property
    def root(self) -> Token:
        """The token nearest to the root of its sentence; the first one if there are several."""
        if not len(self):
            raise DataError("span: an empty span has no root")
        tree = self.doc.tree
        heads = tree.heads[self.start : self.end]
        is_top = (heads < self.start) | (heads >= self.end) | (heads == np.arange(self.start, self.end))
        tops: list[int] = (self.start + np.flatnonzero(is_top)).tolist()
        roots = [i for i in tops if tree.heads[i] == i and self.doc.has_column("HEAD")]
        if roots or len(tops) == 1:
            return self.doc[(roots or tops)[0]]
        nearest: int = min(tops, key=self._way_to_root)
        return self.doc[nearest]

    def _way_to_root(self, i: int) -> int:
        """Count the arcs from a token to its root; spaces and punctuation without children count as farthest."""
        token, tree = self.doc[i], self.doc.tree
        if (token.is_space or token.is_punct) and not tree.children[i]:
            return len(self.doc)
        n_arcs = 0
        while tree.heads[i] != i:
            i, n_arcs = int(tree.heads[i]), n_arcs + 1
        return n_arcs

    @property
    def lefts(self) -> Iterator[Token]:
        """Children of the span's tokens that are to its left."""
        return (child for token in self for child in token.lefts if child.i < self.start)

    @property
    def rights(self) -> Iterator[Token]:
        """Children of the span's tokens that are to its right."""
        return (child for token in self for child in token.rights if child.i >= self.end)

    @property
    def n_lefts(self) -> int:
        """Number of children to the left of the span."""
        return sum(1 for _ in self.lefts)

    @property
    def n_rights(self) -> int:
        """Number of children to the right of the span."""
        return sum(1 for _ in self.rights)

    @property
    def subtree(self) -> Iterator[Token]:
        """The span's tokens and all their descendants, in text order."""
        below = {token.i for top in self for token in top.subtree}
        return (self.doc[i] for i in sorted(below))

    @property
    def conjuncts(self) -> tuple[Token, ...]:
        """The tokens coordinated with the span's root."""
        return self.root.conjuncts

    @property
    def vector(self) -> Any:
        """The vector it was created with; otherwise the mean of the words' vectors or of tensor rows: (width,)."""
        if self._given_vector is not None and self._hook("vector") is None:
            return self._given_vector
        return super().vector

    @property
    def vector_norm(self) -> float:
        """L2 norm of the vector, or the value it was created with."""
        if self._given_vector_norm is not None and self._hook("vector_norm") is None:
            return self._given_vector_norm
        return super().vector_norm

    @property
    def sentiment(self) -> float:
        """Mean of the tokens' sentiments; `user_span_hooks["sentiment"]` overrides it."""
        hook = self._hook("sentiment")
        if hook is not None:
            return float(hook(self))
        return sum(token.sentiment for token in self) / len(self) if len(self) else 0.0

    def _hook(self, name: str) -> Callable[..., Any] | None:
        return self.doc.user_span_hooks.get(name)

    def _rows_of_words(self) -> npt.NDArray[np.int32]:
        return self.doc.rows[self.start : self.end]

    def _tensor_of_words(self) -> Any:
        return self.tensor

    @property
    def tensor(self) -> Any:
        """The rows of `doc.tensor` for the span's tokens."""
        return self.doc.tensor[self.start : self.end]

    @property
    def _(self) -> Underscore:
        """Custom extension attributes."""
        return Underscore(self, self.start_char, self.end_char)

    def to_array(self, attributes: str | int | list[str | int]) -> Any:
        """Return attributes of the tokens as unsigned integers: (N,) for a single one, (N, F) for a list."""
        array = self.doc.to_array(attributes)[self.start : self.end]
        return array if isinstance(attributes, str | int) else array.reshape(len(self), -1)

    def as_doc(self, *, copy_user_data: bool = False, array_head: object = None, array: object = None) -> Doc:
        """Copy the span into a new document, with the annotation inside it.

        Args:
            copy_user_data: Whether to copy the user data of the tokens and spans inside it.
            array_head: Ignored; accepted for compatibility.
            array: Ignored; accepted for compatibility.
        """
        return self.doc.cut(self.start, self.end, copy_user_data=copy_user_data)

    # Container

    def __len__(self) -> int:
        return self.end - self.start

    def __iter__(self) -> Iterator[Token]:
        return (self.doc[i] for i in range(self.start, self.end))

    @overload
    def __getitem__(self, i: int) -> Token: ...
    @overload
    def __getitem__(self, i: slice) -> Span: ...

    def __getitem__(self, i: int | slice) -> Token | Span:
        if isinstance(i, slice):
            start, end, step = i.indices(len(self))
            if step != 1:
                raise DataError(f"span: a slice must have step 1, got {step}")
            return Span(self.doc, self.start + start, self.start + max(start, end))
        if not -len(self) <= i < len(self):
            raise IndexError(f"span: no token {i} among {len(self)}")
        return self.doc[(self.start if i >= 0 else self.end) + i]

    def __contains__(self, token: object) -> bool:
        return isinstance(token, Token) and token.doc is self.doc and self.start <= token.i < self.end

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _key(self) -> tuple[int, ...]:
        return (self.start_char, self.end_char, self.label, self.kb_id, self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and self.doc is other.doc and self._key() == other._key()

    def __lt__(self, other: Span) -> bool:
        return self._key() < other._key()

    def __le__(self, other: Span) -> bool:
        return self._key() <= other._key()

    def __gt__(self, other: Span) -> bool:
        return self._key() > other._key()

    def __ge__(self, other: Span) -> bool:
        return self._key() >= other._key()

    def __hash__(self) -> int:
        return hash((id(self.doc), self._key()))


def _stored(vocab: Vocab, name: str | int) -> int:
    if isinstance(name, str):
        return vocab.strings.add(name)
    return checked_number(name)
