"""The document: a tokenized text with its annotation, stored as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.base.attrs import attribute_name, attribute_names
from kernel.text.base.strings import checked_number
from kernel.text.doc import annotate, conjunction, doc_arrays, docbytes, docjson
from kernel.text.doc.columns import Columns
from kernel.text.doc.entities import EntityKey, entities, write_entities, write_tags
from kernel.text.doc.retokenize import Retokenizer
from kernel.text.doc.span import Span
from kernel.text.doc.spangroup import SpanGroups
from kernel.text.doc.token import Token
from kernel.text.vocab.similarity import DocSimilarity
from kernel.text.vocab.underscore import Extensions, Underscore
from kernel.text.vocab.vocab import Vocab


class Doc(Columns, DocSimilarity, Extensions):
    """A tokenized text with its annotation.

    Tokens and spans are views, created on demand: `doc[3].tag_` reads, and `doc[3].tag_ = "NN"` writes, one cell of
    one column. To work on many tokens, read `doc.column` and write `doc.set_column`.
    """

    _spans: SpanGroups | None = None  # read by the word memory even before the document is complete

    def __init__(
        self,
        vocab: Vocab,
        words: Sequence[str] | None = None,
        spaces: Sequence[bool] | None = None,
        *,
        user_data: Mapping[Any, Any] | None = None,
        tags: Sequence[str | None] | None = None,
        pos: Sequence[str | None] | None = None,
        morphs: Sequence[str | Mapping[str, str] | None] | None = None,
        lemmas: Sequence[str | None] | None = None,
        heads: Sequence[int] | None = None,
        deps: Sequence[str | None] | None = None,
        sent_starts: Sequence[bool | int | None] | None = None,
        ents: Sequence[str | None] | Sequence[Span] | None = None,
    ) -> None:
        """Create a document from words.

        Args:
            vocab: Where words and strings are stored.
            words: The tokens.
            spaces: Whether a space follows each token; by default all are followed by one.
            user_data: Custom data to store with the document.
            tags: Fine-grained part-of-speech tags.
            pos: Universal part-of-speech tags.
            morphs: Morphological features.
            lemmas: Lemmas.
            heads: The index of each token's head; a root is its own head.
            deps: Dependency labels.
            sent_starts: Whether a sentence starts at each token; if heads are given, they take precedence.
            ents: B-LABEL, I-LABEL, O or nothing for each token, or spans.

        Raises:
            DataError: The annotation does not fit the tokens.
        """
        tokens = [] if words is None else words
        vocab.memory.tidy()
        vocab.memory.undisturbed(lambda: self._start_with(vocab, tokens, spaces))
        self._start_empty(user_data)
        self.has_unknown_spaces = spaces is None and words is not None
        if tags is not None:
            annotate.write_strings(self, "TAG", tags)
        if pos is not None:
            annotate.write_pos(self, pos)
        if morphs is not None:
            annotate.write_morphs(self, morphs)
        if lemmas is not None:
            annotate.write_strings(self, "LEMMA", lemmas)
        annotate.write_heads(self, heads, deps)
        if sent_starts is not None:
            annotate.write_sent_starts(self, sent_starts)
        if ents is not None:
            self._write_ents(ents)

    @classmethod
    def from_rows(
        cls,
        vocab: Vocab,
        rows: npt.NDArray[np.int32],
        spaces: npt.NDArray[np.bool_],
        *,
        unknown_spaces: bool = False,
    ) -> Doc:
        """Create a document from rows of the lexeme table; the arrays are not copied.

        Args:
            vocab: The vocabulary whose rows they are.
            rows: One row per token, as int32.
            spaces: Whether a space follows, as bool.
            unknown_spaces: Whether the spaces are a guess.
        """
        if rows.shape != spaces.shape:
            raise DataError(f"spaces: {len(spaces)} values for {len(rows)} words; give one per word")
        doc = cls.__new__(cls)
        Columns.__init__(doc, vocab, rows, spaces)
        doc._start_empty(None)
        doc.has_unknown_spaces = unknown_spaces
        return doc

    def _start_with(self, vocab: Vocab, words: Sequence[str], spaces: Sequence[bool] | None) -> None:
        rows = vocab.rows(words)
        # Row 0 is the empty word.
        if not rows.all():
            raise DataError(f"words: token {list(words).index('')} has no text, got ''; leave it out")
        super().__init__(vocab, rows, annotate.read_spaces(len(rows), spaces))

    def _start_empty(self, user_data: Mapping[Any, Any] | None) -> None:
        self.user_data: dict[Any, Any] = {} if user_data is None else dict(user_data)
        self.cats: dict[str, float] = {}
        self.tensor: Any = np.zeros((0,), dtype=np.float32)
        self.sentiment: float = 0.0
        self._spans = None
        self._vector, self._vector_norm = None, None

    @property
    def doc(self) -> Doc:
        """The document itself, for code that also takes spans and tokens."""
        return self

    # Sentences, entities, groups of spans

    def sentence_starts(self) -> npt.NDArray[np.int64]:
        """Return the first token of each sentence.

        Raises:
            DataError: Sentence boundaries are not annotated.
        """
        if not self.has_annotation("SENT_START"):
            raise DataError(
                "doc: sentence boundaries are not set; add a component that sets them, such as parser, senter "
                "or sentencizer"
            )
        starts = np.flatnonzero(self.column("SENT_START") == 1)
        has_first = len(self) == 0 or (len(starts) and starts[0] == 0)
        return starts if has_first else np.concatenate([np.zeros(1, dtype=np.int64), starts])

    @property
    def sents(self) -> Iterator[Span]:
        """The sentences, in order; `user_hooks["sents"]` overrides them."""
        if "sents" in self.user_hooks:
            return iter(self.user_hooks["sents"](self))
        starts = [*self.sentence_starts().tolist(), len(self)]
        return (Span(self, start, end) for start, end in pairwise(starts))

    @property
    def noun_chunks(self) -> Iterator[Span]:
        """The base noun phrases, in order.

        Raises:
            DataError: The language has no rules for them, or the document is not parsed.
        """
        return self[:].noun_chunks

    @property
    def noun_chunks_iterator(self) -> Callable[[Any], Iterable[tuple[int, int, int]]] | None:
        """The language's function that finds noun phrases, or None."""
        return self.vocab.get_noun_chunks

    @property
    def ents(self) -> tuple[Span, ...]:
        """The entities, in order."""
        return tuple(
            Span(self, start, end, label=label, kb_id=kb_id, span_id=span_id)
            for start, end, label, kb_id, span_id in entities(self)
        )

    @ents.setter
    def ents(self, ents: Iterable[Span | tuple[Any, ...]]) -> None:
        self.set_ents(ents)

    def set_ents(
        self,
        entities: Iterable[Span | tuple[Any, ...]],
        *,
        blocked: Iterable[Span] = (),
        missing: Iterable[Span] = (),
        outside: Iterable[Span] = (),
        default: str = "outside",
    ) -> None:
        """Set the entities.

        Args:
            entities: Spans with labels, or tuples (label, start, end).
            blocked: Spans in which components must not set entities.
            missing: Spans whose annotation is unknown.
            outside: Spans that contain no entity.
            default: How to treat all other tokens: outside, missing or unmodified.

        Raises:
            DataError: Two of the spans overlap.
        """
        keys = [self._entity_key(ent) for ent in entities]
        others = [[(span.start, span.end) for span in spans] for spans in (blocked, missing, outside)]
        write_entities(self, keys, blocked=others[0], missing=others[1], outside=others[2], default=default)

    @property
    def spans(self) -> SpanGroups:
        """Groups of spans by name; the spans may overlap."""
        if self._spans is None:
            self._spans = SpanGroups(self)
        return self._spans

    @property
    def has_spans(self) -> bool:
        """Whether there are any span groups."""
        return bool(self._spans)

    def used_strings(self) -> npt.NDArray[np.uint64]:
        """Return the numbers of the strings that columns and span groups refer to, with duplicates."""
        if not self._spans:
            return super().used_strings()
        groups = self._spans.data.copy().values()
        of_spans = [number for group in groups for key in group.keys for number in key[2:]]
        return np.concatenate([super().used_strings(), np.array(of_spans, dtype=np.uint64)])

    def char_span(
        self,
        start_idx: int,
        end_idx: int,
        label: str | int = 0,
        kb_id: str | int = 0,
        vector: Any = None,
        alignment_mode: str = "strict",
        span_id: str | int = 0,
    ) -> Span | None:
        """Return the span between two character offsets.

        Args:
            start_idx: First character.
            end_idx: The character after the last.
            label: Label of the span.
            kb_id: Identifier in a knowledge base.
            vector: A vector to use for the span.
            alignment_mode: What to do if an offset is inside a token: strict returns None, contract leaves the token
                out, expand includes it.
            span_id: Identifier of the span.
        """
        bounds = doc_arrays.token_bounds(self.offsets, self._token_ends(), start_idx, end_idx, alignment_mode)
        return None if bounds is None else Span(self, *bounds, label, vector, None, kb_id, span_id)

    # Annotation as a whole

    def has_annotation(self, attr: int | str, *, require_complete: bool = False) -> bool:
        """Return whether an attribute is annotated.

        Args:
            attr: The attribute.
            require_complete: Whether every token must have it, not just one.
        """
        return doc_arrays.has_annotation(self, attribute_name(attr), require_complete)

    def to_array(self, attrs: int | str | Sequence[int | str]) -> npt.NDArray[np.uint64]:
        """Return attributes as unsigned integers: (N, F), or (N,) for a single one."""
        names = [attrs] if isinstance(attrs, int | str) else attrs
        array = doc_arrays.to_array(self, attribute_names(tuple(names)))
        return array[:, 0] if len(names) == 1 else array

    def from_array(self, attrs: int | str | Sequence[int | str], array: npt.NDArray[Any]) -> Doc:
        """Set attributes from an array as returned by `to_array`."""
        names = [attribute_name(name) for name in ([attrs] if isinstance(attrs, int | str) else attrs)]
        doc_arrays.from_array(self, names, doc_arrays.read_numbers(array, len(self)))
        return self

    def count_by(
        self, attr_id: int | str, exclude: Callable[[Token], bool] | None = None, counts: Any = None
    ) -> dict[int, int]:
        """Count the values of an attribute.

        Args:
            attr_id: The attribute.
            exclude: A function that returns whether to skip a token.
            counts: Existing counts to add to.
        """
        values = self.to_array(attr_id)
        if exclude is not None:
            values = values[[not exclude(token) for token in self]]
        totals: dict[int, int] = {} if counts is None else counts
        for value, count in zip(*np.unique(values, return_counts=True), strict=True):
            totals[int(value)] = totals.get(int(value), 0) + int(count)
        return totals

    def get_lca_matrix(self) -> npt.NDArray[np.int32]:
        """Return the lowest common ancestor of every two tokens: (N, N), -1 if there is none."""
        return self.tree.common_ancestors(0, len(self))

    def extend_tensor(self, tensor: Any) -> None:
        """Append columns, (N, width), to the right of the tensor."""
        if len(tensor) != len(self):
            raise DataError(f"tensor: expected a row for each of the {len(self)} tokens, got {len(tensor)}")
        self.tensor = np.hstack((self.tensor, tensor)) if self.tensor.size else tensor

    def retokenize(self) -> Retokenizer:
        """Return a context manager that merges and splits tokens, all at once when its block ends."""
        return Retokenizer(self)

    from_docs = staticmethod(conjunction.join)

    def cut(self, start: int, end: int, *, copy_user_data: bool = False) -> Doc:
        """Copy a slice into a new document, with the annotation inside it."""
        piece = Doc.from_rows(self.vocab, self.rows[start:end], self._columns["SPACY"][start:end])
        return doc_arrays.cut(self, piece, start, copy_user_data)

    def copy(self) -> Doc:
        """Copy the document, sharing the vocabulary."""
        copied = Doc.from_rows(
            self.vocab, self.rows, self._columns["SPACY"].copy(), unknown_spaces=self.has_unknown_spaces
        )
        copied._columns.update(
            {name: values.copy() for name, values in self._columns.items() if name != "LEX"}
        )
        for name in ("user_data", "user_hooks", "user_token_hooks", "user_span_hooks", "cats"):
            setattr(copied, name, dict(getattr(self, name)))
        copied.sentiment = self.sentiment
        copied._vector, copied._vector_norm = self._vector, self._vector_norm
        copied.tensor = self.tensor.copy()
        copied._spans = None if self._spans is None else self._spans.copy(copied)
        return copied

    # Files, bytes and JSON

    to_json, from_json = docjson.to_json, docjson.from_json
    to_dict, from_dict = docbytes.to_dict, docbytes.from_dict
    to_bytes, from_bytes = docbytes.to_bytes, docbytes.from_bytes
    to_disk, from_disk = docbytes.to_disk, docbytes.from_disk

    @property
    def _(self) -> Underscore:
        """Custom extension attributes."""
        return Underscore(self, None, None)

    # Container

    def __iter__(self) -> Iterator[Token]:
        return (Token(self, i) for i in range(len(self)))

    @overload
    def __getitem__(self, i: int) -> Token: ...
    @overload
    def __getitem__(self, i: slice) -> Span: ...

    def __getitem__(self, i: int | slice) -> Token | Span:
        if isinstance(i, slice):
            start, end, step = i.indices(len(self))
            if step != 1:
                raise DataError(f"doc: a slice must have step 1, got {step}")
            return Span(self, start, max(start, end))
        length = len(self)
        if not -length <= i < length:
            raise IndexError(f"doc: no token {i} among {length}")
        return Token(self, i + length if i < 0 else i)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _entity_key(self, ent: Span | tuple[Any, ...]) -> EntityKey:
        if isinstance(ent, Span):
            label, kb_id, span_id = map(checked_number, (ent.label, ent.kb_id, ent.id))
            return (ent.start, ent.end, label, kb_id, span_id)
        if not isinstance(ent, tuple | list) or len(ent) < 3:
            raise DataError(f"ents: expected spans, or tuples of label, start and end, got {ent!r:.60}")
        label, start, end, *more = ent
        add = self.vocab.strings.add
        ids = [add(name) if isinstance(name, str) else checked_number(name) for name in (label, *more, 0, 0)]
        return (int(start), int(end), ids[0], ids[1], ids[2])

    def _write_ents(self, ents: Sequence[str | None] | Sequence[Span]) -> None:
        if len(ents) and isinstance(ents[0], Span):
            self.set_ents([ent for ent in ents if isinstance(ent, Span)])
            return
        annotate.check_length(self, "ents", ents)
        write_tags(self, [ent if ent is None else str(ent) for ent in ents])
