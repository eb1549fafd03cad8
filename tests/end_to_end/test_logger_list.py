"""A list of loggers, `[training.logger.*.NAME]`: told in their order, each failing and going on for itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kernel
from kernel import Config
from kernel.config import fill_config
from kernel.errors import ConfigError, LoggerFailed
from kernel.tokens import Doc, DocBin
from kernel.training import train

LISTED = """
[training.logger]

[training.logger.*.first]
@loggers = "toy.Notes.v1"
name = "first"

[training.logger.*.second]
@loggers = "toy.Notes.v1"
name = "second"

[training.logger.*.file]
@loggers = "kernel.JsonlLogger.v1"
path = "{path}"
"""
CHAIN = LISTED.replace(".*.", ".").replace(
    "[training.logger]\n", '[training.logger]\n@loggers = "kernel.ChainLogger.v1"\n'
)
CONFIG = """
[nlp]
lang = "xx"
pipeline = []

[components]

[training]
max_steps = 4
eval_frequency = 2
patience = 0
"""

Run = Callable[..., Any]
#: What the loggers below heard, and of which step they fail.
HEARD: list[tuple[str, int]] = []


@kernel.registry.loggers("toy.Notes.v1")
def notes(name: str, bad_step: int = -1) -> Any:
    def setup_logger(nlp: Any) -> Any:
        def log_step(info: dict[str, Any]) -> None:
            if info["step"] == bad_step:
                raise ConnectionError("no route")
            HEARD.append((name, info["step"]))

        return log_step, lambda: None

    return setup_logger


@pytest.fixture
def run(tmp_path: Path) -> Run:
    HEARD.clear()
    DocBin(docs=[Doc(kernel.blank("xx").vocab, words=["we", "sing"])] * 8).to_disk(tmp_path / "data.spacy")

    def run(loggers: str = LISTED, resume: bool = False, **overrides: Any) -> None:
        text = CONFIG + loggers.format(path=(tmp_path / "log.jsonl").as_posix())
        data = str(tmp_path / "data.spacy")
        changes = {f"training.{key}": value for key, value in overrides.items()}
        train(
            Config().from_str(text, interpolate=False),
            tmp_path / "run",
            overrides={"paths.train": data, "paths.dev": data, **changes},
            resume=resume,
        )

    return run


def logged(folder: Path) -> list[int]:
    """The steps in the log file."""
    lines = map(json.loads, (folder / "log.jsonl").read_text("utf-8").splitlines())
    return [line["step"] for line in lines if "score" in line]


def test_all_are_told_of_every_evaluation_in_their_order(run: Run, tmp_path: Path) -> None:
    run()

    assert [(name, step) for step in (0, 2, 4) for name in ("first", "second")] == HEARD
    assert logged(tmp_path) == [0, 2, 4]


def test_one_that_fails_is_named_and_spoils_nothing_for_the_others(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(**{"logger.*.first.bad_step": 2})

    assert (
        "warning: [training.logger.*.first] the logger failed at step 2, got ConnectionError: no route; "
        "training continues"
    ) in capsys.readouterr().err
    assert HEARD == [("first", 0), ("second", 0), ("second", 2), ("second", 4), ("first", 4)]
    assert logged(tmp_path) == [0, 2, 4]


def test_one_may_be_strict_alone(run: Run) -> None:
    with pytest.raises(LoggerFailed, match=r"^\[training\.logger\.\*\.first\] the logger failed at step 2"):
        run(LISTED.replace('name = "first"', 'name = "first"\nbad_step = 2\nstrict = true'))


def test_one_that_is_null_is_left_out(run: Run) -> None:
    run(**{"logger.*.first": None})

    assert [("second", step) for step in (0, 2, 4)] == HEARD


@pytest.mark.parametrize("before", [LISTED, CHAIN])
def test_a_run_that_goes_on_doubles_no_step_in_any(run: Run, tmp_path: Path, before: str) -> None:
    run(before, max_steps=2)
    run(resume=True)

    assert logged(tmp_path) == [0, 2, 4]


def test_a_list_takes_nothing_from_the_default_logger_and_keeps_its_form() -> None:
    filled = fill_config(Config().from_str(CONFIG + LISTED.format(path="x"), interpolate=False))

    assert list(filled["training"]["logger"]) == ["*"]
    assert filled["training"]["logger"]["*"]["first"] == {
        "@loggers": "toy.Notes.v1",
        "name": "first",
        "bad_step": -1,
    }
    assert fill_config(Config().from_str(filled.to_str(), interpolate=False)) == filled


ONE = '[training.logger.*.one]\n@loggers = "toy.Notes.v1"\nname = "one"\n'


@pytest.mark.parametrize(
    ("loggers", "message"),
    [
        (ONE, r"\[training\.logger\.\*\.one\]: there is no section \[training\.logger\]; add a"),
        (
            f"[training.logger]\nstrict = true\n{ONE}",
            r"\[training\.logger\] strict: no such key beside a list of loggers, got True; remove it",
        ),
        (
            "[training.logger]\n[training.logger.*]\n",
            r"\[training\.logger\] \*: expected a section \[training\.logger\.\*\.NAME\] with @loggers for each, "
            "got none",
        ),
        (
            "[training.logger]\n[training.logger.*]\none = null\n",
            r"expected a section \[training\.logger\.\*\.NAME\] with @loggers for each",
        ),
        (
            "[training.logger]\n[training.logger.*.one]\nname = 3\n",
            r"\[training\.logger\.\*\] one: expected a section with @loggers, got a section",
        ),
        (
            f"[training.logger]\n{ONE.replace('loggers', 'schedules')}",
            r"\[training\.logger\.\*\.one\] @schedules: expected @loggers, got '@schedules'",
        ),
        (
            '[training.logger]\n[training.logger.*.one]\n@loggers = "kernel.JsonlLogger.v1"\npath = "."\n',
            r"^\[training\.logger\.\*\.one\] path: cannot be written, got '\.'",
        ),
        (
            f"[training.logger]\n{ONE}nam = 3\n",
            r"\[training\.logger\.\*\.one\] nam: no such argument of 'toy\.Notes\.v1', got 3; did you mean 'name'",
        ),
    ],
)
def test_a_mistake_in_a_list_is_named(run: Run, loggers: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run(loggers)


def test_a_list_of_names_says_what_to_write(run: Run) -> None:
    with pytest.raises(
        ConfigError, match=r"expected a section with @loggers, or several such sections below a section '\*'"
    ):
        run("[training.logger]\n" + ONE, logger=["console", "jsonl"])
