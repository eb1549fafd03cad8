"""Read corpora in other formats through the converters of plugins."""

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
    """Return the file extensions of a corpus: `.spacy` first, then one per converter."""
    return [PACKED, *(f".{name}" for name in registry.converters.names())]


def converted(file: Path, nlp: Any, sieve: Sieve) -> Iterator[Doc]:
    """Read the documents of a file, one at a time, and free the strings of documents that are no longer in use.

    Args:
        file: The file.
        nlp: The pipeline whose vocabulary and tokenizer to use.
        sieve: Receives malformed parts, if the converter can skip them.

    Raises:
        DataError: The file cannot be read, or a part is malformed and `on_invalid` is "fail".
    """
    ending = ending_of(file, corpus_endings()) or ""
    convert = registry.get("converters", ending[1:])
    options = {"nlp": nlp, "vocab": nlp.vocab}
    if sieve.on_invalid != "fail":
        options["refuse"] = sieve.refuse
    accepted = inspect.signature(convert).parameters
    docs: Iterable[Doc] = convert(
        file, **{name: value for name, value in options.items() if name in accepted}
    )
    return _with_freed_strings(docs, nlp.vocab)


def _with_freed_strings(docs: Iterable[Doc], vocab: Vocab) -> Iterator[Doc]:
    """Yield documents whose strings the vocabulary may free once the documents are gone, as with `.spacy` files."""
    remaining = iter(docs)
    while True:
        vocab.memory.tidy()
        with vocab.strings.open_zone():
            doc = next(remaining, None)
        if doc is None:
            return
        yield doc
