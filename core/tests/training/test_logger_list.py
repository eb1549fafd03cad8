"""Several loggers for one run: told in their order, and none spoils it for the others."""

from __future__ import annotations

import io
from typing import Any

import pytest

from kernel import blank
from kernel.errors import CheckpointError, ConfigError, LoggerFailed
from kernel.testing import step_info
from kernel.training.loggers.logger_list import LoggerList, chained

STOPPED = {"code": "max_steps", "reason": "max_steps 4 reached", "step": 4}


class Notes:
    """What one logger hears, which goes on where it was; it fails where it is told to."""

    def __init__(self, name: str, heard: list[Any], fails_at: tuple[Any, ...] = ()) -> None:
        self.name, self.heard, self.fails_at = name, heard, fails_at
        self.n_heard = 0

    def __call__(self, info: Any) -> None:
        self.hear(info and info["step"])
        self.n_heard += 1

    def hear(self, what: Any) -> None:
        if what in self.fails_at:
            raise ConnectionError("no route")
        self.heard.append((self.name, what))

    def close(self, stopped: Any = None) -> None:
        self.hear(stopped["code"])

    def state(self) -> int:
        return self.n_heard

    def restore(self, state: int) -> None:
        self.n_heard = state


def noting(name: str, heard: list[Any], *fails_at: Any, strict: bool = False) -> Any:
    """Make what a logger factory makes."""

    def setup(nlp: Any) -> Any:
        notes = Notes(name, heard, fails_at)
        notes.hear("begin")
        return notes, notes.close

    setup.strict = strict  # type: ignore[attr-defined]
    return setup


def begun(loggers: dict[str, Any], stderr: io.StringIO | None = None, **options: Any) -> LoggerList:
    """Begin with loggers as a run does."""
    setup = chained(loggers, "training.logger", **options)
    return setup(blank("xx"), io.StringIO(), io.StringIO() if stderr is None else stderr)[0]


def test_all_hear_of_the_steps_and_of_the_end_in_their_order() -> None:
    heard: list[Any] = []
    loggers = begun({"a": noting("a", heard), "b": noting("b", heard)})

    for info in (None, step_info(step=2)):
        loggers(info)
    loggers.close(STOPPED)

    assert heard == [(name, what) for what in ("begin", None, 2, "max_steps") for name in "ab"]


def test_one_that_is_null_is_left_out() -> None:
    heard: list[Any] = []

    begun({"a": None, "b": noting("b", heard)})

    assert heard == [("b", "begin")]


@pytest.mark.parametrize(
    ("loggers", "message"),
    [
        (
            {},
            "[training.logger]: expected loggers, got none; add a section [training.logger.NAME] with @loggers for "
            "each",
        ),
        (
            {"a": None},
            "[training.logger]: expected loggers, got none; add a section [training.logger.NAME] with @loggers for "
            "each",
        ),
        (
            {"console": {"path": "x"}},
            "[training.logger] console: expected a section with @loggers, got {'path': 'x'}",
        ),
    ],
)
def test_what_is_no_list_of_loggers_is_named(loggers: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        chained(loggers, "training.logger")

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("fails_at", "when"),
    [("begin", "during setup"), (2, "at step 2"), ("max_steps", "while finishing")],
)
def test_one_that_fails_is_named_by_its_section_and_the_others_hear_all(fails_at: Any, when: str) -> None:
    heard: list[Any] = []
    stderr = io.StringIO()
    loggers = begun({"bad": noting("bad", heard, fails_at), "good": noting("good", heard)}, stderr)

    for step in (2, 4):
        loggers(step_info(step=step))
    loggers.close(STOPPED)

    assert stderr.getvalue().splitlines()[0] == (
        f"warning: [training.logger.bad] the logger failed {when}, got ConnectionError: no route; training "
        "continues; set strict = true to stop instead"
    )
    assert [what for name, what in heard if name == "good"] == ["begin", 2, 4, "max_steps"]


def test_a_strict_one_that_fails_ends_the_run_by_its_name() -> None:
    heard: list[Any] = []
    loggers = begun({"easy": noting("easy", heard, 2), "hard": noting("hard", heard, 2, strict=True)})

    with pytest.raises(LoggerFailed) as caught:
        loggers(step_info(step=2))

    assert str(caught.value) == (
        "[training.logger.hard] the logger failed at step 2, got ConnectionError: no route; fix it, or set "
        "strict = false to train without it"
    )


def test_a_strict_list_is_strict_for_each() -> None:
    with pytest.raises(LoggerFailed, match=r"^\[training\.logger\.easy\] .* during setup"):
        begun({"easy": noting("easy", [], "begin")}, strict=True)


@pytest.mark.parametrize(
    ("strict", "of_one", "expected"), [(False, False, False), (True, False, True), (False, True, True)]
)
def test_the_list_says_whether_any_of_them_is_strict(strict: bool, of_one: bool, expected: bool) -> None:
    loggers = {"a": noting("a", []), "b": noting("b", [], strict=of_one)}

    assert chained(loggers, "training.logger", strict=strict).strict is expected  # type: ignore[attr-defined]


def test_a_strict_one_that_fails_at_the_end_is_heard_when_all_have_ended() -> None:
    heard: list[Any] = []
    names = ("first", "second")
    bad = {name: noting(name, heard, "max_steps", strict=True) for name in names}
    loggers = begun({**bad, "last": noting("last", heard)})

    with pytest.raises(LoggerFailed, match=r"^\[training\.logger\.first\] the logger failed while finishing"):
        loggers.close(STOPPED)

    assert heard[-1] == ("last", "max_steps")


def test_all_are_closed_where_a_strict_one_raises_an_error_of_its_own() -> None:
    def cannot_write(nlp: Any) -> Any:
        def close() -> None:
            raise CheckpointError("log.txt: cannot be written")

        return lambda info: None, close

    cannot_write.strict = True  # type: ignore[attr-defined]
    heard: list[Any] = []
    loggers = begun({"first": cannot_write, "last": noting("last", heard)})

    with pytest.raises(CheckpointError, match=r"log\.txt: cannot be written"):
        loggers.close(STOPPED)

    assert heard[-1] == ("last", "max_steps")


def test_each_goes_on_where_one_of_its_name_was() -> None:
    before = begun({"a": noting("a", []), "b": noting("b", [])})
    before(step_info(step=2))
    after = begun({"b": noting("b", []), "new": noting("new", [])})

    after.restore(before.state())

    state = {name: told["state"] for name, told in after.state().items()}
    assert state == {"b": 1, "new": 0}
