"""A log that goes on where the run went on, and loses nothing of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kernel.errors import CheckpointError, ConfigError
from kernel.training.loggers.logfile import LogFile


def row(step: int) -> dict[str, float]:
    return {"step": step, "score": 0.5}


def written(path, *rows, started: bool = True):
    """Write as a run does; returns what it would leave in a checkpoint after the first row."""
    file = LogFile(path, "path")
    if started:
        file.append({"started": "now"})
    file.append(rows[0])
    state = file.state()
    for value in rows[1:]:
        file.append(value)
    file.close()
    return state


def gone_on(path, state, *rows):
    file = LogFile(path, "path")
    file.restore(state)
    for value in rows:
        file.append(value)
    file.close()
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("started", [True, False])
def test_lines_behind_the_checkpoint_are_written_once(tmp_path, started):
    path = tmp_path / "logs" / "log.jsonl"
    state = written(path, row(0), row(10), {"stopped": "error", "step": 10}, started=started)

    found = gone_on(path, state, row(10), row(20))

    assert [value.get("step") for value in found] == [*([None] if started else []), 0, 10, 20]


def test_half_a_line_is_written_again(tmp_path):
    path = tmp_path / "log.jsonl"
    state = written(path, row(0))
    path.write_bytes(path.read_bytes() + b'{"step": 1')

    assert [value.get("step") for value in gone_on(path, state, row(10))] == [None, 0, 10]


@pytest.mark.parametrize("started", [True, False])
def test_what_another_run_has_written_since_stays(tmp_path, started):
    path = tmp_path / "log.jsonl"
    state = written(path, row(0), row(10), started=started)
    written(path, row(0), row(5), started=started)

    steps = [value["step"] for value in gone_on(path, state, row(10)) if "step" in value]

    assert steps == [0, 10, 0, 5, 10]


def test_a_log_that_was_taken_away_begins_anew(tmp_path):
    path = tmp_path / "log.jsonl"
    state = written(path, row(0))
    path.unlink()

    assert gone_on(path, state, row(10)) == [row(10)]


def test_a_log_in_another_place_is_not_cut(tmp_path):
    state = written(tmp_path / "log.jsonl", row(0), row(10))
    other = tmp_path / "other.jsonl"
    written(other, row(0), row(10))

    assert len(gone_on(other, state, row(20))) == 4


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"^path: cannot be written, got"):
        LogFile(tmp_path, "path")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_is_full_is_named():
    file = LogFile("/dev/full", "path")

    with pytest.raises(CheckpointError) as caught:
        file.append(row(0))
    file.close()

    assert str(caught.value) == (
        "/dev/full: the log cannot be written, No space left on device; free disk space, then use --resume"
    )


def restore(path, state):
    """Open a log, go back to a place of it, and close it."""
    file = LogFile(path, "path")
    try:
        file.restore(state)
    finally:
        file.close()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": -1}, "size must not be negative, got -1"),
        ({"size": "9"}, "size must be int, got '9'"),
        ({"path": None}, "path must be str, got None"),
        ({"last_step": []}, r"last_step must be int, got \[\]"),
    ],
)
def test_a_place_that_is_none_is_refused_and_nothing_is_cut(tmp_path, change, message):
    path = tmp_path / "log.jsonl"
    state = written(path, row(0), row(10))
    before = path.read_bytes()

    with pytest.raises(
        CheckpointError, match=f"log.jsonl: the checkpoint has no valid position in the log, {message}"
    ):
        restore(path, {**state, **change})

    assert path.read_bytes() == before


@pytest.mark.parametrize("line", ["[1]", "3", '"x"', "null"])
def test_a_line_of_somebody_else_keeps_what_stands_behind_the_place(tmp_path, line):
    path = tmp_path / "log.jsonl"
    state = written(path, row(0))
    path.write_text(f"{path.read_text()}{line}\n")

    restore(path, state)

    assert path.read_text().endswith(f"{line}\n")


def test_a_line_that_is_nested_too_deep_ends_nothing(tmp_path):
    path = tmp_path / "log.jsonl"
    state = written(path, row(0))
    path.write_text(f"{path.read_text()}{'[' * 5000}\n")

    restore(path, state)
