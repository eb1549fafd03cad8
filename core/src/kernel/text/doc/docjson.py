"""Convert a document to and from JSON data, as methods of `Doc`: spaCy's format, plus the extra keys of `docextras`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from kernel.errors import DataError
from kernel.text.base.cats import checked_cats
from kernel.text.doc.docextras import extras, norms, read_extras, span_at
from kernel.text.doc.span import Span
from kernel.text.doc.token import Token
from kernel.text.vocab.underscore import is_added

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

D = TypeVar("D", bound="Doc")

#: Arguments of `Doc`, and their keys in a token's entry.
_COLUMNS = (
    ("tags", "tag"),
    ("pos", "pos"),
    ("morphs", "morph"),
    ("lemmas", "lemma"),
    ("heads", "head"),
    ("deps", "dep"),
)


def to_json(doc: Doc, underscore: Sequence[str] | None = None, *, complete: bool = False) -> dict[str, Any]:
    """Return text, tokens and annotation as JSON data.

    Args:
        underscore: Extension attributes to include: the document's, and those set on spans and tokens.
        complete: Whether to include everything else as well, such as the tensor and user data, so that `from_json`
            restores the same document.

    Raises:
        DataError: JSON cannot hold a value.
    """
    data: dict[str, Any] = {"text": doc.text}
    if doc.has_annotation("ENT_IOB"):
        data["ents"] = [{**_span(ent), **_ids(ent, "kb_id", "id")} for ent in doc.ents]
    if doc.has_annotation("SENT_START"):
        data["sents"] = [{"start": sent.start_char, "end": sent.end_char} for sent in doc.sents]
    if doc.cats:
        data["cats"] = dict(doc.cats)
    data["tokens"] = _tokens(doc)
    if doc.spans:
        data["spans"] = {
            name: [{**_span(span), "kb_id": span.kb_id_, **_ids(span, "id")} for span in group]
            for name, group in doc.spans.items()
        }
    data |= extras(doc, complete=complete)
    if underscore:
        _describe_added(doc, underscore, data)
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
    own_norms = norms(doc)
    if own_norms is not None:
        columns["norm"] = own_norms
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start_char, "end": span.end_char, "label": span.label_}


def _ids(span: Span, *names: str) -> dict[str, str]:
    values = {name: str(getattr(span, f"{name}_")) for name in names}
    return {name: value for name, value in values.items() if value}


def _describe_added(doc: Doc, names: Sequence[str], data: dict[str, Any]) -> None:
    """Add extension attributes: the document's own, and those set on its tokens and spans."""
    described = {name for name in names if doc.has_extension(name)}
    if described:
        data["_"] = {name: _plain(name, doc._.get(name)) for name in names if name in described}
    for key, value in doc.user_data.items():
        if not is_added(key) or key[1] not in names or key[2] is None:
            continue
        _, name, start, end = key
        entry: dict[str, Any] = {"start": start, "value": _plain(name, value)}
        if end is not None:
            entry["end"] = end
        group = data.setdefault("underscore_token" if end is None else "underscore_span", {})
        group.setdefault(name, []).append(entry)
        described.add(name)
    for name in names:
        if name not in described:
            raise DataError(f"Doc._.{name}: no such attribute; add it with Doc.set_extension")


def _plain(name: str, value: Any) -> Any:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        raise DataError(
            f"Doc._.{name}: JSON cannot hold the value, got {value!r:.60}; leave it out"
        ) from None
    return value


def from_json(doc: D, doc_json: Mapping[str, Any], *, validate: bool = False) -> D:
    """Fill an empty document from the output of `to_json`.

    Args:
        doc_json: The data.
        validate: Accepted for compatibility and ignored: the data are always validated.

    Raises:
        DataError: The document is not empty, or the annotation does not fit the text.
    """
    if len(doc):
        raise DataError(f"doc: only an empty document can be filled, got one of {len(doc)} tokens")
    try:
        _read(doc, doc_json)
    except DataError:
        raise
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError) as error:
        raise DataError(f"doc: not the JSON of a document, {type(error).__name__}: {error}") from None
    return doc


def _read(doc: Doc, data: Mapping[str, Any]) -> None:
    text, tokens = data["text"], data["tokens"]
    bounds = [(token["start"], token["end"]) for token in tokens]
    words = [text[start:end] for start, end in bounds]
    nexts = [start for start, _ in bounds[1:]] + [len(text)]
    gaps = [text[end:after] for (_, end), after in zip(bounds, nexts, strict=True)]
    if any(gap not in ("", " ") for gap in gaps) or (bounds and bounds[0][0] != 0) or "" in words:
        raise DataError(
            "doc: the tokens do not match the text; a token must end where the next starts, or one space before"
        )
    columns = {key: [token[key] for token in tokens if key in token] for _, key in _COLUMNS}
    for key, values in columns.items():
        if values and len(values) != len(tokens):
            raise DataError(
                f"doc: {key} is set for {len(values)} of {len(tokens)} tokens; set it for all or none"
            )
    annotation = {argument: columns[key] for argument, key in _COLUMNS if columns[key]}
    spaces = [gap == " " for gap in gaps]
    doc.__init__(doc.vocab, words, spaces, user_data=doc.user_data, **annotation)  # type: ignore[misc]
    doc.cats = checked_cats(data.get("cats", {}))
    if "deps" not in annotation and len(doc) > 1 and data.get("sents"):
        starts = [span_at(doc, "sentence", sent).start for sent in data["sents"]]
        doc.set_column("SENT_START", [1 if i in starts else -1 for i in range(len(doc))])
    for name, spans in data.get("spans", {}).items():
        doc.spans[name] = [span_at(doc, "span", span) for span in spans]
    if "ents" in data:
        doc.set_ents([span_at(doc, "entity", ent) for ent in data["ents"]])
    read_extras(doc, data)
    _read_added(doc, data)


def _read_added(doc: Doc, data: Mapping[str, Any]) -> None:
    """Set extension attributes, registering those that are not registered yet."""
    for name, value in data.get("_", {}).items():
        if not doc.has_extension(name):
            doc.set_extension(name, default=None)
        extension = doc.get_extension(name)
        # Computed attributes are not set.
        if extension is not None and extension.getter is None and extension.method is None:
            doc._.set(name, value)
    for name, entries in data.get("underscore_token", {}).items():
        if not Token.has_extension(name):
            Token.set_extension(name, default=None)
        for entry in entries:
            i = int(np.searchsorted(doc.offsets, entry["start"]))
            doc[i]._.set(name, entry["value"])
    for name, entries in data.get("underscore_span", {}).items():
        if not Span.has_extension(name):
            Span.set_extension(name, default=None)
        for entry in entries:
            span_at(doc, "span", entry)._.set(name, entry["value"])
