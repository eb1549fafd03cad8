"""Write documents in spaCy 2's JSON training format, which `kernel convert` reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kernel.text.doc.doc import Doc
from kernel.text.doc.span import Span
from kernel.text.doc.token import Token
from kernel.text.gold.iob import offsets_to_biluo_tags

#: Keys of a token and the annotation they are written for, if the document has it.
_ANNOTATION = {"tag": "TAG", "pos": "POS", "morph": "MORPH", "lemma": "LEMMA", "dep": "DEP", "ner": "ENT_IOB"}


def docs_to_json(docs: Doc | Iterable[Doc], doc_id: int = 0, ner_missing_tag: str = "O") -> dict[str, Any]:
    """Convert documents to spaCy 2's JSON training format.

    Args:
        docs: One or several documents; each becomes a paragraph.
        doc_id: Number of the document that they form together.
        ner_missing_tag: The tag of tokens outside all entities.

    Raises:
        DataError: A document has no sentence boundaries.
    """
    paragraphs = [docs] if isinstance(docs, Doc) else docs
    return {"id": doc_id, "paragraphs": [_paragraph(doc, ner_missing_tag) for doc in paragraphs]}


def _paragraph(doc: Doc, missing: str) -> dict[str, Any]:
    entities = [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
    tags = offsets_to_biluo_tags(doc, entities, missing=missing)
    keys = [key for key, name in _ANNOTATION.items() if doc.has_annotation(name)]
    return {
        "raw": None if doc.has_unknown_spaces else doc.text,
        "sentences": [{"tokens": _tokens(sent, tags, keys), "brackets": []} for sent in doc.sents],
        "cats": [{"label": label, "value": value} for label, value in doc.cats.items()],
        "entities": entities,
        "links": [{f"{ent.start_char}:{ent.end_char}": {ent.kb_id_: 1.0}} for ent in doc.ents if ent.kb_id_],
    }


def _tokens(sent: Span, tags: list[str], keys: list[str]) -> list[dict[str, Any]]:
    tokens = []
    for token in sent:
        entry = {"id": token.i, "orth": token.text, "space": token.whitespace_}
        entry |= {key: _value(token, key, tags) for key in keys}
        if "dep" in keys:
            entry["head"] = token.head.i - token.i
        tokens.append(entry)
    return tokens


def _value(token: Token, key: str, tags: list[str]) -> str:
    if key == "ner":
        return tags[token.i]
    return str(token.morph) if key == "morph" else str(getattr(token, f"{key}_"))
