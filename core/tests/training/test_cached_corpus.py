"""A corpus that is held in memory."""

from __future__ import annotations

import logging
from itertools import count, islice
from typing import Any

import pytest

from kernel.training import cached_corpus


def test_it_is_read_once() -> None:
    readings = count()
    corpus = cached_corpus.CachedCorpus(lambda nlp: iter([next(readings)]))  # type: ignore[arg-type,list-item,return-value]

    assert list(corpus(None)) == list(corpus(None)) == [0]


def test_a_corpus_that_may_have_no_end_is_told_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cached_corpus, "MANY", 3)
    endless: Any = count()

    with caplog.at_level(logging.WARNING, logger="kernel"):
        given = list(islice(cached_corpus.with_warning(endless), 10))

    assert given == list(range(10))
    assert [record.getMessage() for record in caplog.records] == [
        "[training]: 3 examples read so far; if the corpus is endless, set max_epochs = -1 to "
        "read it as a stream"
    ]


def test_a_corpus_with_an_end_is_told_of_never(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="kernel"):
        list(cached_corpus.CachedCorpus(lambda nlp: iter(range(10)))(None))  # type: ignore[arg-type,return-value]

    assert caplog.records == []
