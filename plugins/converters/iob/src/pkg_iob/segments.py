"""Sentences in files that do not mark them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pkg_iob.parse import Sentence

_ENDS = frozenset(".!?…。！？｡।؟۔։჻෴។៕")
_CLOSES = frozenset("\"'”’»)]}›」』）")


def segmented(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """Cut what the file has as one sentence behind `.`, `!`, `?` and their like, and the closing marks that follow.

    A file that has several sentences to a document is left as it is: it marks them.
    """
    waiting: Sentence | None = None
    is_marked = False
    for sentence in sentences:
        is_marked = not sentence.starts_document and (is_marked or waiting is not None)
        if waiting is not None:
            yield from (waiting,) if is_marked else _cut(waiting)
        waiting = sentence
    if waiting is not None:
        yield from (waiting,) if is_marked else _cut(waiting)


def _cut(sentence: Sentence) -> Iterator[Sentence]:
    start = 0
    for end in range(1, len(sentence.words) + 1):
        is_last = end == len(sentence.words)
        if is_last or (_has_ended(sentence.words[start:end]) and sentence.words[end] not in _CLOSES):
            yield _part(sentence, start, end)
            start = end


def _has_ended(words: list[str]) -> bool:
    i = len(words) - 1
    while i > 0 and words[i] in _CLOSES:
        i -= 1
    return words[i][-1:] in _ENDS and set(words[i]) <= _ENDS


def _part(sentence: Sentence, start: int, end: int) -> Sentence:
    return Sentence(
        sentence.words[start:end],
        sentence.tags[start:end],
        sentence.pos[start:end],
        starts_document=sentence.starts_document and start == 0,
    )
