"""A run that has come some way does not begin again from nothing because its checkpoints are gone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kernel.config import Config
from kernel.errors import CheckpointError
from kernel.training.loggers.logfile import evaluations_in
from kernel.training.runs.resume_check import check_progress

LINES = [{"started": "now"}, {"step": 0, "score": 0.1}, {"step": 20, "score": 0.2}, {"stopped": "max_steps"}]


def write_log(folder: Path, lines: list[dict[str, object]]) -> None:
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def config(**checkpoint: int) -> Config:
    return Config({"training": {"checkpoint": {"every_steps": 0, "keep_last": 1, **checkpoint}}})


def test_resuming_without_checkpoints_is_refused(tmp_path: Path) -> None:
    write_log(tmp_path, LINES)

    with pytest.raises(CheckpointError) as caught:
        check_progress(config(), tmp_path)

    assert str(caught.value) == (
        f"{tmp_path}: the log has 2 evaluations, and there is no checkpoint to resume from; restore checkpoints, or "
        "start again with --overwrite"
    )


@pytest.mark.parametrize("lines", [LINES[:2], [], [*LINES, *LINES[:2]]])
def test_a_run_that_was_killed_before_its_first_checkpoint_begins_again(
    tmp_path: Path, lines: list[dict[str, object]]
) -> None:
    write_log(tmp_path, lines)

    check_progress(config(), tmp_path)


def test_a_run_that_keeps_no_checkpoints_or_has_one_is_not_asked(tmp_path: Path) -> None:
    write_log(tmp_path, LINES)

    check_progress(config(keep_last=0), tmp_path)
    check_progress(config(every_steps=500), tmp_path)
    (tmp_path / "checkpoints" / "step-00000020").mkdir(parents=True)
    check_progress(config(), tmp_path)


def test_lines_that_a_killed_run_cut_off_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"started": 1}\n{"step": 0, "score": 1}\n{"step": 2, "sco', "utf-8")

    assert evaluations_in(path) == 1
    assert evaluations_in(tmp_path / "none") == 0
