"""Convert JSON files: the training format of spaCy 2, or a list of records.

    [{"id": 0, "paragraphs": [{"raw": "...", "sentences": [{"tokens": [{"orth": "Anna", "ner": "U-PER"}]}]}]}]
    [["Anna lives here.", {"entities": [[0, 4, "PER"]]}]]            pairs, as in spaCy 2 programs
    [{"text": "Anna lives here.", "entities": [[0, 4, "PER"]]}]      see `pkg_records.record`

The entries of the outer list are parsed one at a time, so that only one is in memory as objects.
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
    """Read a JSON file as documents, one per paragraph or record.

    Args:
        path: The file, plain or compressed with gzip.
        ner_map: Maps entity labels to the labels to write instead; an empty string drops the entity.
        lang: Code of the language whose tokenizer to use for texts without tokens; "" for a language-independent one.
        vocab: The vocabulary of the documents; None uses that of `nlp`.
        nlp: The pipeline whose tokenizer to use; None creates a blank one.
        refuse: Called for malformed entries, which are then skipped; None raises at the first.

    Yields:
        The documents.

    Raises:
        DataError: The file cannot be read or is not JSON, or an entry is malformed: `file:line: what`, with the line on
            which the entry begins.
    """
    make_doc, vocab = tokenizing(nlp, lang, vocab)
    for number, entry in _entries(path):
        try:
            # All documents first: a malformed entry is skipped as a whole.
            docs = list(_docs(entry, make_doc, vocab, ner_map or {}))
        except DataError as error:
            refuse_or_raise(error.within(f"{path}:{number}"), json.dumps(entry, ensure_ascii=False), refuse)
        else:
            yield from docs


def _entries(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the entries of the outer list, or the single object, with the line numbers on which they begin."""
    text = "\n".join(read_lines(path))
    decode = json.JSONDecoder().raw_decode
    pos, number, counted_to = _skip_space(text, 0), 1, 0
    is_list = text[pos : pos + 1] == "["
    pos = _skip_space(text, pos + 1) if is_list else pos
    while not (is_list and text[pos : pos + 1] == "]"):
        number += text.count("\n", counted_to, pos)
        counted_to = pos
        try:
            entry, end = decode(text, pos)
        except json.JSONDecodeError as error:
            line = 1 + text.count("\n", 0, error.pos)
            around = text[error.pos : error.pos + 40]
            raise DataError(
                f"{path}:{line}: not JSON ({error.msg}), got {around!r:.80}; correct it"
            ) from None
        except (ValueError, RecursionError) as error:
            what = f"not readable as JSON ({type(error).__name__})"
            raise DataError(f"{path}:{number}: {what}, got {text[pos : pos + 40]!r}; correct it") from None
        yield number, entry
        pos = _skip_space(text, end)
        if not is_list:
            break
        if text[pos : pos + 1] == ",":
            pos = _skip_space(text, pos + 1)
        elif text[pos : pos + 1] != "]":
            line = 1 + text.count("\n", 0, pos)
            expected = "expected ',' or ']' after an entry"
            raise DataError(
                f"{path}:{line}: {expected}, got {text[pos : pos + 20]!r}; is the file truncated?"
            )
    pos = _skip_space(text, pos + is_list)
    if pos < len(text):
        line = 1 + text.count("\n", 0, pos)
        expected = "expected the end of the file"
        got = f"got {text[pos : pos + 20]!r}"
        raise DataError(f"{path}:{line}: {expected}, {got}; write a single list, or name the file .jsonl")


def _skip_space(text: str, pos: int) -> int:
    while pos < len(text) and text[pos] in _SPACE:
        pos += 1
    return pos


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
    annotation: dict[str, Any] = {
        key: [token.get(name) for token in tokens]
        for name, key in _KEYS.items()
        if any(token.get(name) for token in tokens)
    }
    if "deps" in annotation:
        annotation["deps"] = ["ROOT" if str(dep).lower() == "root" else dep for dep in annotation["deps"]]
    if any("head" in token for token in tokens):
        annotation["heads"] = [_head(i, token) for i, token in enumerate(tokens)]
    if any(token.get("ner") for token in tokens):
        annotation["entities"] = [mapped_tag(_tag(i, token), ner_map) for i, token in enumerate(tokens)]
    # The heads of a parsed document imply its sentences.
    annotation |= {"cats": cats} | ({} if "heads" in annotation else {"sent_starts": starts})
    return annotated_doc(Doc(vocab, words=words, spaces=_spaces(paragraph, tokens, words)), annotation)


def _spaces(paragraph: dict[str, Any], tokens: list[dict[str, Any]], words: list[str]) -> list[bool] | None:
    if all("space" in token for token in tokens):
        return [bool(token["space"]) for token in tokens]
    raw = paragraph.get("raw")
    return spaces_in_text(words, raw) if isinstance(raw, str) else None


def _tag(i: int, token: dict[str, Any]) -> str | None:
    tag = token.get("ner")
    if tag is None or isinstance(tag, str):
        return tag
    raise DataError(f"token {i}: ner: expected a tag such as B-PER, got {tag!r:.40}; write it in quotes")


def _head(i: int, token: dict[str, Any]) -> int | None:
    head = token.get("head")
    if head is None:
        return None
    if not isinstance(head, int):
        raise DataError(
            f"token {i}: head: expected a relative index such as -1, got {head!r:.40}; write an integer"
        )
    return i + head


def _listed(entry: dict[str, Any], key: str) -> list[Any]:
    value = entry.get(key)
    if not isinstance(value, list):
        raise DataError(f"{key}: expected a list, got {value!r:.60}; write one")
    return value


def recognises(head: list[str]) -> bool:
    """Return whether the first lines of a file are the beginning of spaCy 2's training format."""
    start = "".join(head).lstrip()
    return start[:1] in ("[", "{") and '"paragraphs"' in start


convert_json.recognises = recognises  # type: ignore[attr-defined]
