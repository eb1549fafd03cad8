"""Convert a dictionary of gold annotations into a document, for `Example.from_dict`.

    words, spaces                                     the tokens, if they differ from the predicted ones
    tags, pos, morphs, lemmas, heads, deps            one value per token; None or "" if unknown
    sent_starts                                       True or 1, False or -1; None or 0 if unknown
    entities                                          BILUO tags, or (start, end, label[, kb_id]) in characters
    spans                                             key to a list of (start, end[, label[, kb_id]])
    cats                                              label to number
    links                                             (start, end) of an entity to {kb_id: probability}
    text                                              the text that the offsets refer to

The keys may also be nested as in the output of `Example.to_dict`: under `token_annotation`, by attribute name
(`ORTH`, `TAG` ...), and `doc_annotation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from kernel.errors import DataError, did_you_mean
from kernel.text.base import messages
from kernel.text.base.cats import checked_cats
from kernel.text.doc import annotate
from kernel.text.doc.doc import Doc
from kernel.text.doc.entities import BEGIN, INSIDE, OUTSIDE, UNKNOWN
from kernel.text.gold.alignment import check_same_text
from kernel.text.gold.gold_entities import add_links, check_place, set_entities

_ATTRIBUTE_OF = {
    "words": "ORTH",
    "spaces": "SPACY",
    "tags": "TAG",
    "pos": "POS",
    "morphs": "MORPH",
    "lemmas": "LEMMA",
    "heads": "HEAD",
    "deps": "DEP",
    "sent_starts": "SENT_START",
}
_KEY_OF = {attribute: key for key, attribute in _ATTRIBUTE_OF.items()}
_DOC_KEYS = ("text", "entities", "cats", "spans", "links")
_KEYS = dict.fromkeys((*_ATTRIBUTE_OF, *_DOC_KEYS))
_NESTED_KEYS = ("token_annotation", "doc_annotation")

Annotations = Mapping[str, Any]
Writer = Callable[[Doc, list[Any]], None]


def annotated_doc(predicted: Doc, annotations: Annotations) -> Doc:
    """Create the reference document from a dictionary of annotations.

    Args:
        predicted: Provides the text, and the tokens if the dictionary has none.
        annotations: The annotations; the module docstring lists the keys.

    Raises:
        DataError: A key is unknown, or its values do not fit; the message begins with the key.
    """
    flat = _flatten(annotations)
    _check_text(predicted, flat)
    key = "words"
    try:
        reference = _tokens(predicted, flat)
        for key, write in _WRITERS.items():
            if key not in flat:
                continue
            values = _one_per_token(key, flat[key], len(reference))
            # If all values are unknown, the document gets no such annotation.
            if any(value is not None and (value != "" or key == "morphs") for value in values):
                write(reference, values)
        for key, write_whole in _WHOLE.items():
            if flat.get(key) is not None:
                write_whole(reference, flat[key])
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{key}: expected values such as Example.from_dict takes, got {flat.get(key)!r:.80} "
            f"({messages.reason(error)}); correct them"
        ) from None
    if "cats" in flat:
        reference.cats = {label: float(value) for label, value in checked_cats(flat["cats"]).items()}
    return reference


def _flatten(annotations: Annotations) -> dict[str, Any]:
    if not isinstance(annotations, Mapping):
        raise DataError(
            f"annotations: expected a dictionary, got {annotations!r:.60}; write for example {{'tags': [...]}}"
        )
    flat = dict(annotations)
    for key in _NESTED_KEYS:
        nested = flat.pop(key, None) or {}
        if not isinstance(nested, Mapping):
            raise DataError(f"{key}: expected a dictionary, got {nested!r:.60}; write one")
        flat.update(nested)
    by_key = {_KEY_OF.get(key, key): value for key, value in flat.items() if value is not None}
    for key in by_key:
        if key not in _KEYS:
            near = did_you_mean(str(key), _KEYS) or f"; the keys are {', '.join(_KEYS)}"
            raise DataError(f"annotations: unknown key, got {key!r:.80}{near}")
    return by_key


def _check_text(predicted: Doc, annotations: Annotations) -> None:
    if "text" not in annotations:
        return
    text = annotations["text"]
    if not isinstance(text, str):
        raise DataError(f"text: expected a string, got {text!r:.60}; write it in quotes")
    if text.split() != predicted.text.split():
        wanted = f"expected the text of the document, {predicted.text!r:.60}"
        raise DataError(f"text: {wanted}, got {text!r:.60}; create the document from this text")


def _tokens(predicted: Doc, annotations: Annotations) -> Doc:
    if "words" not in annotations:
        spaces = predicted.column("SPACY")
        if "spaces" in annotations:
            spaces = np.array(_one_per_token("spaces", annotations["spaces"], len(predicted)), dtype=bool)
        unknown = predicted.has_unknown_spaces and "spaces" not in annotations
        return Doc.from_rows(predicted.vocab, predicted.rows, spaces.copy(), unknown_spaces=unknown)
    words = list(annotations["words"])
    predicted_words = predicted.words
    if words != predicted_words:
        _check_words(predicted_words, words)
    if "spaces" in annotations:
        spaces = np.array(_one_per_token("spaces", annotations["spaces"], len(words)), dtype=bool)
        with predicted.vocab.memory:
            rows = predicted.rows if words == predicted_words else predicted.vocab.rows(words)
            return Doc.from_rows(predicted.vocab, rows, spaces)
    return Doc(predicted.vocab, words=words, spaces=spaces_in_text(words, predicted.text))


def _check_words(predicted_words: list[str], words: list[Any]) -> None:
    """Check that words are strings and match the text of the document."""
    if not all(isinstance(word, str) for word in words):
        odd = next(word for word in words if not isinstance(word, str))
        raise DataError(f"words: expected strings, got {odd!r:.80}; write one string per token")
    try:
        check_same_text(predicted_words, words)
    except DataError as error:
        raise DataError(f"words: do not match the document's text; {error}") from None


def spaces_in_text(words: Sequence[str], text: str) -> list[bool] | None:
    """Find out which words of a text are followed by a space.

    Returns:
        One value per word, or None if the text is not these words with at most one space after each.
    """
    spaces: list[bool] = []
    at = 0
    for word in words:
        if not text.startswith(word, at):
            return None
        at += len(word)
        spaces.append(text.startswith(" ", at))
        at += spaces[-1]
    return spaces if at == len(text) else None


def _one_per_token(key: str, values: Any, n_tokens: int) -> list[Any]:
    if isinstance(values, list):
        value_list = values
    elif isinstance(values, str) or not isinstance(values, Iterable):
        raise DataError(f"{key}: expected a list, got {values!r:.60}; give one value per token")
    else:
        value_list = list(values)
    if len(value_list) != n_tokens:
        raise DataError(f"{key}: {len(value_list)} values for {n_tokens} tokens; give one per token")
    return value_list


def _write_strings(column: str) -> Writer:
    return lambda doc, values: annotate.write_strings(doc, column, values)


def _set_heads(reference: Doc, heads: list[Any]) -> None:
    """Write the heads; a token whose head is unknown becomes its own head."""
    indices = np.asarray(heads)
    if (
        indices.ndim == 1
        and indices.dtype.kind in "iu"
        and not np.count_nonzero((indices < 0) | (indices >= len(heads)))
    ):
        annotate.adopt_heads(reference, indices)
        return
    for i, head in enumerate(heads):
        if head is not None and not (isinstance(head, (int, np.integer)) and 0 <= head < len(heads)):
            wanted = f"expected a token from 0 to {len(heads) - 1}"
            raise DataError(
                f"heads: {wanted} as the head of token {i}, got {head!r:.40}; count tokens from 0"
            )
    annotate.write_heads(reference, [i if head is None else int(head) for i, head in enumerate(heads)], None)


#: Writers of the annotations with one value per token.
_WRITERS: dict[str, Writer] = {
    "tags": _write_strings("TAG"),
    "pos": annotate.write_pos,
    "morphs": annotate.write_morphs,
    "lemmas": _write_strings("LEMMA"),
    "deps": _write_strings("DEP"),
    "sent_starts": annotate.write_sent_starts,
    "heads": _set_heads,
}


def _set_spans(reference: Doc, groups: Any) -> None:
    if not isinstance(groups, Mapping):
        raise DataError(
            f"spans: expected a dictionary, got {groups!r:.60}; write {{'key': [(start, end, label)]}}"
        )
    for key, entries in groups.items():
        spans = []
        for entry in entries:
            check_place(f"spans[{key!r:.40}]", entry, 2)
            start_char, end_char, *more = entry
            label, kb_id = (*more, "", "")[:2]
            span = reference.char_span(start_char, end_char, label=label, kb_id=kb_id)
            if span is None:
                where = f"({start_char}, {end_char}), {reference.text[start_char:end_char]!r}"
                wanted = "a span must begin and end where tokens do"
                raise DataError(f"spans[{key!r}]: {wanted}, got {where}; move it to token boundaries")
            spans.append(span)
        reference.spans[key] = spans


#: Writers of all other annotations.
_WHOLE: dict[str, Callable[[Doc, Any], None]] = {
    "entities": set_entities,
    "links": add_links,
    "spans": _set_spans,
}


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
