"""A chain tells all its loggers, and none of them can spoil it for the others."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from kernel.config.format.document import Config
from kernel.config.resolve import resolve
from kernel.errors import ConfigError, LoggerFailed
from kernel.testing.runs.loggers import check_logger, step_info
from kernel.training.loggers.guarded_logger import GuardedLogger
from pkg_chain.logger import chain_logger
from pkg_jsonl.logger import jsonl_logger

nlp = SimpleNamespace(pipeline=[("tok2vec", None), ("tagger", None)])


class Notes:
    """A logger that remembers, and fails at some steps."""

    def __init__(self, *bad_steps: int) -> None:
        self.bad_steps = bad_steps
        self.steps: list[int] = []
        self.stopped = None

    def __call__(self, nlp, stdout, stderr):
        return self.log_step, self.finalize

    def log_step(self, info):
        if info is not None:
            if info["step"] in self.bad_steps:
                raise ConnectionError("no route")
            self.steps.append(info["step"])

    def finalize(self, stopped=None):
        self.stopped = stopped


def watched(setup, *steps: int) -> str:
    """Let a run of these steps be watched, and give what stderr says."""
    stderr = io.StringIO()
    watch = GuardedLogger(setup, nlp, io.StringIO(), stderr)
    for step in steps:
        watch(step_info(step=step))
    watch.close({"code": "max_steps", "reason": "max_steps reached", "step": steps[-1]})
    return stderr.getvalue()


def test_it_behaves_as_every_logger_must(tmp_path):
    log = jsonl_logger(str(tmp_path / "log.jsonl"))

    assert check_logger(chain_logger(log=log, notes=Notes()), nlp) == ("", "")


def test_all_are_called_for_every_step_and_at_the_end():
    first, second = Notes(), Notes()

    watched(chain_logger(first=first, second=second), 20, 40)

    assert first.steps == second.steps == [20, 40]
    assert (
        first.stopped
        == second.stopped
        == {
            "code": "max_steps",
            "reason": "max_steps reached",
            "step": 40,
        }
    )


def test_one_that_fails_is_named_once_and_spoils_nothing_for_the_others():
    bad, good = Notes(20, 40), Notes()

    said = watched(chain_logger(bad=bad, good=good), 20, 40, 60)

    assert said == (
        "warning: [training.logger.bad] the logger failed at step 20, got ConnectionError: no route; "
        "training continues; set strict = true to stop instead\n"
        "note: [training.logger.bad] 2 evaluations, from step 20 on, were not logged\n"
    )
    assert (bad.steps, good.steps) == ([60], [20, 40, 60])


def test_a_strict_chain_ends_the_run():
    with pytest.raises(LoggerFailed, match=r"^\[training.logger.bad\] the logger failed at step 40"):
        watched(chain_logger(strict=True, good=Notes(), bad=Notes(40)), 20, 40)


def test_one_of_a_chain_may_be_strict_alone():
    blocks = {"@loggers": "kernel.ChainLogger.v1"}
    blocks["log"] = {"@loggers": "kernel.JsonlLogger.v1", "path": "log.jsonl", "strict": True}
    blocks["console"] = {"@loggers": "kernel.ConsoleLogger.v1"}

    setup = resolve(Config({"training": {"logger": blocks}}), "training.logger")

    assert setup.strict
    assert not resolve(
        Config({"training": {"logger": {**blocks, "log": blocks["console"]}}}), "training.logger"
    ).strict


def test_each_logger_continues_its_log(tmp_path):
    path = tmp_path / "log.jsonl"

    def begun():
        return GuardedLogger(
            chain_logger(notes=Notes(), log=jsonl_logger(str(path))), nlp, io.StringIO(), io.StringIO()
        )

    watch = begun()
    watch(step_info(step=20))
    state = watch.state()
    watch(step_info(step=40))
    watch.close()
    watch = begun()
    watch.restore(state)
    watch(step_info(step=40))
    watch.close()

    lines = path.read_text("utf-8").splitlines()
    assert [line.partition('"step": ')[2][:2] for line in lines] == ["", "20", "40"]


def test_one_that_is_null_is_left_out():
    notes = Notes()

    watched(chain_logger(logger1=None, logger2=notes), 20)

    assert notes.steps == [20]


@pytest.mark.parametrize("parts", [{}, {"logger1": None}, {"console": {"path": "x"}}])
def test_what_is_no_chain_is_a_mistake(parts):
    with pytest.raises(ConfigError, match="@loggers"):
        chain_logger(**parts)
