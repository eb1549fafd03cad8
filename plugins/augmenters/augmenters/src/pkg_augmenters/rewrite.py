"""Create examples with a changed text, in which all annotation stays with its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernel.text.doc.columns import DTYPES
from kernel.text.doc.entities import BEGIN, INSIDE, OUTSIDE
from kernel.text.gold.iob import token_bounds
from kernel.text.vocab.underscore import MARK
from kernel.tokens import Doc, Span
from kernel.training import Example

#: The annotation of a whitespace token, as in treebanks.
_OF_SPACE = {"TAG": "_SP", "POS": "SPACE", "DEP": "dep"}


def with_words(nlp: Any, reference: Doc, words: Sequence[str]) -> Example:
    """Return an example of a document with other spellings of its tokens.

    Args:
        nlp: The pipeline whose tokenizer splits the new text.
        reference: The annotated document.
        words: The new spelling of each token.

    Returns:
        The example. Norms are those of the new words. If spaces are unknown, the predicted tokens are the gold tokens.
    """
    vocab, spaces = reference.vocab, reference.column("SPACY").copy()
    unknown = reference.has_unknown_spaces
    doc = vocab.memory.undisturbed(
        lambda: Doc.from_rows(vocab, vocab.rows(words), spaces, unknown_spaces=unknown)
    )
    doc.adopt_columns(
        {name: reference.column(name).copy() for name in _annotated(reference) if name != "NORM"}
    )
    _copy_rest(reference, doc)
    for key, group in reference.spans.items():
        doc.spans[key] = [_moved(doc, span, span.start, span.end) for span in group]
    return _example(nlp, doc)


def with_whitespace(nlp: Any, reference: Doc, position: int, whitespace: str) -> Example:
    """Return an example of a document with an inserted whitespace token.

    Its head is the token before it, or at the start the one after it. It is in an entity or span if the tokens on both
    sides are.

    Args:
        nlp: The pipeline whose tokenizer splits the new text.
        reference: The annotated document.
        position: Index of the token before which to insert.
        whitespace: Text of the whitespace token.
    """
    vocab = reference.vocab
    spaces = np.insert(reference.column("SPACY"), position, False)
    with vocab.memory:
        rows = np.insert(reference.rows, position, vocab.row(whitespace))
        doc = Doc.from_rows(vocab, rows, spaces, unknown_spaces=reference.has_unknown_spaces)
    columns = {}
    for name in _annotated(reference):
        own = _OF_SPACE.get(name, whitespace if name == "LEMMA" else "")
        value = vocab.strings.add(own) if own else 0
        columns[name] = np.insert(reference.column(name), position, np.array(value).astype(DTYPES[name]))
    _annotate_space(reference, columns, position)
    doc.adopt_columns(columns)
    _copy_rest(reference, doc, position)
    for key, group in reference.spans.items():
        doc.spans[key] = [
            _moved(doc, span, span.start + (span.start >= position), span.end + (span.end > position))
            for span in group
        ]
    return _example(nlp, doc)


def _annotated(doc: Doc) -> list[str]:
    names = [name for name in DTYPES if name not in ("LEX", "SPACY") and doc.has_column(name)]
    return [name for name in names if not (name == "SENT_START" and "HEAD" in names)]


def _annotate_space(reference: Doc, columns: dict[str, Any], position: int) -> None:
    if "MORPH" in columns:
        columns["MORPH"][position] = reference.vocab.morphology.add("")
    if "SENT_START" in columns:
        columns["SENT_START"][position] = -1
        if not position:  # the sentence now starts with the whitespace
            columns["SENT_START"][:2] = (1, -1)
    if "HEAD" in columns:
        heads = np.arange(len(reference)) + reference.column("HEAD")
        heads = np.insert(heads + (heads >= position), position, position - 1 if position else 1)
        columns["HEAD"] = (heads - np.arange(len(heads))).astype(np.int32)
    if "ENT_IOB" in columns:
        iob = reference.column("ENT_IOB")
        is_inside = (
            0 < position < len(reference) and iob[position] == INSIDE and iob[position - 1] in (INSIDE, BEGIN)
        )
        columns["ENT_IOB"][position] = INSIDE if is_inside else OUTSIDE
        for name in ("ENT_TYPE", "ENT_KB_ID", "ENT_ID"):
            if name in columns and is_inside:
                columns[name][position] = columns[name][position + 1]


def _copy_rest(reference: Doc, doc: Doc, inserted: int | None = None) -> None:
    doc.cats = dict(reference.cats)
    doc.user_data = {_key(key, reference, doc, inserted): value for key, value in reference.user_data.items()}


def _key(key: Any, reference: Doc, doc: Doc, inserted: int | None) -> Any:
    """Return the key of a token's or span's extension attribute in the new text, where its characters have moved."""
    if not (isinstance(key, tuple) and len(key) == 4 and key[0] == MARK and key[2] is not None):
        return key
    mark, name, start, end = key
    (starts, ends), (new_starts, new_ends) = token_bounds(reference), token_bounds(doc)
    if inserted is not None:
        new_starts, new_ends = np.delete(new_starts, inserted), np.delete(new_ends, inserted)
    first = int(np.searchsorted(starts, start))
    last = None if end is None else int(np.searchsorted(ends, end))
    if first == len(starts) or last == len(ends):
        return key
    return (mark, name, int(new_starts[first]), None if last is None else int(new_ends[last]))


def _moved(doc: Doc, span: Span, start: int, end: int) -> Span:
    return Span(doc, start, end, label=span.label, kb_id=span.kb_id, span_id=span.id)


def _example(nlp: Any, doc: Doc) -> Example:
    if not doc.has_unknown_spaces:
        return Example(nlp.make_doc(doc.text), doc)
    spaces = doc.column("SPACY").copy()
    return Example(Doc.from_rows(nlp.vocab, doc.rows, spaces, unknown_spaces=True), doc)
