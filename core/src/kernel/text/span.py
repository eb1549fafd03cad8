"""A slice of a document, as a view, with a label if it is an entity or a span of a group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from kernel.errors import DataError
from kernel.text.entities import SCORES
from kernel.text.token import Token
from kernel.text.underscore import Extensions, Underscore

if TYPE_CHECKING:
    from kernel.text.doc import Doc
    from kernel.text.vocab import Vocab


class _StringOf:
    """The string of an attribute that is a number: `label_` of `label`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, span: Span, owner: type) -> str:
        number: int = getattr(span, self._name)
        return span.vocab.strings[number]

    def __set__(self, span: Span, value: str) -> None:
        setattr(span, self._name, span.vocab.strings.add(value))


class Span(Extensions):
    """The tokens from `start` up to, not including, `end`."""

    __slots__ = ("doc", "end", "id", "kb_id", "label", "start", "vocab")

    label_ = _StringOf("label")
    kb_id_ = _StringOf("kb_id")
    id_ = _StringOf("id")
    ent_id_ = _StringOf("id")

    def __init__(
        self,
        doc: Doc,
        start: int,
        end: int,
        label: str | int = 0,
        vector: object = None,
        vector_norm: object = None,
        kb_id: str | int = 0,
        span_id: str | int = 0,
    ) -> None:
        """Look at a slice of a document.

        Args:
            doc: The document.
            start: First token.
            end: Token behind the last.
            label: What the span is.
            vector: Not stored; stands here because callers pass what follows by position.
            vector_norm: As vector.
            kb_id: Entry of a knowledge base.
            span_id: What tells this span from its like.

        Raises:
            DataError: The document has no such slice.
        """
        if not 0 <= start <= end <= len(doc):
            raise DataError(f"span: not a slice of a document of {len(doc)} tokens, got {start}:{end}")
        self.doc = doc
        self.vocab: Vocab = doc.vocab
        self.start = start
        self.end = end
        self.label = _stored(self.vocab, label)
        self.kb_id = _stored(self.vocab, kb_id)
        self.id = _stored(self.vocab, span_id)

    # Text

    @property
    def text(self) -> str:
        """The span as it stands in the text."""
        text = self.text_with_ws
        return text[:-1] if len(self) and self[-1].whitespace_ else text

    @property
    def text_with_ws(self) -> str:
        """The span and the space behind it."""
        return self.doc.text_of(self.start, self.end)

    @property
    def orth_(self) -> str:
        """The span as it stands in the text."""
        return self.text

    @property
    def lemma_(self) -> str:
        """Lemmas, spaced as the tokens are."""
        return "".join(token.lemma_ + token.whitespace_ for token in self).strip()

    @property
    def start_char(self) -> int:
        """Where in the text the span starts."""
        return int(self.doc.offsets[self.start]) if self.start < len(self.doc) else len(self.doc.text_with_ws)

    @property
    def end_char(self) -> int:
        """Where in the text the span ends."""
        return self.start_char if self.end == self.start else self[-1].idx + len(self[-1])

    def char_span(
        self, start_idx: int, end_idx: int, label: str | int = 0, kb_id: str | int = 0
    ) -> Span | None:
        """The span between two places of this span's text; None where they are not borders of tokens."""
        first = self.start_char
        return self.doc.char_span(first + start_idx, first + end_idx, label=label, kb_id=kb_id)

    # Annotation

    @property
    def ents(self) -> tuple[Span, ...]:
        """Entities that lie wholly in the span."""
        return tuple(ent for ent in self.doc.ents if self.start <= ent.start and ent.end <= self.end)

    @property
    def score(self) -> float | None:
        """How sure the component is that found just this entity, 0 to 1; None where none has said so."""
        scores = self.doc.user_data.get(SCORES)
        return None if scores is None else scores.get((self.start, self.end, self.label))

    @property
    def sents(self) -> Iterator[Span]:
        """Sentences that the span touches."""
        for sent in self.doc.sents:
            if sent.start < max(self.end, self.start + 1) and self.start < sent.end:
                yield sent

    @property
    def sent(self) -> Span:
        """The sentence where the span starts."""
        starts = self.doc.sentence_starts()
        i = int(np.searchsorted(starts, self.start, side="right"))
        end = int(starts[i]) if i < len(starts) else len(self.doc)
        return Span(self.doc, int(starts[i - 1]), end)

    @property
    def root(self) -> Token:
        """The token that is highest in the tree; the first of them where there are several."""
        tokens = list(self)
        if not tokens:
            raise DataError("span: an empty span has no root")
        outside = [token for token in tokens if token.head == token or token.head not in self]
        return outside[0] if outside else tokens[0]

    @property
    def lefts(self) -> Iterator[Token]:
        """Children of its tokens before the span."""
        return (child for token in self for child in token.lefts if child.i < self.start)

    @property
    def rights(self) -> Iterator[Token]:
        """Children of its tokens behind the span."""
        return (child for token in self for child in token.rights if child.i >= self.end)

    @property
    def n_lefts(self) -> int:
        """Number of children before the span."""
        return sum(1 for _ in self.lefts)

    @property
    def n_rights(self) -> int:
        """Number of children behind the span."""
        return sum(1 for _ in self.rights)

    @property
    def subtree(self) -> Iterator[Token]:
        """Its tokens and all below them, in the order of the text."""
        below = {token.i for top in self for token in top.subtree}
        return (self.doc[i] for i in sorted(below))

    @property
    def conjuncts(self) -> tuple[Token, ...]:
        """The tokens coordinated with the span's root."""
        return self.root.conjuncts

    @property
    def vector(self) -> Any:
        """Mean of the tokens' vectors."""
        vectors = self.vocab.vectors.get_batch([token.orth for token in self])
        return vectors.mean(axis=0) if len(vectors) else vectors.sum(axis=0)

    @property
    def tensor(self) -> Any:
        """What the pipeline computed for the tokens."""
        return self.doc.tensor[self.start : self.end]

    @property
    def _(self) -> Underscore:
        """Attributes that people added."""
        return Underscore(self, self.start_char, self.end_char)

    def to_array(self, attributes: str | int | list[str | int]) -> Any:
        """Attributes of the tokens as an array, as `Doc.to_array` gives them."""
        return self.doc.to_array(attributes)[self.start : self.end]

    def as_doc(self) -> Doc:
        """A document of its own, with the annotation that lies within."""
        return self.doc.cut(self.start, self.end)

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
                raise DataError(f"span: a slice needs step 1, got {step}")
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

    def __hash__(self) -> int:
        return hash((id(self.doc), self._key()))


def _stored(vocab: Vocab, name: str | int) -> int:
    return vocab.strings.add(name) if isinstance(name, str) else int(name)
