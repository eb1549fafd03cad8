"""Lines of words and tags as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from kernel import Example
from kernel.tokens import Doc
from kernel.vocab import Vocab

LINES = ["a/ONE bb/TWO", "cc/TWO d/ONE e/ONE", "ff/TWO", "g/ONE hh/TWO"]


def lines(n: int = 4) -> Callable[[Any], Iterator[Example]]:
    """Read the lines of this module."""

    def read(nlp: Any) -> Iterator[Example]:
        for line in LINES[:n]:
            words, tags = zip(*(pair.split("/") for pair in line.split()), strict=True)
            yield Example.from_dict(nlp.make_doc(" ".join(words)), {"tags": list(tags)})

    return read


def twice() -> Callable[[Any, Example], Iterator[Example]]:
    """Give every example twice."""

    def augment(nlp: Any, example: Example) -> Iterator[Example]:
        yield example
        yield example

    return augment


def pairs() -> Callable[[Iterable[Any]], Iterator[list[Any]]]:
    """Make batches of two."""

    def batch(items: Iterable[Any]) -> Iterator[list[Any]]:
        held: list[Any] = []
        for item in items:
            held.append(item)
            if len(held) == 2:
                yield held
                held = []
        if held:
            yield held

    return batch


def convert(path: Path, *, n_sents: int = 1) -> Iterator[Doc]:
    """Read a file of lines."""
    vocab = Vocab()
    for line in path.read_text("utf-8").splitlines():
        words, tags = zip(*(pair.split("/") for pair in line.split()), strict=True)
        yield Doc(vocab, words=list(words), tags=list(tags))
