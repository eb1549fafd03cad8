"""Corpora in other formats, read through the converters that plugins give."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kernel.convert.readable_text import Sieve
from kernel.registry import registry
from kernel.tokens import Doc
from kernel.vocab import Vocab
from pkg_readers.paths import ending_of

PACKED = ".spacy"


def corpus_endings() -> list[str]:
    """The endings of files that a corpus may be made of: `.spacy` first, and one for each converter."""
    return [PACKED, *(f".{name}" for name in registry.converters.names())]


def converted(file: Path, nlp: Any, sieve: Sieve) -> Iterator[Doc]:
    """Read the documents of a file, one at a time; words and annotation that nobody has any more are forgotten.

    Args:
        file: The file.
        nlp: The pipeline whose vocabulary and tokenizer the documents are to have.
        sieve: Takes malformed parts, where the converter can leave any out.

    Raises:
        DataError: The file cannot be read, or a part is malformed and none is to be left out.
    """
    ending = ending_of(file, corpus_endings()) or ""
    convert = registry.get("converters", ending[1:])
    given = {"nlp": nlp, "vocab": nlp.vocab}
    if sieve.on_invalid != "fail":
        given["refuse"] = sieve.refuse
    takes = inspect.signature(convert).parameters
    docs: Iterable[Doc] = convert(file, **{name: value for name, value in given.items() if name in takes})
    return _forgotten(docs, nlp.vocab)


def _forgotten(docs: Iterable[Doc], vocab: Vocab) -> Iterator[Doc]:
    """Give documents whose words and annotation the vocabulary may forget once nobody has them, as those of packs."""
    remaining = iter(docs)
    while True:
        vocab.memory.tidy()
        with vocab.strings.open_zone():
            doc = next(remaining, None)
        if doc is None:
            return
        yield doc
