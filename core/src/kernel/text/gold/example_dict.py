"""Convert a document's gold annotation into a dictionary, the inverse of `annotations.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernel.text.doc.doc import Doc
from kernel.text.doc.entities import BEGIN, INSIDE, OUTSIDE, UNKNOWN

_STRING_COLUMNS = ("TAG", "LEMMA", "POS", "DEP")


def example_to_dict(reference: Doc) -> dict[str, Any]:
    """Return the annotation of a document under `token_annotation` and `doc_annotation`."""
    return {"doc_annotation": _doc_annotation(reference), "token_annotation": _token_annotation(reference)}


def _token_annotation(doc: Doc) -> dict[str, list[Any]]:
    strings = doc.vocab.strings
    columns: dict[str, list[Any]] = {
        "ORTH": doc.words,
        "SPACY": doc.column("SPACY").tolist(),
    }
    for name in _STRING_COLUMNS:
        columns[name] = [strings[value] for value in doc.column(name).tolist()]
    columns["MORPH"] = [strings[value] if value else None for value in doc.column("MORPH").tolist()]
    heads = (doc.column("HEAD") + np.arange(len(doc))).tolist()
    columns["HEAD"] = heads if doc.has_annotation("HEAD") else [None] * len(doc)
    columns["SENT_START"] = doc.column("SENT_START").tolist()
    return columns


def _doc_annotation(doc: Doc) -> dict[str, Any]:
    links = {(ent.start_char, ent.end_char): {ent.kb_id_: 1.0} for ent in doc.ents if ent.kb_id_}
    spans = {
        key: [(span.start_char, span.end_char, span.label_, span.kb_id_) for span in group]
        for key, group in doc.spans.items()
    }
    return {"cats": dict(doc.cats), "entities": entity_tags(doc), "spans": spans, "links": links}


def entity_tags(doc: Doc) -> list[str]:
    """Return the entities of a document as one BILUO tag per token; `-` if unknown."""
    iob = [*doc.column("ENT_IOB").tolist(), OUTSIDE]
    labels = [doc.vocab.strings[value] for value in doc.column("ENT_TYPE").tolist()]
    tags = []
    for i, label in enumerate(labels):
        if iob[i] in (UNKNOWN, OUTSIDE):
            tags.append("-" if iob[i] == UNKNOWN else "O")
            continue
        begins, continues = iob[i] == BEGIN, iob[i + 1] == INSIDE
        letter = {(True, True): "B", (True, False): "U", (False, True): "I", (False, False): "L"}[
            begins, continues
        ]
        tags.append(f"{letter}-{label}")
    return tags
