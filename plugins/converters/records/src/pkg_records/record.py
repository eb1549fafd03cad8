"""Convert one annotated text, as people and annotation tools write it, to a document.

    {"text": "Anna lives in Oslo.", "entities": [[0, 4, "PER"], {"start": 14, "end": 18, "label": "LOC"}]}
    {"text": "Nice!", "cats": {"POS": 1.0, "NEG": 0.0}}            or  "label": "POS"  or  "label": ["POS", "SHORT"]
    {"text": "...", "spans": {"sc": [[0, 4, "X"]]}}                groups of spans, which may overlap
    {"text": "...", "tokens": ["Anna", "lives"], "tags": [...]}    and any key of `Example.from_dict`

`ents`, `entities`, `label`, `labels` and `spans` may hold the list of entities, with keys `start` and `end` or
`start_offset` and `end_offset`; `entities` may also hold a BILUO or IOB tag for every token. The output of
`Doc.to_json` is read back completely. Other keys are ignored.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kernel.errors import DataError
from kernel.text.doc.docextras import KEYS, read_extras
from kernel.text.gold.annotations import annotated_doc, spaces_in_text
from kernel.tokens import Doc
from kernel.vocab import Vocab

MakeDoc = Callable[[str], Doc]

_ENTITIES = ("entities", "ents", "spans", "label", "labels")
_TAGS = ("entities", "ents", "ner_tags")
_OF_TOKEN = {
    "tag": "tags",
    "pos": "pos",
    "morph": "morphs",
    "lemma": "lemmas",
    "dep": "deps",
    "head": "heads",
}
_OF_EXAMPLE = (*_OF_TOKEN.values(), "sent_starts")


class RecordSpan(NamedTuple):
    """An entity or span: start and end in characters, label, id in a knowledge base, and its own id."""

    start: int
    end: int
    label: str
    kb_id: str
    id: str = ""


def record_doc(
    record: Any, make_doc: MakeDoc, vocab: Vocab, ner_map: Mapping[str, str], labels: Iterable[str] = ()
) -> Doc:
    """Create the document that a record describes.

    Args:
        record: The record; see the docstring of this module.
        make_doc: Creates a document from a text.
        vocab: The vocabulary of the document.
        ner_map: Maps entity labels to the labels to write instead; an empty string drops the entity.
        labels: All categories of the file; those of the record are 1 and the others 0.

    Raises:
        DataError: The record has another form, or its annotation does not fit the text.
    """
    if not isinstance(record, Mapping):
        raise DataError(f'expected an object with a text, got {record!r:.60}; write {{"text": "..."}}')
    doc, annotation = _tokens(record, make_doc, vocab)
    annotation |= _select(record, _OF_EXAMPLE)
    entities = _entities(doc.text, record, ner_map)
    tags = next((record[key] for key in _TAGS if _are_tags(record.get(key))), None)
    if tags is not None:
        annotation["entities"] = [mapped_tag(tag, ner_map) for tag in tags]
    elif entities is not None:
        annotation["entities"] = [_checked_span(doc, span) for span in entities]
    if isinstance(record.get("sents"), Sequence):
        annotation["sent_starts"] = _sent_starts(doc, record["sents"])
    groups = record.get("spans")
    if isinstance(groups, Mapping):
        annotation["spans"] = {
            str(key): [_checked_span(doc, span) for span in _spans(doc.text, f"spans[{key!r}]", group)]
            for key, group in groups.items()
        }
    annotation["cats"] = _cats(record, labels)
    if len(doc) == 0:
        raise DataError("expected a text, got no tokens; leave the record out")
    annotated = annotated_doc(doc, annotation)
    read_extras(annotated, _extras(doc.text, record, entities if tags is None else None))
    return annotated


def _extras(text: str, record: Mapping[str, Any], entities: Sequence[RecordSpan] | None) -> dict[str, Any]:
    """Select the extra keys that `Doc.to_json` writes; in other records such keys have other meanings."""
    tokens = record.get("tokens")
    is_described = isinstance(tokens, list) and all(isinstance(token, Mapping) for token in tokens)
    extras: dict[str, Any] = {"tokens": tokens, **_select(record, KEYS)} if is_described else {}
    if isinstance(record.get("ents"), list) and entities is not None:
        extras["ents"] = [span._asdict() for span in entities]
        for key in ("ents_missing", "ents_blocked"):
            spans = _spans(text, key, record.get(key, []), needs_label=False)
            extras[key] = [span._asdict() for span in spans]
    return extras


def _select(record: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: record[key] for key in keys if key in record}


def as_record(entry: Any) -> Any:
    """Convert a pair of a text and its annotation, `["Anna lives.", {"entities": [[0, 4, "PER"]]}]`, to one object."""
    is_pair = isinstance(entry, list) and len(entry) == 2
    if is_pair and isinstance(entry[0], str) and isinstance(entry[1], dict):
        return {"text": entry[0], **entry[1]}
    return entry


def labels_of(record: Any) -> list[str]:
    """Return the categories that a record names by label alone, without numbers."""
    for key in ("label", "labels"):
        value = record.get(key) if isinstance(record, Mapping) else None
        if isinstance(value, str):
            return [value]
        if isinstance(value, list) and value and all(isinstance(label, str) for label in value):
            return list(value)
    return []


def mapped_tag(tag: str | None, ner_map: Mapping[str, str]) -> str | None:
    """Replace the label of a tag such as `B-PER`; return O if the label is to be dropped."""
    prefix, dash, label = (tag or "").partition("-")
    if not dash or not label:
        return tag
    label = ner_map.get(label, label)
    return f"{prefix}-{label}" if label else "O"


def _are_tags(values: Any) -> bool:
    is_list = isinstance(values, list) and len(values) > 0
    return is_list and all(value is None or isinstance(value, str) for value in values)


def _tokens(record: Mapping[str, Any], make_doc: MakeDoc, vocab: Vocab) -> tuple[Doc, dict[str, Any]]:
    text, tokens = record.get("text"), record.get("tokens", record.get("words"))
    if text is not None and not isinstance(text, str):
        raise DataError(f"text: expected a string, got {text!r:.60}; write it in quotes")
    if not isinstance(tokens, list) or not tokens:
        if text is None:
            raise DataError(
                f'expected the key "text" or "tokens", got {", ".join(map(repr, record)) or "none"}; '
                "rename the key of the text"
            )
        return make_doc(text), {}
    if all(isinstance(token, str) for token in tokens):
        spaces = record.get("spaces") if text is None else spaces_in_text(tokens, text)
        if text is not None and spaces is None:
            raise DataError("tokens: they do not make up the text; leave them out, or correct them")
        return Doc(vocab, words=tokens, spaces=spaces), {}
    return _described_tokens(text, tokens, vocab)


def _described_tokens(text: str | None, tokens: list[Any], vocab: Vocab) -> tuple[Doc, dict[str, Any]]:
    if text is None or not all(isinstance(token, Mapping) for token in tokens):
        raise DataError(
            "tokens: expected strings, or a text and objects with start and end; write one of these"
        )
    bounds = [_bounds(text, f"tokens[{i}]", token) for i, token in enumerate(tokens)]
    words = [text[start:end] for start, end in bounds]
    spaces = spaces_in_text(words, text)
    if spaces is None:
        raise DataError("tokens: they do not make up the text; leave them out, or correct start and end")
    annotation = {
        key: [token.get(name) for token in tokens]
        for name, key in _OF_TOKEN.items()
        if any(name in token for token in tokens)
    }
    if "heads" in annotation and any(
        isinstance(token.get("id"), int) and token["id"] != i for i, token in enumerate(tokens)
    ):
        raise DataError("tokens: expected ids 0, 1, 2 ... together with heads; renumber them")
    return Doc(vocab, words=words, spaces=spaces), annotation


def _entities(text: str, record: Mapping[str, Any], ner_map: Mapping[str, str]) -> list[RecordSpan] | None:
    for key in _ENTITIES:
        value = record.get(key)
        if isinstance(value, list) and not (value and all(isinstance(each, str) for each in value)):
            if not value and key in ("label", "labels"):
                continue
            spans = _spans(text, key, value)
            mapped = [span._replace(label=ner_map.get(span.label, span.label)) for span in spans]
            return [span for span in mapped if span.label]
    return None


def _spans(text: str, key: str, values: Any, needs_label: bool = True) -> list[RecordSpan]:
    if not isinstance(values, list):
        raise DataError(f"{key}: expected a list of [start, end, label], got {values!r:.60}; write one")
    spans = []
    for i, value in enumerate(values):
        where = f"{key}[{i}]"
        if isinstance(value, Mapping):
            label = value.get("label", value.get("labels", ""))
            kb_id, own_id = value.get("kb_id") or "", value.get("id")
            start, end = _bounds(text, where, value)
        elif isinstance(value, list | tuple) and len(value) in (3, 4):
            label, kb_id, own_id = value[2], value[3] if len(value) == 4 else "", ""
            start, end = _bounds(text, where, {"start": value[0], "end": value[1]})
        else:
            raise DataError(f"{where}: expected [start, end, label], got {value!r:.60}; write these three")
        if not isinstance(label, str) or not isinstance(kb_id, str) or (needs_label and not label):
            raise DataError(f"{where}: expected a label in quotes, got {label!r:.60}; write one")
        # Annotation tools number their entities; the id of a span in a document is a string.
        spans.append(RecordSpan(start, end, label, kb_id, own_id if isinstance(own_id, str) else ""))
    return spans


def _bounds(text: str, where: str, value: Mapping[str, Any]) -> tuple[int, int]:
    start, end = value.get("start", value.get("start_offset")), value.get("end", value.get("end_offset"))
    for offset in (start, end):
        if not isinstance(offset, int) or isinstance(offset, bool):
            got = f"got {start!r:.40} and {end!r:.40}"
            raise DataError(f"{where}: expected start and end in characters, {got}; write integers")
    if not 0 <= start < end <= len(text):
        got = f"got {start!r:.40} and {end!r:.40}"
        raise DataError(f"{where}: expected 0 <= start < end <= {len(text)}, {got}; correct it")
    return start, end


def _checked_span(doc: Doc, span: RecordSpan) -> tuple[int, int, str, str]:
    """Check that a span begins and ends at token boundaries, and not with whitespace."""
    text = doc.text[span.start : span.end]
    got = f"got ({span.start}, {span.end}, {span.label!r}) for {text!r:.40}"
    if text != text.strip():
        raise DataError(f"an entity begins or ends on whitespace, {got}; leave the whitespace out of it")
    if doc.char_span(span.start, span.end) is None:
        whole = doc.char_span(span.start, span.end, alignment_mode="expand")
        tokens = "" if whole is None else f" of {whole.text!r:.60}"
        raise DataError(f"an entity begins or ends inside a token{tokens}, {got}; correct the offsets")
    return (span.start, span.end, span.label, span.kb_id)


def _sent_starts(doc: Doc, sents: Sequence[Any]) -> list[bool]:
    starts = {
        _bounds(doc.text, f"sents[{i}]", sent if isinstance(sent, Mapping) else {})[0]
        for i, sent in enumerate(sents)
    }
    begins = [start in starts for start in doc.offsets.tolist()]
    if sum(begins) != len(starts):
        raise DataError(
            "sents: a sentence begins inside a token, or where another one does; correct the offsets"
        )
    return begins


def _cats(record: Mapping[str, Any], labels: Iterable[str]) -> dict[str, float]:
    own = labels_of(record)
    cats: dict[str, float] = {label: 0.0 for label in labels if own} | dict.fromkeys(own, 1.0)
    values = record.get("cats")
    if values is None:
        return cats
    if not isinstance(values, Mapping):
        raise DataError(f'cats: expected an object, got {values!r:.60}; write {{"label": 1.0}}')
    for label, value in values.items():
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise DataError(f"cats[{label!r}]: expected a number, got {value!r:.40}; write 1.0 or 0.0")
        cats[str(label)] = float(value)
    return cats
