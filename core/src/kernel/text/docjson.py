"""A document as plain data, as `Doc.to_json` gives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import DataError
from kernel.text.span import Span

if TYPE_CHECKING:
    from kernel.text.doc import Doc


def to_json(doc: Doc, underscore: Sequence[str]) -> dict[str, Any]:
    """Describe text, tokens and the annotation that there is."""
    data: dict[str, Any] = {"text": doc.text}
    if doc.has_annotation("ENT_IOB"):
        data["ents"] = [
            {"start": ent.start_char, "end": ent.end_char, "label": ent.label_} for ent in doc.ents
        ]
    if doc.has_annotation("SENT_START"):
        data["sents"] = [{"start": sent.start_char, "end": sent.end_char} for sent in doc.sents]
    if doc.cats:
        data["cats"] = dict(doc.cats)
    data["tokens"] = _tokens(doc)
    if doc.spans:
        data["spans"] = {name: [_span(span) for span in group] for name, group in doc.spans.items()}
    if underscore:
        data["_"] = {name: _added(doc, name) for name in underscore}
    return data


def _tokens(doc: Doc) -> list[dict[str, Any]]:
    words = doc.words
    starts = doc.offsets.tolist()
    columns: dict[str, list[Any]] = {
        "id": list(range(len(doc))),
        "start": starts,
        "end": [start + len(word) for start, word in zip(starts, words, strict=True)],
    }
    strings = doc.vocab.strings
    for key, name in (("tag", "TAG"), ("pos", "POS"), ("morph", "MORPH"), ("lemma", "LEMMA"), ("dep", "DEP")):
        if len(doc) and doc.has_annotation(name):
            columns[key] = [strings[number] for number in doc.column(name).tolist()]
    if "morph" in columns:
        columns["morph"] = ["" if feats == "_" else feats for feats in columns["morph"]]
    if len(doc) and doc.has_annotation("HEAD"):
        columns["head"] = doc.tree.heads.tolist()
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start_char, "end": span.end_char, "label": span.label_, "kb_id": span.kb_id_}


def _added(doc: Doc, name: str) -> Any:
    if not doc.has_extension(name):
        raise DataError(f"Doc._.{name}: no such attribute; Doc.set_extension adds one")
    return doc._.get(name)
