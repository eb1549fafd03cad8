"""A document as plain data, as `Doc.to_json` gives it.

What spaCy's description has no place for stands beside it: `id` and `kb_id` of entities that have them, `id` of spans,
and `ents_missing` and `ents_blocked`, the places of which nothing is known and where no entity may be. Not described
are the tensor, norms of single tokens, the sentiment, and the attributes of span groups.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.entities import BEGIN, UNKNOWN
from kernel.text.span import Span
from kernel.text.token import Token
from kernel.text.underscore import is_added

if TYPE_CHECKING:
    from kernel.text.doc import Doc

#: Arguments of a document, and what a token's entry calls them.
_COLUMNS = (
    ("tags", "tag"),
    ("pos", "pos"),
    ("morphs", "morph"),
    ("lemmas", "lemma"),
    ("heads", "head"),
    ("deps", "dep"),
)


def to_json(doc: Doc, underscore: Sequence[str]) -> dict[str, Any]:
    """Describe text, tokens and the annotation that there is."""
    data: dict[str, Any] = {"text": doc.text}
    if doc.has_annotation("ENT_IOB"):
        data["ents"] = [{**_span(ent), **_ids(ent, "kb_id", "id")} for ent in doc.ents]
        data.update({key: places for key, places in _gaps(doc).items() if places})
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
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start_char, "end": span.end_char, "label": span.label_}


def _ids(span: Span, *names: str) -> dict[str, str]:
    values = {name: str(getattr(span, f"{name}_")) for name in names}
    return {name: value for name, value in values.items() if value}


def _gaps(doc: Doc) -> dict[str, list[dict[str, int]]]:
    """Find the places of which nothing is known, and those where no entity may be."""
    codes, types = doc.column("ENT_IOB"), doc.column("ENT_TYPE")
    chosen = {"ents_missing": codes == UNKNOWN, "ents_blocked": (codes == BEGIN) & (types == 0)}
    return {key: [_place(doc, start, end) for start, end in _runs(is_one)] for key, is_one in chosen.items()}


def _runs(is_one: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Slices of tokens that are chosen and stand together."""
    changes = np.diff(np.concatenate([[False], is_one, [False]]).astype(np.int8))
    runs: list[list[int]] = np.flatnonzero(changes).reshape(-1, 2).tolist()
    return runs


def _place(doc: Doc, start: int, end: int) -> dict[str, int]:
    span = doc[start:end]
    return {"start": span.start_char, "end": span.end_char}


def _describe_added(doc: Doc, names: Sequence[str], data: dict[str, Any]) -> None:
    """Describe added attributes: the document's own, and what was set of its tokens and spans."""
    found = {name for name in names if doc.has_extension(name)}
    if found:
        data["_"] = {name: _plain(name, doc._.get(name)) for name in names if name in found}
    for key, value in doc.user_data.items():
        if not is_added(key) or key[1] not in names or key[2] is None:
            continue
        _, name, start, end = key
        entry: dict[str, Any] = {"start": start, "value": _plain(name, value)}
        if end is not None:
            entry["end"] = end
        group = data.setdefault("underscore_token" if end is None else "underscore_span", {})
        group.setdefault(name, []).append(entry)
        found.add(name)
    for name in names:
        if name not in found:
            raise DataError(f"Doc._.{name}: no such attribute; Doc.set_extension adds one")


def _plain(name: str, value: Any) -> Any:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        raise DataError(f"Doc._.{name}: JSON cannot hold it, got {value!r:.60}; leave it out") from None
    return value


def from_json(doc: Doc, data: Mapping[str, Any]) -> None:
    """Fill an empty document with what `to_json` gives.

    Raises:
        DataError: The document is not empty, or the description does not fit its text.
    """
    if len(doc):
        raise DataError(f"doc: only an empty document can be filled, got one of {len(doc)} tokens")
    try:
        _read(doc, data)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise DataError(f"doc: not the description of a document, {type(error).__name__}: {error}") from None


def _read(doc: Doc, data: Mapping[str, Any]) -> None:
    text, tokens = data["text"], data["tokens"]
    bounds = [(token["start"], token["end"]) for token in tokens]
    words = [text[start:end] for start, end in bounds]
    nexts = [start for start, _ in bounds[1:]] + [len(text)]
    gaps = [text[end:after] for (_, end), after in zip(bounds, nexts, strict=True)]
    if any(gap not in ("", " ") for gap in gaps) or (bounds and bounds[0][0] != 0) or "" in words:
        raise DataError(
            "doc: the tokens do not spell the text; a token ends where the next starts, or a space before"
        )
    columns = {key: [token[key] for token in tokens if key in token] for _, key in _COLUMNS}
    for key, values in columns.items():
        if values and len(values) != len(tokens):
            raise DataError(
                f"doc: {key} stands at {len(values)} of {len(tokens)} tokens; give it to all or none"
            )
    given = {argument: columns[key] for argument, key in _COLUMNS if columns[key]}
    doc.__init__(doc.vocab, words, [gap == " " for gap in gaps], user_data=doc.user_data, **given)  # type: ignore[misc]
    doc.cats = dict(data.get("cats", {}))
    if "deps" not in given and data.get("sents"):
        starts = [_found(doc, "sentence", sent).start for sent in data["sents"]]
        doc.set_column("SENT_START", [1 if i in starts else -1 for i in range(len(doc))])
    for name, spans in data.get("spans", {}).items():
        doc.spans[name] = [_found(doc, "span", span) for span in spans]
    if "ents" in data:
        doc.set_ents([_found(doc, "entity", ent) for ent in data["ents"]])
        complete_entities(doc, data)
    _read_added(doc, data)


def complete_entities(doc: Doc, data: Mapping[str, Any]) -> None:
    """Give the entities of a document the ids that a description has for them, and write its gaps."""
    ids = {(ent["start"], ent["end"]): ent["id"] for ent in data["ents"] if ent.get("id")}
    if ids:
        doc.ents = [_with_id(ent, ids.get((ent.start_char, ent.end_char), "")) for ent in doc.ents]
    gaps = {
        key: [_found(doc, "gap", place) for place in data.get(f"ents_{key}", ())]
        for key in ("missing", "blocked")
    }
    if any(gaps.values()):
        doc.set_ents([], missing=gaps["missing"], blocked=gaps["blocked"], default="unmodified")


def _with_id(ent: Span, span_id: str) -> Span:
    return Span(ent.doc, ent.start, ent.end, label=ent.label, kb_id=ent.kb_id, span_id=span_id)


def _found(doc: Doc, what: str, place: Mapping[str, Any]) -> Span:
    span = doc.char_span(
        place["start"],
        place["end"],
        place.get("label", 0),
        place.get("kb_id", 0),
        span_id=place.get("id", 0),
    )
    if span is None:
        raise DataError(f"doc: no tokens make the {what} from {place['start']} to {place['end']}")
    return span


def _read_added(doc: Doc, data: Mapping[str, Any]) -> None:
    """Set added attributes; those that nobody added here yet are added."""
    for name, value in data.get("_", {}).items():
        if not doc.has_extension(name):
            doc.set_extension(name, default=None)
        extension = doc.get_extension(name)
        # What is computed is computed again.
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
            _found(doc, "span", entry)._.set(name, entry["value"])
