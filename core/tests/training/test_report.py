"""What loggers are told, also those written for the documentation's example."""

from __future__ import annotations

import io
from typing import Any, Optional

import pytest

from kernel.errors import ConfigError
from kernel.training.loggers.report import Report, as_info
from kernel.training.run import Header, Step

HEADER = Header(["tagger"], [], [], 0.1)
PLAIN = Step(0, 1, {"tagger": 1.5}, 10, 2.9)
EVALUATED = Step(1, 2, {"tagger": 1.5}, 20, 3.9, 0.5, {"tag_acc": 0.5}, True, ((0.5, 2, 1),))


def report(log_step, setup=None):
    return Report(
        setup or (lambda nlp, stdout, stderr: (log_step, lambda: None)),
        HEADER,
        None,
        io.StringIO(),
        io.StringIO(),
    )


def test_a_logger_that_asks_for_the_header_is_given_it():
    given = []

    def setup(nlp, stdout, stderr, header=None):
        given.append(header)
        return lambda info: None, lambda: None

    report(None, setup)

    assert given == [HEADER]


def test_a_logger_that_needs_the_header_is_given_its_streams_too():
    given = []

    def positional(nlp, stdout, stderr, header):
        given.append((type(stdout), header))
        return lambda info: None, lambda: None

    def keyword_only(nlp, stdout, stderr, *, header):
        return positional(nlp, stdout, stderr, header)

    report(None, positional)
    report(None, keyword_only)

    assert given == [(io.StringIO, HEADER)] * 2


def test_the_dictionary_has_the_keys_that_loggers_are_written_against():
    assert as_info(EVALUATED, "out/model-last") == {
        "epoch": 1,
        "step": 2,
        "score": 0.5,
        "other_scores": {"tag_acc": 0.5},
        "losses": {"tagger": 1.5},
        "checkpoints": [(0.5, 2, 1)],
        "seconds": 3,
        "words": 20,
        "output_path": "out/model-last",
    }


def test_a_logger_gets_none_between_evaluations():
    seen = []
    tell = report(seen.append)

    tell(PLAIN)
    tell(EVALUATED)

    assert seen == [None, as_info(EVALUATED)]


def test_a_logger_that_declares_a_dictionary_gets_nothing_else():
    seen = []

    def log_step(info: dict[str, Any]) -> None:
        seen.append(info["step"])

    tell = report(log_step)
    tell(PLAIN)
    tell(EVALUATED)

    assert seen == [2]


def test_a_logger_that_declares_that_it_takes_none_gets_it():
    seen = []

    def log_step(info: Optional[dict[str, Any]]) -> None:  # noqa: UP045
        seen.append(info)

    report(log_step)(PLAIN)

    assert seen == [None]


def test_a_logger_may_take_the_pipeline_alone():
    seen = []

    tell = report(None, setup=lambda nlp: (seen.append, lambda: None))
    tell(EVALUATED)

    assert seen[0]["step"] == 2


def test_a_logger_that_returns_something_else_is_a_mistake():
    with pytest.raises(ConfigError) as caught:
        report(None, setup=lambda nlp: None)

    assert str(caught.value) == (
        "[training.logger]: the logger must return (log_step, finalize), got NoneType"
    )
