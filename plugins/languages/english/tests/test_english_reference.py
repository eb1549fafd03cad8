"""Tokens and word attributes against those of spaCy 3.8.18, in the files of $KERNEL_DATA."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pkg_english.language import English

DATA = os.environ.get("KERNEL_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="KERNEL_DATA names no folder")

NLP = English()


def lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(Path(str(DATA)) / "interop" / name, "rt", encoding="utf8") as file:
        yield from map(json.loads, file)


def test_tokens_and_spaces_are_the_reference_s() -> None:
    reference = list(lines("tokenization_en.jsonl.gz"))
    docs = NLP.tokenizer.pipe(line["text"] for line in reference)
    n_tokens = n_same = 0
    for doc, line in zip(docs, reference, strict=True):
        expected = spans(line["words"], line["spaces"])
        n_tokens += len(expected)
        n_same += len(expected & spans([token.text for token in doc], [bool(t.whitespace_) for t in doc]))
    assert n_tokens > 50_000
    assert n_same / n_tokens >= 0.9995


def spans(words: list[str], spaces: list[bool]) -> set[tuple[int, str, bool]]:
    """Place the tokens of a text: where each starts, the token, whether a space follows."""
    placed = set()
    start = 0
    for word, space in zip(words, spaces, strict=True):
        placed.add((start, word, space))
        start += len(word) + space
    return placed


def test_words_have_the_reference_s_forms_and_flags() -> None:
    differing = []
    for line in lines("lexemes_en.jsonl.gz"):
        lexeme = NLP.vocab[line["orth"]]
        ours = {"id": lexeme.orth, **{name: getattr(lexeme, f"{name}_") for name in FORMS}}
        flags = {name: getattr(lexeme, name) for name in line["flags"]}
        if ours != {name: line[name] for name in ours} or flags != line["flags"]:
            differing.append(line["orth"])
    assert differing == []


FORMS = ("orth", "lower", "norm", "shape", "prefix", "suffix")
