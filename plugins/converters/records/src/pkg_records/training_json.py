"""JSON files: the training format of spaCy 2, or a list of records.

    [{"id": 0, "paragraphs": [{"raw": "...", "sentences": [{"tokens": [{"orth": "Anna", "ner": "U-PER"}]}]}]}]
    [["Anna lives here.", {"entities": [[0, 4, "PER"]]}]]            also as spaCy 2 programs have it
    [{"text": "Anna lives here.", "entities": [[0, 4, "PER"]]}]      see `pkg_records.record`

The entries of the outer list are read one at a time, so that only one is in memory as objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.convert.readable_text import Refuse, refuse_or_raise
from kernel.errors import DataError
from kernel.text.base.lines import read_lines
from kernel.text.gold.annotations import annotated_doc, spaces_in_text
from kernel.tokens import Doc
from kernel.vocab import Vocab
from pkg_records.pipeline import tokenizing
from pkg_records.record import MakeDoc, as_record, mapped_tag, record_doc

_KEYS = {"tag": "tags", "pos": "pos", "morph": "morphs", "lemma": "lemmas", "dep": "deps"}
_SPACE = " \t\r\n"


def convert_json(
    path: Path,
    *,
    ner_map: Mapping[str, str] | None = None,
    lang: str = "",
    vocab: Vocab | None = None,
    nlp: Any = None,
    refuse: Refuse | None = None,
) -> Iterator[Doc]:
    """Read a JSON file as documents, one a paragraph or record.

    Args:
        path: The file, plain or compressed with gzip.
        ner_map: Entity labels to the labels to write instead; an empty string drops the entity.
        lang: Code of the language whose tokenizer makes the tokens where the file has none; any language unless given.
        vocab: Where the documents' words are stored; that of `nlp` unless given.
        nlp: The pipeline whose tokenizer makes the tokens; a blank one unless given.
        refuse: Takes malformed entries, which are left out; None: the first one raises.

    Raises:
        DataError: The file cannot be read, is no JSON, or an entry is malformed: `file:line: what`, where the line is
            that on which the entry begins.
    """
    make_doc, vocab = tokenizing(nlp, lang, vocab)
    for number, entry in _entries(path):
        try:
            # A list first: an entry is left out whole.
            docs = list(_docs(entry, make_doc, vocab, ner_map or {}))
        except DataError as error:
            refuse_or_raise(error.within(f"{path}:{number}"), json.dumps(entry, ensure_ascii=False), refuse)
        else:
            yield from docs


def _entries(path: Path) -> Iterator[tuple[int, Any]]:
    """Read the entries of the outer list, or the one object that there is, with the lines on which they begin."""
    text = "\n".join(read_lines(path))
    decode = json.JSONDecoder().raw_decode
    place, number, counted = _skip(text, 0), 1, 0
    is_list = text[place : place + 1] == "["
    place = _skip(text, place + 1) if is_list else place
    while not (is_list and text[place : place + 1] == "]"):
        number += text.count("\n", counted, place)
        counted = place
        try:
            entry, end = decode(text, place)
        except json.JSONDecodeError as error:
            line = 1 + text.count("\n", 0, error.pos)
            around = text[error.pos : error.pos + 40]
            raise DataError(
                f"{path}:{line}: not JSON ({error.msg}), got {around!r:.80}; correct it"
            ) from None
        except (ValueError, RecursionError) as error:
            what = f"not JSON that can be read ({type(error).__name__})"
            raise DataError(
                f"{path}:{number}: {what}, got {text[place : place + 40]!r}; correct it"
            ) from None
        yield number, entry
        place = _skip(text, end)
        if not is_list:
            break
        if text[place : place + 1] == ",":
            place = _skip(text, place + 1)
        elif text[place : place + 1] != "]":
            line = 1 + text.count("\n", 0, place)
            wanted = "expected ',' or ']' behind an entry"
            raise DataError(
                f"{path}:{line}: {wanted}, got {text[place : place + 20]!r}; is the file cut off?"
            )
    place = _skip(text, place + is_list)
    if place < len(text):
        line = 1 + text.count("\n", 0, place)
        wanted = "expected the end of the file, or is this .jsonl?"
        raise DataError(f"{path}:{line}: {wanted}, got {text[place : place + 20]!r}; write one list")


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place


def _docs(entry: Any, make_doc: MakeDoc, vocab: Vocab, ner_map: Mapping[str, str]) -> Iterator[Doc]:
    entry = as_record(entry)
    if not isinstance(entry, dict) or "paragraphs" not in entry:
        yield record_doc(entry, make_doc, vocab, ner_map)
        return
    for i, paragraph in enumerate(_listed(entry, "paragraphs")):
        try:
            yield _paragraph(paragraph, make_doc, vocab, ner_map)
        except DataError as error:
            raise DataError(f"paragraph {i}: {error}") from None


def _paragraph(paragraph: Any, make_doc: MakeDoc, vocab: Vocab, ner_map: Mapping[str, str]) -> Doc:
    if not isinstance(paragraph, dict):
        raise DataError(f"expected an object with sentences, got {paragraph!r:.60}; write one")
    cats = {}
    for cat in _listed(paragraph, "cats") if paragraph.get("cats") else ():
        if not isinstance(cat, dict) or "label" not in cat:
            raise DataError(f"cats: expected objects with label and value, got {cat!r:.60}; write them")
        cats[str(cat["label"])] = cat.get("value")
    if not paragraph.get("sentences"):
        record = {"text": paragraph.get("raw"), "entities": paragraph.get("entities"), "cats": cats}
        return record_doc(record, make_doc, vocab, ner_map)
    tokens, starts = [], []
    for i, sentence in enumerate(_listed(paragraph, "sentences")):
        if not isinstance(sentence, dict):
            raise DataError(f"sentence {i}: expected an object with tokens, got {sentence!r:.60}; write one")
        of_sentence = _listed(sentence, "tokens")
        for k, token in enumerate(of_sentence):
            if not isinstance(token, dict) or not isinstance(token.get("orth"), str):
                raise DataError(
                    f"sentence {i}, token {k}: expected an object with orth, got {token!r:.60}; write it"
                )
        tokens += of_sentence
        starts += [True] + [False] * (len(of_sentence) - 1) if of_sentence else []
    words = [token["orth"] for token in tokens]
    given: dict[str, Any] = {
        key: [token.get(name) for token in tokens]
        for name, key in _KEYS.items()
        if any(token.get(name) for token in tokens)
    }
    if "deps" in given:
        given["deps"] = ["ROOT" if str(dep).lower() == "root" else dep for dep in given["deps"]]
    if any("head" in token for token in tokens):
        given["heads"] = [_head(i, token) for i, token in enumerate(tokens)]
    if any(token.get("ner") for token in tokens):
        given["entities"] = [mapped_tag(_tag(i, token), ner_map) for i, token in enumerate(tokens)]
    # The sentences of a parsed document follow from the heads.
    given |= {"cats": cats} | ({} if "heads" in given else {"sent_starts": starts})
    return annotated_doc(Doc(vocab, words=words, spaces=_spaces(paragraph, tokens, words)), given)


def _spaces(paragraph: dict[str, Any], tokens: list[dict[str, Any]], words: list[str]) -> list[bool] | None:
    if all("space" in token for token in tokens):
        return [bool(token["space"]) for token in tokens]
    raw = paragraph.get("raw")
    return spaces_in_text(words, raw) if isinstance(raw, str) else None


def _tag(i: int, token: dict[str, Any]) -> str | None:
    tag = token.get("ner")
    if tag is None or isinstance(tag, str):
        return tag
    raise DataError(f"token {i}: ner is a tag such as B-PER, got {tag!r:.40}; write it in quotes")


def _head(i: int, token: dict[str, Any]) -> int | None:
    head = token.get("head")
    if head is None:
        return None
    if not isinstance(head, int):
        raise DataError(
            f"token {i}: head is the way to another token, such as -1, got {head!r:.40}; write a number"
        )
    return i + head


def _listed(given: dict[str, Any], key: str) -> list[Any]:
    value = given.get(key)
    if not isinstance(value, list):
        raise DataError(f"{key}: expected a list, got {value!r:.60}; write one")
    return value


def recognises(head: list[str]) -> bool:
    """Whether the first lines of a file are the beginning of the training format of spaCy 2."""
    start = "".join(head).lstrip()
    return start[:1] in ("[", "{") and '"paragraphs"' in start


convert_json.recognises = recognises  # type: ignore[attr-defined]
