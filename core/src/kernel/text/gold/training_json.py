"""Documents as the JSON that spaCy 2 trained on; `kernel convert` reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kernel.text.doc.doc import Doc
from kernel.text.doc.span import Span
from kernel.text.doc.token import Token
from kernel.text.gold.iob import offsets_to_biluo_tags

#: What is written of a token, by its key, if the document has the annotation.
_ANNOTATION = {"tag": "TAG", "pos": "POS", "morph": "MORPH", "lemma": "LEMMA", "dep": "DEP", "ner": "ENT_IOB"}


def docs_to_json(docs: Doc | Iterable[Doc], doc_id: int = 0, ner_missing_tag: str = "O") -> dict[str, Any]:
    """Describe documents as plain data.

    Args:
        docs: One or several; each becomes a paragraph.
        doc_id: Number of what they are together.
        ner_missing_tag: What stands for an entity that does not fit the tokens.

    Raises:
        DataError: A document has no sentence boundaries.
    """
    given = [docs] if isinstance(docs, Doc) else docs
    return {"id": doc_id, "paragraphs": [_paragraph(doc, ner_missing_tag) for doc in given]}


def _paragraph(doc: Doc, missing: str) -> dict[str, Any]:
    entities = [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
    tags = offsets_to_biluo_tags(doc, entities, missing=missing)
    written = [key for key, name in _ANNOTATION.items() if doc.has_annotation(name)]
    return {
        "raw": None if doc.has_unknown_spaces else doc.text,
        "sentences": [{"tokens": _tokens(sent, tags, written), "brackets": []} for sent in doc.sents],
        "cats": [{"label": label, "value": value} for label, value in doc.cats.items()],
        "entities": entities,
        "links": [{f"{ent.start_char}:{ent.end_char}": {ent.kb_id_: 1.0}} for ent in doc.ents if ent.kb_id_],
    }


def _tokens(sent: Span, tags: list[str], written: list[str]) -> list[dict[str, Any]]:
    tokens = []
    for token in sent:
        described = {"id": token.i, "orth": token.text, "space": token.whitespace_}
        described |= {key: _value(token, key, tags) for key in written}
        if "dep" in written:
            described["head"] = token.head.i - token.i
        tokens.append(described)
    return tokens


def _value(token: Token, key: str, tags: list[str]) -> str:
    if key == "ner":
        return tags[token.i]
    return str(token.morph) if key == "morph" else str(getattr(token, f"{key}_"))
