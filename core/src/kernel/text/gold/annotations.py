"""A dictionary of gold annotations to a document, as `Example.from_dict` takes it.

    words, spaces                                     the tokens, where they differ from the predicted ones
    tags, pos, morphs, lemmas, heads, deps            one value a token; None or "" where unknown
    sent_starts                                       True or 1, False or -1; None or 0 where unknown
    entities                                          BILUO tags, or (start, end, label[, kb_id]) in characters
    spans                                             key to a list of (start, end[, label[, kb_id]])
    cats                                              label to number
    links                                             (start, end) of an entity to {kb_id: probability}
    text                                              the text that the offsets refer to

The keys may also stand as spaCy's `Example.to_dict` nests them: under `token_annotation`, by attribute name
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
    """Make the reference document that a dictionary describes.

    Args:
        predicted: Gives the tokens where the dictionary does not, and the text.
        annotations: See the head of this module.

    Raises:
        DataError: A key is unknown, or its values do not fit; the message begins with the key.
    """
    given = _flatten(annotations)
    _check_text(predicted, given)
    key = "words"
    try:
        reference = _tokens(predicted, given)
        for key, write in _WRITERS.items():
            if key not in given:
                continue
            values = _one_per_token(key, given[key], len(reference))
            # A list in which nothing is known leaves the document without this annotation.
            if any(value is not None and (value != "" or key == "morphs") for value in values):
                write(reference, values)
        for key, write_whole in _WHOLE.items():
            if given.get(key) is not None:
                write_whole(reference, given[key])
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{key}: expected values such as Example.from_dict takes, got {given.get(key)!r:.80} "
            f"({messages.reason(error)}); correct them"
        ) from None
    if "cats" in given:
        reference.cats = {label: float(value) for label, value in checked_cats(given["cats"]).items()}
    return reference


def _flatten(annotations: Annotations) -> dict[str, Any]:
    if not isinstance(annotations, Mapping):
        raise DataError(
            f"annotations: expected a dictionary, got {annotations!r:.60}; write such as {{'tags': [...]}}"
        )
    flat = dict(annotations)
    for key in _NESTED_KEYS:
        nested = flat.pop(key, None) or {}
        if not isinstance(nested, Mapping):
            raise DataError(f"{key}: expected a dictionary, got {nested!r:.60}; write one")
        flat.update(nested)
    given = {_KEY_OF.get(key, key): value for key, value in flat.items() if value is not None}
    for key in given:
        if key not in _KEYS:
            near = did_you_mean(str(key), _KEYS) or f"; the keys are {', '.join(_KEYS)}"
            raise DataError(f"annotations: no annotation is called so, got {key!r:.80}{near}")
    return given


def _check_text(predicted: Doc, given: Annotations) -> None:
    if "text" in given and not isinstance(given["text"], str):
        raise DataError(f"text: expected text, got {given['text']!r:.60}; write it in quotes")
    if "text" in given and given["text"].split() != predicted.text.split():
        wanted = f"expected the text of the document, {predicted.text!r:.60}"
        raise DataError(f"text: {wanted}, got {given['text']!r:.60}; make the document from this text")


def _tokens(predicted: Doc, given: Annotations) -> Doc:
    if "words" not in given:
        spaces = predicted.column("SPACY")
        if "spaces" in given:
            spaces = np.array(_one_per_token("spaces", given["spaces"], len(predicted)), dtype=bool)
        unknown = predicted.has_unknown_spaces and "spaces" not in given
        return Doc.from_rows(predicted.vocab, predicted.rows, spaces.copy(), unknown_spaces=unknown)
    words = list(given["words"])
    own = predicted.words
    if words != own:
        _check_words(own, words)
    if "spaces" in given:
        spaces = np.array(_one_per_token("spaces", given["spaces"], len(words)), dtype=bool)
        with predicted.vocab.memory:
            rows = predicted.rows if words == own else predicted.vocab.rows(words)
            return Doc.from_rows(predicted.vocab, rows, spaces)
    return Doc(predicted.vocab, words=words, spaces=spaces_in_text(words, predicted.text))


def _check_words(own: list[str], words: list[Any]) -> None:
    """See that words are strings and spell the text of the document."""
    if not all(isinstance(word, str) for word in words):
        odd = next(word for word in words if not isinstance(word, str))
        raise DataError(f"words: expected strings, got {odd!r:.80}; write one string a token")
    try:
        check_same_text(own, words)
    except DataError as error:
        raise DataError(f"words: not those of the document's text; {error}") from None


def spaces_in_text(words: Sequence[str], text: str) -> list[bool] | None:
    """Read off a text after which of its words a space follows.

    Returns:
        One value a word, or None where the text is not these words with at most one space between them.
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
        listed = values
    elif isinstance(values, str) or not isinstance(values, Iterable):
        raise DataError(f"{key}: expected a list, got {values!r:.60}; give one value for each token")
    else:
        listed = list(values)
    if len(listed) != n_tokens:
        raise DataError(f"{key}: {len(listed)} values for {n_tokens} tokens; give one for each")
    return listed


def _write_strings(column: str) -> Writer:
    return lambda doc, values: annotate.write_strings(doc, column, values)


def _set_heads(reference: Doc, heads: list[Any]) -> None:
    """Write the heads; a token whose head is unknown gets itself as its head."""
    places = np.asarray(heads)
    if (
        places.ndim == 1
        and places.dtype.kind in "iu"
        and not np.count_nonzero((places < 0) | (places >= len(heads)))
    ):
        annotate.adopt_heads(reference, places)
        return
    for i, head in enumerate(heads):
        if head is not None and not (isinstance(head, (int, np.integer)) and 0 <= head < len(heads)):
            wanted = f"expected a token from 0 to {len(heads) - 1}"
            raise DataError(
                f"heads: {wanted} as the head of token {i}, got {head!r:.40}; count tokens from 0"
            )
    annotate.write_heads(reference, [i if head is None else int(head) for i, head in enumerate(heads)], None)


#: Annotations that are one column each, and what writes them.
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
    for key, given in groups.items():
        spans = []
        for place in given:
            check_place(f"spans[{key!r:.40}]", place, 2)
            start_char, end_char, *more = place
            label, kb_id = (*more, "", "")[:2]
            span = reference.char_span(start_char, end_char, label=label, kb_id=kb_id)
            if span is None:
                where = f"({start_char}, {end_char}), {reference.text[start_char:end_char]!r}"
                wanted = "a span begins and ends where tokens do"
                raise DataError(f"spans[{key!r}]: {wanted}, got {where}; shift it to whole tokens")
            spans.append(span)
        reference.spans[key] = spans


#: What is not one value a token.
_WHOLE: dict[str, Callable[[Doc, Any], None]] = {
    "entities": set_entities,
    "links": add_links,
    "spans": _set_spans,
}
