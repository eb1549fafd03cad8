"""An example: a predicted document and its gold annotation, whose tokens may differ.

Axes
    x   tokens of the predicted document
    y   tokens of the reference
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernel.errors import DataError
from kernel.text.base.attrs import attribute_name
from kernel.text.doc.doc import Doc
from kernel.text.doc.doc_arrays import ragged
from kernel.text.doc.entities import OUTSIDE, UNKNOWN, Bounds, entity_bounds
from kernel.text.doc.span import Span
from kernel.text.gold.alignment import Alignment, AlignmentArray, move_slices
from kernel.text.gold.annotations import Annotations, annotated_doc, example_to_dict
from kernel.text.gold.gold_tree import aligned_parse
from kernel.text.gold.iob import Entity, entities_to_tags

_OLD_STYLE = "write Example.from_dict(nlp.make_doc(text), {'tags': [...]})"


class Example:
    """A document as predicted (`x`) and the same document with gold annotation (`y`).

    The texts may differ only in whitespace and case; the tokens may differ and are aligned on first use. If they are
    identical, which is usual, values are read as whole columns.
    """

    __slots__ = ("_aligned_lengths", "_alignment", "_predicted", "_reference")

    def __init__(self, predicted: Doc, reference: Doc, *, alignment: Alignment | None = None) -> None:
        """Create an example from two documents.

        Args:
            predicted: The document that components annotate.
            reference: The document with the gold annotation.
            alignment: The alignment of their tokens; computed on first use by default.
        """
        for role, doc in (("predicted", predicted), ("reference", reference)):
            if not isinstance(doc, Doc):
                raise DataError(f"example: {role} must be a Doc, got {doc!r:.60}; {_OLD_STYLE}")
        self._predicted = predicted
        self._reference = reference
        self._alignment = alignment
        self._aligned_lengths = (len(predicted), len(reference))

    @classmethod
    def from_dict(cls, predicted: Doc, example_dict: Annotations) -> Example:
        """Create an example from a document and a dictionary of annotations.

        Args:
            predicted: A document, usually `nlp.make_doc(text)`.
            example_dict: Any of `words, spaces, tags, pos, morphs, lemmas, heads, deps, sent_starts, entities,
                spans, cats, links, text`; see `kernel.text.gold.annotations`.

        Raises:
            DataError: A key is unknown or its values do not fit.
        """
        if not isinstance(predicted, Doc):
            raise DataError(f"example: expected a Doc, got {predicted!r:.60}; {_OLD_STYLE}")
        return cls(predicted, annotated_doc(predicted, example_dict))

    def __len__(self) -> int:
        """Return the number of predicted tokens, which is what batchers count."""
        return len(self._predicted)

    @property
    def predicted(self) -> Doc:
        """The document that components annotate."""
        return self._predicted

    @predicted.setter
    def predicted(self, doc: Doc) -> None:
        self._predicted, self._alignment = doc, None

    @property
    def reference(self) -> Doc:
        """The document with the gold annotation."""
        return self._reference

    @reference.setter
    def reference(self, doc: Doc) -> None:
        self._reference, self._alignment = doc, None

    x = predicted
    y = reference

    @property
    def text(self) -> str:
        """The text of the predicted document."""
        return self._predicted.text

    @property
    def alignment(self) -> Alignment:
        """Which tokens share characters, in both directions.

        Raises:
            DataError: The two texts differ in more than whitespace and case.
        """
        lengths = (len(self._predicted), len(self._reference))
        if self._alignment is None or lengths != self._aligned_lengths:
            self._alignment = _align(self._predicted, self._reference)
            self._aligned_lengths = lengths
        return self._alignment

    def aligned_column(self, name: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Return the gold values of an attribute for the predicted tokens, as arrays.

        Args:
            name: A column of `Doc`, such as TAG or MORPH.

        Returns:
            A value for each predicted token, and whether it is known: all gold tokens that it shares characters with
            have the same value, and the value is not missing.
        """
        values_y = self._reference.column(name)
        alignment = self.alignment
        if alignment.is_identical:
            return values_y, values_y != 0
        values_x, agrees_x = _gather(values_y, alignment.x2y)
        return values_x, agrees_x & (values_x != 0)

    def get_aligned(self, field: str | int, as_string: bool = False) -> list[Any]:
        """Return the gold values of an attribute for the predicted tokens.

        Args:
            field: An attribute's name or number.
            as_string: Whether to return strings instead of their numbers.

        Returns:
            A value for each predicted token; None if no gold token is aligned, or several whose values differ.
        """
        values_y = self._reference.column(attribute_name(field))
        alignment = self.alignment
        if alignment.is_identical:
            values: list[Any] = values_y.tolist()
        else:
            values_x, agrees_x = _gather(values_y, alignment.x2y)
            values = [
                v if agrees else None for v, agrees in zip(values_x.tolist(), agrees_x.tolist(), strict=True)
            ]
        if not as_string:
            return values
        strings = self._reference.vocab.strings
        return [None if value is None else strings[value] for value in values]

    def get_aligned_sent_starts(self) -> list[bool | None]:
        """Return for each predicted token whether a gold sentence starts there; None if unknown."""
        n_x = len(self._predicted)
        if not self._reference.has_annotation("SENT_START"):
            return [None] * n_x
        is_start_y = self._reference.column("SENT_START") == 1
        is_start_y[:1] = True
        is_start_x = np.zeros(n_x, dtype=bool)
        for start in np.flatnonzero(is_start_y):
            is_start_x[self._first_aligned(int(start)) :][:1] = True
        starts: list[bool | None] = is_start_x.tolist()
        return starts

    def get_aligned_parse(self, projectivize: bool = True) -> tuple[list[int | None], list[str | None]]:
        """Return the gold heads and dependency labels for the predicted tokens; None if unknown.

        Args:
            projectivize: Whether to make the tree projective, which changes the labels of lifted arcs; see
                `kernel.text.gold.projective`.
        """
        return aligned_parse(self._reference, self.alignment, projectivize)

    def get_aligned_ner(self) -> list[str | None]:
        """Return BILUO tags of the gold entities for the predicted tokens; None if unknown."""
        return self.get_aligned_ents_and_ner()[1]

    def get_aligned_ents_and_ner(self) -> tuple[list[Span], list[str | None]]:
        """Return the gold entities that fit the predicted tokens, and their BILUO tags."""
        tags: list[str | None] = [None] * len(self._predicted)
        if not self._reference.has_annotation("ENT_IOB"):
            return [], tags
        spans = self.get_aligned_spans_y2x(self._reference.ents)
        for i, iob in enumerate(self.get_aligned("ENT_IOB")):
            tags[i] = "O" if iob == OUTSIDE else None
        for span in spans:
            entity = Entity(span.label_, 0, span.end - span.start - 1)
            tags[span.start : span.end] = entities_to_tags(span.end - span.start, [entity])
        return spans, tags

    def aligned_entities(self) -> tuple[Bounds, NDArray[np.uint64], NDArray[np.bool_]]:
        """Return the gold entities that fit the predicted tokens, as arrays.

        Returns:
            Starts and ends of the entities, the numbers of their labels, and for each predicted token whether its
            annotation is known.
        """
        n_x = len(self._predicted)
        if not self._reference.has_column("ENT_IOB"):
            none = np.zeros(0, dtype=np.int64)
            return Bounds(none, none), np.zeros(0, dtype=np.uint64), np.zeros(n_x, dtype=bool)
        iob_y, types_y = self._reference.column("ENT_IOB"), self._reference.column("ENT_TYPE")
        bounds, alignment = entity_bounds(iob_y, types_y), self.alignment
        types_e = types_y[bounds.starts]
        if alignment.is_identical:
            return bounds, types_e, iob_y != UNKNOWN
        fitting, starts, ends = move_slices(*bounds, alignment.y2x, alignment.x2y)
        iob_x, agrees_x = _gather(iob_y, alignment.x2y)
        known_x = agrees_x & (iob_x == OUTSIDE)
        known_x[ragged(starts, ends - starts)[1]] = True
        return Bounds(starts, ends), types_e[fitting], known_x

    def get_aligned_spans_x2y(self, x_spans: Iterable[Span], allow_overlap: bool = False) -> list[Span]:
        """Convert spans of the predicted document into spans of the reference; those that do not fit are left out."""
        alignment = self.alignment
        return _move_spans(x_spans, self._reference, alignment.x2y, alignment.y2x, allow_overlap)

    def get_aligned_spans_y2x(self, y_spans: Iterable[Span], allow_overlap: bool = False) -> list[Span]:
        """Convert spans of the reference into spans of the predicted document; those that do not fit are left out."""
        alignment = self.alignment
        return _move_spans(y_spans, self._predicted, alignment.y2x, alignment.x2y, allow_overlap)

    def get_matching_ents(self, check_label: bool = True) -> list[Span]:
        """Return the predicted entities that are in the gold annotation."""
        aligned = self.get_aligned_spans_x2y(self._predicted.ents)
        gold = {_identity(span, check_label) for span in self._reference.ents}
        matches = {_identity(span, check_label) for span in aligned} & gold
        back = self.get_aligned_spans_y2x(
            [s for s in self._reference.ents if _identity(s, check_label) in matches]
        )
        bounds = {(span.start, span.end) for span in back}
        return [span for span in self._predicted.ents if (span.start, span.end) in bounds]

    def split_sents(self) -> list[Example]:
        """Split at the gold sentence boundaries, except inside a predicted token."""
        examples = []
        x_start, y_start = 0, 0
        for sent in self._reference.sents:
            aligned = self.alignment.y2x[y_start : sent.end]
            x_end = self._first_aligned(sent.end)
            if not len(aligned) or aligned[-1] >= x_end:  # a predicted token reaches into the next sentence
                continue
            parts = self._predicted[x_start:x_end], self._reference[y_start : sent.end]
            examples.append(Example(parts[0].as_doc(), parts[1].as_doc()))
            x_start, y_start = x_end, sent.end
        return examples

    def _first_aligned(self, y: int) -> int:
        """Find the first predicted token that aligns with a gold token at or after `y`; the end if none."""
        rows = self.alignment.y2x
        at = int(rows.starts[y]) if y < len(rows) else len(rows.data)
        return int(rows.data[at]) if at < len(rows.data) else len(self._predicted)

    def copy(self) -> Example:
        """Copy both documents."""
        return Example(self._predicted.copy(), self._reference.copy(), alignment=self._alignment)

    def to_dict(self) -> dict[str, Any]:
        """Return the gold annotation as a dictionary for `from_dict`, nested as in spaCy."""
        return example_to_dict(self._reference)

    def __str__(self) -> str:
        return str(self.to_dict())

    __repr__ = __str__


