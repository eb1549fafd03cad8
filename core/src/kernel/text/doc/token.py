"""A view of one token of a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.base import symbols
from kernel.text.vocab.lexeme import Lexeme
from kernel.text.vocab.lexical_views import AnnotationId, AnnotationString, WordView
from kernel.text.vocab.morphology import MorphAnalysis
from kernel.text.vocab.similarity import Similarity
from kernel.text.vocab.underscore import Extensions, Underscore

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc
    from kernel.text.doc.span import Span
    from kernel.text.vocab.vocab import Vocab

_IOB = ("", "I", "O", "B")


class Token(Similarity, Extensions, WordView):
    """One token of a document: its forms, annotation and position in the tree.

    Attributes that end in an underscore are strings, those without are numbers. Assigning writes to the document.
    """

    __slots__ = ("doc", "i", "vocab")

    tag, tag_ = AnnotationId("TAG"), AnnotationString("TAG")
    pos, pos_ = AnnotationId("POS"), AnnotationString("POS", frozenset(("", *symbols.PARTS_OF_SPEECH)))
    lemma, lemma_ = AnnotationId("LEMMA"), AnnotationString("LEMMA")
    dep, dep_ = AnnotationId("DEP"), AnnotationString("DEP")
    ent_type, ent_type_ = AnnotationId("ENT_TYPE"), AnnotationString("ENT_TYPE")
    ent_kb_id, ent_kb_id_ = AnnotationId("ENT_KB_ID"), AnnotationString("ENT_KB_ID")
    ent_id, ent_id_ = AnnotationId("ENT_ID"), AnnotationString("ENT_ID")
    ent_iob = AnnotationId("ENT_IOB")

    def __init__(self, doc: Doc, i: int) -> None:
        self.doc = doc
        self.i = i
        self.vocab: Vocab = doc.vocab

    # Text

    @property
    def lex(self) -> Lexeme:
        """The lexeme: the word without context."""
        return Lexeme(self.vocab, int(self.doc.rows[self.i]))

    @property
    def text(self) -> str:
        """The text of the token."""
        return self.doc.vocab.lexemes.words[int(self.doc.rows[self.i])]

    @property
    def whitespace_(self) -> str:
        """The space after the token, or an empty string."""
        return " " if self.doc.column("SPACY")[self.i] else ""

    @property
    def text_with_ws(self) -> str:
        """The text of the token, including the space after it."""
        return self.text + self.whitespace_

    @property
    def idx(self) -> int:
        """The character offset at which the token starts."""
        return int(self.doc.offsets[self.i])

    @property
    def norm(self) -> int:
        """Normal form: the token's own if set, otherwise the word's."""
        return self.get_annotation("NORM") or self.get_lexical("NORM")

    @norm.setter
    def norm(self, value: int) -> None:
        self.set_annotation("NORM", value)

    @property
    def norm_(self) -> str:
        """Normal form as text."""
        return self.vocab.strings[self.norm]

    @norm_.setter
    def norm_(self, value: str) -> None:
        self.norm = self.vocab.strings.add(value)

    def check_flag(self, flag_id: int) -> bool:
        """Return whether the word has a flag, given by number."""
        return self.lex.check_flag(flag_id)

    def nbor(self, i: int = 1) -> Token:
        """Return the neighbouring token `i` positions to the right, or to the left if negative."""
        if not 0 <= self.i + i < len(self.doc):
            raise IndexError(f"token {self.i + i} is outside the document's {len(self.doc)} tokens")
        return self.doc[self.i + i]

    # Annotation

    @property
    def morph(self) -> MorphAnalysis:
        """Morphological features."""
        return MorphAnalysis.from_id(self.vocab, self.get_annotation("MORPH"))

    @morph.setter
    def morph(self, features: MorphAnalysis) -> None:
        self.set_morph(features)

    def set_morph(self, features: str | dict[str, str] | MorphAnalysis | None) -> None:
        """Set morphological features; None removes the annotation."""
        feats = str(features) if isinstance(features, MorphAnalysis) else features
        self.set_annotation("MORPH", self.vocab.morphology.add(feats))

    def has_morph(self) -> bool:
        """Return whether features are annotated, even if there are none."""
        return self.get_annotation("MORPH") != 0

    @property
    def ent_iob_(self) -> str:
        """B, I or O; empty if unknown."""
        return _IOB[self.ent_iob]

    @classmethod
    def iob_strings(cls) -> tuple[str, ...]:
        """Return the strings for the numbers of `ent_iob`, in order."""
        return _IOB

    @property
    def is_sent_start(self) -> bool | None:
        """Whether a sentence starts here; None if unknown."""
        value = int(self.doc.column("SENT_START")[self.i])
        if value == 0:
            return True if self.i == 0 else None
        return value == 1

    @is_sent_start.setter
    def is_sent_start(self, value: bool | None) -> None:
        if value is not None and not isinstance(value, bool | int):
            raise DataError(f"is_sent_start: expected True, False or None, got {value!r:.80}")
        if self.doc.has_column("HEAD"):
            raise DataError("doc: the heads determine the sentences; set sentence starts before parsing")
        self.set_annotation("SENT_START", 0 if value is None else 1 if value else -1)

    @property
    def is_sent_end(self) -> bool | None:
        """Whether a sentence ends here; None if unknown."""
        return True if self.i + 1 == len(self.doc) else self.nbor().is_sent_start

    @property
    def sent(self) -> Span:
        """The sentence that contains the token."""
        return self.doc[self.i : self.i + 1].sent

    # Tree

    @property
    def head(self) -> Token:
        """The token's head; a root is its own head."""
        return self.doc[self.i + self.get_annotation("HEAD")]

    @head.setter
    def head(self, token: Token) -> None:
        if getattr(token, "doc", None) is not self.doc:
            raise DataError(f"doc: a head must be a token of the same document, got {token!r:.60}")
        self.set_annotation("HEAD", token.i - self.i)

    def has_head(self) -> bool:
        """Return whether the head is annotated."""
        return self.doc.has_annotation("HEAD") and self.has_dep()

    def has_dep(self) -> bool:
        """Return whether the dependency label is annotated."""
        return self.dep != 0

    @property
    def children(self) -> Iterator[Token]:
        """The tokens whose head this token is."""
        return (self.doc[i] for i in self.doc.tree.children[self.i])

    @property
    def lefts(self) -> Iterator[Token]:
        """Children to the left of the token."""
        return (child for child in self.children if child.i < self.i)

    @property
    def rights(self) -> Iterator[Token]:
        """Children to the right of the token."""
        return (child for child in self.children if child.i > self.i)

    @property
    def n_lefts(self) -> int:
        """Number of children to the left of the token."""
        return sum(1 for _ in self.lefts)

    @property
    def n_rights(self) -> int:
        """Number of children to the right of the token."""
        return sum(1 for _ in self.rights)

    @property
    def subtree(self) -> Iterator[Token]:
        """The token and all its descendants, in text order."""
        indices, waiting = [], [self.i]
        while waiting:
            i = waiting.pop()
            indices.append(i)
            waiting.extend(self.doc.tree.children[i])
        return (self.doc[i] for i in sorted(indices))

    @property
    def left_edge(self) -> Token:
        """First token of the subtree."""
        return self.doc[int(self.doc.tree.edges[0][self.i])]

    @property
    def right_edge(self) -> Token:
        """Last token of the subtree."""
        return self.doc[int(self.doc.tree.edges[1][self.i])]

    @property
    def ancestors(self) -> Iterator[Token]:
        """The ancestors of the token, nearest first."""
        i, above = self.i, int(self.doc.tree.heads[self.i])
        while above != i:
            i = above
            yield self.doc[i]
            above = int(self.doc.tree.heads[i])

    def is_ancestor(self, descendant: Token) -> bool:
        """Return whether the token is an ancestor of another."""
        return any(above.i == self.i for above in descendant.ancestors)

    @property
    def conjuncts(self) -> tuple[Token, ...]:
        """The tokens coordinated with this one."""
        first = self
        while first.dep_ == "conj" and first.head.i != first.i:
            first = first.head
        indices, waiting = {first.i}, [first]
        while waiting:
            new = [child for child in waiting.pop().children if child.dep_ == "conj"]
            indices.update(child.i for child in new)
            waiting.extend(new)
        return tuple(self.doc[i] for i in sorted(indices) if i != self.i)

    # Similarity

    @property
    def is_oov(self) -> bool:
        """Whether the word has no vector."""
        return self.lex.is_oov

    @property
    def sentiment(self) -> float:
        """Sentiment of the word; `user_token_hooks["sentiment"]` overrides it."""
        hook = self._hook("sentiment")
        return self.lex.sentiment if hook is None else float(hook(self))

    @property
    def prob(self) -> float:
        """Log probability of the word."""
        return self.lex.prob

    @property
    def cluster(self) -> int:
        """The word's Brown cluster."""
        return self.lex.cluster

    @property
    def lex_id(self) -> int:
        """The word's rank."""
        return self.rank

    def _hook(self, name: str) -> Callable[..., Any] | None:
        return self.doc.user_token_hooks.get(name)

    def _rows_of_words(self) -> npt.NDArray[np.int32]:
        return self.doc.rows[self.i : self.i + 1]

    def _tensor_of_words(self) -> Any:
        return self.doc.tensor[self.i : self.i + 1]

    @property
    def tensor(self) -> Any:
        """The row of `doc.tensor` for the token."""
        return self.doc.tensor[self.i]

    @property
    def _(self) -> Underscore:
        """Custom extension attributes."""
        return Underscore(self, self.idx, None)

    # Access for the attribute views

    def get_lexical(self, name: str) -> int:
        """Return one lexical attribute of the word."""
        return self.vocab.lexemes.get(int(self.doc.rows[self.i]), name)

    def set_lexical(self, name: str, value: int) -> None:
        """Raise an error: lexical attributes belong to the word, not to the token."""
        raise DataError(f"token: {name} belongs to the word, got {value!r:.80}; set it on token.lex")

    def get_annotation(self, name: str) -> int:
        """Return one attribute of the token."""
        return int(self.doc.column(name)[self.i])

    def set_annotation(self, name: str, value: int) -> None:
        """Set one attribute of the token."""
        self.doc.set_value(name, self.i, value)

    def __len__(self) -> int:
        return len(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and self.doc is other.doc and self.i == other.i

    def __lt__(self, other: Token) -> bool:
        return self.i < other.i

    def __le__(self, other: Token) -> bool:
        return self.i <= other.i

    def __gt__(self, other: Token) -> bool:
        return self.i > other.i

    def __ge__(self, other: Token) -> bool:
        return self.i >= other.i

    def __hash__(self) -> int:
        return hash((id(self.doc), self.i))
