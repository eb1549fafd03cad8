"""What the JSONL logger writes, and that nothing that was written before is lost."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from kernel.errors import ConfigError
from kernel.testing.runs.loggers import check_logger
from pkg_jsonl.logger import jsonl_logger

INFO = {"epoch": 0, "step": 20, "score": 0.5, "losses": {"tagger": 12.5}, "checkpoints": [(0.5, 20, 0)]}

nlp = SimpleNamespace(pipeline=[("tok2vec", None), ("tagger", None)])


def watch(path: Path, *infos):
    log_step, finalize = jsonl_logger(str(path))(nlp)
    for info in infos:
        log_step(info)
    finalize()


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_is_a_first_line_and_one_for_every_evaluation(tmp_path):
    path = tmp_path / "new" / "log.jsonl"

    watch(path, INFO, None, None, INFO)

    first, *evaluations = rows(path)
    assert first["pipeline"] == ["tok2vec", "tagger"]
    assert evaluations == [{**INFO, "checkpoints": [[0.5, 20, 0]]}] * 2


def test_it_behaves_as_every_logger_must(tmp_path):
    assert check_logger(jsonl_logger(str(tmp_path / "log.jsonl")), nlp) == ("", "")


def test_a_second_run_is_written_after_the_first(tmp_path):
    path = tmp_path / "log.jsonl"

    watch(path, INFO)
    watch(path, INFO)

    assert ["started" in row for row in rows(path)] == [True, False, True, False]


def test_a_line_is_on_disk_before_the_run_continues(tmp_path):
    path = tmp_path / "log.jsonl"
    log_step, finalize = jsonl_logger(str(path))(nlp)

    log_step(INFO)

    assert rows(path)[1]["step"] == 20
    finalize()


def test_a_line_that_a_killed_run_left_half_written_spoils_no_other(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text('{"epoch": 0}\n{"epo', encoding="utf-8")

    watch(path, INFO)

    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ['{"epoch": 0}', '{"epo']
    assert json.loads(lines[3])["score"] == 0.5


def test_numbers_of_numpy_are_numbers(tmp_path):
    path = tmp_path / "log.jsonl"

    watch(path, {"score": np.float32(0.5), "labels": np.arange(2), "names": {"a"}})

    assert rows(path)[1] == {"score": 0.5, "labels": [0, 1], "names": ["a"]}


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"^path: cannot be written, got "):
        jsonl_logger(str(tmp_path))(nlp)


def test_the_last_line_says_why_the_run_ended(tmp_path):
    path = tmp_path / "log.jsonl"
    log_step, finalize = jsonl_logger(str(path))(nlp)
    log_step(INFO)

    finalize({"code": "max_steps", "reason": "max_steps 20 reached", "step": 20})

    assert rows(path)[-1] == {"stopped": "max_steps", "reason": "max_steps 20 reached", "step": 20}


def test_a_resumed_run_has_no_duplicate_line(tmp_path):
    path = tmp_path / "log.jsonl"
    log_step, finalize = jsonl_logger(str(path))(nlp)
    log_step(INFO)
    state = log_step.state()
    log_step({**INFO, "step": 40})
    finalize({"code": "error", "reason": "killed", "step": 40})

    log_step, finalize = jsonl_logger(str(path))(nlp)
    log_step.restore(state)
    log_step({**INFO, "step": 40})
    finalize()

    assert ["started" in row or row["step"] for row in rows(path)] == [True, 20, 40]