def _align(predicted: Doc, reference: Doc) -> Alignment:
    rows_x, rows_y = predicted.column("LEX"), reference.column("LEX")
    if predicted.vocab is reference.vocab and np.array_equal(rows_x, rows_y):
        return Alignment.identity(len(rows_x))
    return Alignment.from_strings(predicted.words, reference.words)


def _gather(values_y: NDArray[Any], rows: AlignmentArray) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return a value for each row, and whether all tokens of the row have this value."""
    values_x = np.zeros(len(rows), dtype=values_y.dtype)
    agrees_x = np.zeros(len(rows), dtype=bool)
    full = np.flatnonzero(rows.lengths)
    if len(full):
        gathered, starts = values_y[rows.data], rows.starts[full]
        values_x[full] = np.minimum.reduceat(gathered, starts)
        agrees_x[full] = values_x[full] == np.maximum.reduceat(gathered, starts)
    return values_x, agrees_x


def _move_spans(
    spans: Iterable[Span], to: Doc, there: AlignmentArray, back: AlignmentArray, allow_overlap: bool
) -> list[Span]:
    spans = list(spans)
    starts_e = np.array([span.start for span in spans], dtype=np.int64)
    ends_e = np.array([span.end for span in spans], dtype=np.int64)
    moved: list[Span] = []
    for i, start, end in zip(
        *(column.tolist() for column in move_slices(starts_e, ends_e, there, back)), strict=True
    ):
        if allow_overlap or not any(start < other.end and other.start < end for other in moved):
            moved.append(Span(to, start, end, label=spans[i].label_, kb_id=spans[i].kb_id_))
    return moved


def _identity(span: Span, check_label: bool) -> tuple[str, int, int]:
    return (span.label_ if check_label else "", span.start, span.end)
