"""Split the text of files that do not mark sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from kernel.tokens import Doc
from pkg_iob.parse import TaggedSentence

_ENDS = frozenset(".!?…。！？｡।؟۔։჻෴។៕")
_CLOSES = frozenset("\"'”’»)]}›」』）")


def segmented(sentences: Iterable[TaggedSentence], base: Any = None) -> Iterator[TaggedSentence]:
    """Split sentences after `.`, `!`, `?` and similar marks, and the closing marks that follow them.

    Documents with several sentences are left as they are, since the file marks the sentences there.

    Args:
        sentences: The sentences of the file.
        base: A pipeline that determines the sentence starts instead.
    """
    starts = _starts_after_marks if base is None else partial(_starts_by_pipeline, base)
    previous: TaggedSentence | None = None
    is_marked = False
    for sentence in sentences:
        is_marked = not sentence.starts_document and (is_marked or previous is not None)
        if previous is not None:
            yield from (previous,) if is_marked else _cut(previous, starts(previous.words))
        previous = sentence
    if previous is not None:
        yield from (previous,) if is_marked else _cut(previous, starts(previous.words))


def _cut(sentence: TaggedSentence, starts: list[int]) -> Iterator[TaggedSentence]:
    for start, end in zip(starts, [*starts[1:], len(sentence.words)], strict=True):
        yield _part(sentence, start, end)


def _starts_by_pipeline(nlp: Any, words: list[str]) -> list[int]:
    return [sent.start for sent in nlp(Doc(nlp.vocab, words=words)).sents]


def _starts_after_marks(words: list[str]) -> list[int]:
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
