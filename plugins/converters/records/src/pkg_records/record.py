"""One annotated text, as people and their tools write it, to a document.

    {"text": "Anna lives in Oslo.", "entities": [[0, 4, "PER"], {"start": 14, "end": 18, "label": "LOC"}]}
    {"text": "Nice!", "cats": {"POS": 1.0, "NEG": 0.0}}            or  "label": "POS"  or  "label": ["POS", "SHORT"]
    {"text": "...", "spans": {"sc": [[0, 4, "X"]]}}                groups of spans, which may overlap
    {"text": "...", "tokens": ["Anna", "lives"], "tags": [...]}    and any key of `Example.from_dict`

`ents`, `entities`, `label`, `labels` and `spans` may hold the list of entities, whose keys may be `start_offset` and
`end_offset`, and `entities` a tag for every token, BILUO or IOB. What `Doc.to_json` writes is read back whole. Other
keys are passed over.
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


class RecordPlace(NamedTuple):
    """An entity or span: characters, label, entry of a knowledge base, its own id."""

    start: int
    end: int
    label: str
    kb_id: str
    id: str = ""


def record_doc(
    record: Any, make_doc: MakeDoc, vocab: Vocab, ner_map: Mapping[str, str], labels: Iterable[str] = ()
) -> Doc:
    """Make the document that a record describes.

    Args:
        record: See the head of this module.
        make_doc: Makes the tokens of a text.
        vocab: The vocabulary of the document.
        ner_map: Entity labels to the labels to write instead; an empty string drops the entity.
        labels: All labels of the file, of which the record's are 1 and the others 0.

    Raises:
        DataError: The record is none, or its annotation does not fit the text.
    """
    if not isinstance(record, Mapping):
        raise DataError(f'expected an object with a text, got {record!r:.60}; write {{"text": "..."}}')
    doc, given = _tokens(record, make_doc, vocab)
    given |= _chosen(record, _OF_EXAMPLE)
    entities = _entities(doc.text, record, ner_map)
    tags = next((record[key] for key in _TAGS if _are_tags(record.get(key))), None)
    if tags is not None:
        given["entities"] = [mapped_tag(tag, ner_map) for tag in tags]
    elif entities is not None:
        given["entities"] = [_checked_place(doc, place) for place in entities]
    if isinstance(record.get("sents"), Sequence):
        given["sent_starts"] = _sent_starts(doc, record["sents"])
    groups = record.get("spans")
    if isinstance(groups, Mapping):
        given["spans"] = {
            str(key): [_checked_place(doc, place) for place in _places(doc.text, f"spans[{key!r}]", group)]
            for key, group in groups.items()
        }
    given["cats"] = _cats(record, labels)
    if len(doc) == 0:
        raise DataError("the text is empty, got no tokens; leave the record out")
    annotated = annotated_doc(doc, given)
    read_extras(annotated, _beside(doc.text, record, entities if tags is None else None))
    return annotated


def _beside(text: str, record: Mapping[str, Any], entities: Sequence[RecordPlace] | None) -> dict[str, Any]:
    """Choose what `Doc.to_json` tells beside the annotation; in other records such keys mean other things."""
    tokens = record.get("tokens")
    is_described = isinstance(tokens, list) and all(isinstance(token, Mapping) for token in tokens)
    told: dict[str, Any] = {"tokens": tokens, **_chosen(record, KEYS)} if is_described else {}
    if isinstance(record.get("ents"), list) and entities is not None:
        told["ents"] = [place._asdict() for place in entities]
        for key in ("ents_missing", "ents_blocked"):
            places = _places(text, key, record.get(key, []), needs_label=False)
            told[key] = [place._asdict() for place in places]
    return told


def _chosen(record: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: record[key] for key in keys if key in record}


def as_record(entry: Any) -> Any:
    """Make one object of a pair of a text and its annotation, as `["Anna lives.", {"entities": [[0, 4, "PER"]]}]`."""
    is_pair = isinstance(entry, list) and len(entry) == 2
    if is_pair and isinstance(entry[0], str) and isinstance(entry[1], dict):
        return {"text": entry[0], **entry[1]}
    return entry


def labels_of(record: Any) -> list[str]:
    """The categories that a record names by label alone, not with numbers."""
    for key in ("label", "labels"):
        value = record.get(key) if isinstance(record, Mapping) else None
        if isinstance(value, str):
            return [value]
        if isinstance(value, list) and value and all(isinstance(label, str) for label in value):
            return list(value)
    return []


def mapped_tag(tag: str | None, ner_map: Mapping[str, str]) -> str | None:
    """Write another label into a tag such as `B-PER`, or O where it is to be dropped."""
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
                f'expected a "text" or "tokens", got the keys {", ".join(map(repr, record)) or "none"}; name the '
                "text so"
            )
        return make_doc(text), {}
    if all(isinstance(token, str) for token in tokens):
        spaces = record.get("spaces") if text is None else spaces_in_text(tokens, text)
        if text is not None and spaces is None:
            raise DataError("tokens: they do not spell the text; leave them out, or correct them")
        return Doc(vocab, words=tokens, spaces=spaces), {}
    return _described_tokens(text, tokens, vocab)


def _described_tokens(text: str | None, tokens: list[Any], vocab: Vocab) -> tuple[Doc, dict[str, Any]]:
    if text is None or not all(isinstance(token, Mapping) for token in tokens):
        raise DataError(
            "tokens: expected strings, or objects with start and end beside a text; write one of both"
        )
    bounds = [_bounds(text, f"tokens[{i}]", token) for i, token in enumerate(tokens)]
    words = [text[start:end] for start, end in bounds]
    spaces = spaces_in_text(words, text)
    if spaces is None:
        raise DataError("tokens: they do not spell the text; leave them out, or correct start and end")
    given = {
        key: [token.get(name) for token in tokens]
        for name, key in _OF_TOKEN.items()
        if any(name in token for token in tokens)
    }
    if "heads" in given and any(
        isinstance(token.get("id"), int) and token["id"] != i for i, token in enumerate(tokens)
    ):
        raise DataError("tokens: ids are 0, 1, 2 ... where there are heads; number them so")
    return Doc(vocab, words=words, spaces=spaces), given


def _entities(text: str, record: Mapping[str, Any], ner_map: Mapping[str, str]) -> list[RecordPlace] | None:
    for key in _ENTITIES:
        value = record.get(key)
        if isinstance(value, list) and not (value and all(isinstance(each, str) for each in value)):
            if not value and key in ("label", "labels"):
                continue
            places = _places(text, key, value)
            mapped = [place._replace(label=ner_map.get(place.label, place.label)) for place in places]
            return [place for place in mapped if place.label]
    return None


def _places(text: str, key: str, values: Any, needs_label: bool = True) -> list[RecordPlace]:
    if not isinstance(values, list):
        raise DataError(f"{key}: expected a list of [start, end, label], got {values!r:.60}; write one")
    places = []
    for i, value in enumerate(values):
        where = f"{key}[{i}]"
        if isinstance(value, Mapping):
            named = value.get("label", value.get("labels", ""))
            kb_id, own_id = value.get("kb_id") or "", value.get("id")
            start, end = _bounds(text, where, value)
        elif isinstance(value, list | tuple) and len(value) in (3, 4):
            named, kb_id, own_id = value[2], value[3] if len(value) == 4 else "", ""
            start, end = _bounds(text, where, {"start": value[0], "end": value[1]})
        else:
            raise DataError(f"{where}: expected [start, end, label], got {value!r:.60}; write it so")
        if not isinstance(named, str) or not isinstance(kb_id, str) or (needs_label and not named):
            raise DataError(f"{where}: expected a label in quotes, got {named!r:.60}; write one")
        # Tools of annotation number their entities; an id in the sense of a document is a text.
        places.append(RecordPlace(start, end, named, kb_id, own_id if isinstance(own_id, str) else ""))
    return places


def _bounds(text: str, where: str, given: Mapping[str, Any]) -> tuple[int, int]:
    start, end = given.get("start", given.get("start_offset")), given.get("end", given.get("end_offset"))
    for value in (start, end):
        if not isinstance(value, int) or isinstance(value, bool):
            got = f"got {start!r:.40} and {end!r:.40}"
            raise DataError(f"{where}: expected start and end in characters, {got}; write them")
    if not 0 <= start < end <= len(text):
        got = f"got {start!r:.40} and {end!r:.40}"
        raise DataError(f"{where}: expected 0 <= start < end <= {len(text)}, {got}; correct it")
    return start, end


def _checked_place(doc: Doc, place: RecordPlace) -> tuple[int, int, str, str]:
    """See that a place begins and ends where tokens do, and not on whitespace."""
    found = doc.text[place.start : place.end]
    where = f"got ({place.start}, {place.end}, {place.label!r}) for {found!r:.40}"
    if found != found.strip():
        raise DataError(f"an entity begins or ends on whitespace, {where}; leave the whitespace out of it")
    if doc.char_span(place.start, place.end) is None:
        whole = doc.char_span(place.start, place.end, alignment_mode="expand")
        tokens = "" if whole is None else f" of {whole.text!r:.60}"
        raise DataError(f"an entity begins or ends inside a token{tokens}, {where}; correct the offsets")
    return (place.start, place.end, place.label, place.kb_id)


def _sent_starts(doc: Doc, sents: Sequence[Any]) -> list[bool]:
    starts = {
        _bounds(doc.text, f"sents[{i}]", sent if isinstance(sent, Mapping) else {})[0]
        for i, sent in enumerate(sents)
    }
    begins = [start in starts for start in doc.offsets.tolist()]
    if sum(begins) != len(starts):
        raise DataError("sents: a sentence begins inside a token, or two at one place; correct the offsets")
    return begins


def _cats(record: Mapping[str, Any], labels: Iterable[str]) -> dict[str, float]:
    own = labels_of(record)
    cats: dict[str, float] = {label: 0.0 for label in labels if own} | dict.fromkeys(own, 1.0)
    given = record.get("cats")
    if given is None:
        return cats
    if not isinstance(given, Mapping):
        raise DataError(f'cats: expected an object, got {given!r:.60}; write {{"label": 1.0}}')
    for label, value in given.items():
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise DataError(f"cats[{label!r}]: expected a number, got {value!r:.40}; write 1.0 or 0.0")
        cats[str(label)] = float(value)
    return cats
