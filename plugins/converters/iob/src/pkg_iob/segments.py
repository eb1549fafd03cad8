"""Sentences in files that do not mark them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from kernel.tokens import Doc
from pkg_iob.parse import TaggedSentence

_ENDS = frozenset(".!?…。！？｡।؟۔։჻෴។៕")
_CLOSES = frozenset("\"'”’»)]}›」』）")


def segmented(sentences: Iterable[TaggedSentence], base: Any = None) -> Iterator[TaggedSentence]:
    """Cut what the file has as one sentence behind `.`, `!`, `?` and their like, and the closing marks that follow.

    A file that has several sentences to a document is left as it is: it marks them.

    Args:
        sentences: The sentences of the file.
        base: A pipeline that says where sentences begin instead.
    """
    starts = _behind_marks if base is None else partial(_found_by, base)
    waiting: TaggedSentence | None = None
    is_marked = False
    for sentence in sentences:
        is_marked = not sentence.starts_document and (is_marked or waiting is not None)
        if waiting is not None:
            yield from (waiting,) if is_marked else _cut(waiting, starts(waiting.words))
        waiting = sentence
    if waiting is not None:
        yield from (waiting,) if is_marked else _cut(waiting, starts(waiting.words))


def _cut(sentence: TaggedSentence, starts: list[int]) -> Iterator[TaggedSentence]:
    for start, end in zip(starts, [*starts[1:], len(sentence.words)], strict=True):
        yield _part(sentence, start, end)


def _found_by(nlp: Any, words: list[str]) -> list[int]:
    return [sent.start for sent in nlp(Doc(nlp.vocab, words=words)).sents]


def _behind_marks(words: list[str]) -> list[int]:
    starts = [0]
    for i in range(1, len(words)):
        if words[i] not in _CLOSES and _has_ended(words, starts[-1], i):
            starts.append(i)
    return starts


def _has_ended(words: list[str], start: int, end: int) -> bool:
    i = end - 1
    while i > start and words[i] in _CLOSES:
        i -= 1
    return words[i][-1:] in _ENDS and set(words[i]) <= _ENDS


def _part(sentence: TaggedSentence, start: int, end: int) -> TaggedSentence:
    return TaggedSentence(
        sentence.words[start:end],
        sentence.tags[start:end],
        sentence.pos[start:end],
        starts_document=sentence.starts_document and start == 0,
    )
