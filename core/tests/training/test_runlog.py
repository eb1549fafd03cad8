"""The log that every run leaves in its folder."""

from __future__ import annotations

import json

import pytest

from kernel.training.fit import fit
from kernel.training.runs.output import LOG
from kernel.training.stopping import StopRule


def lines(output):
    return [json.loads(line) for line in (output / LOG).read_text("utf-8").splitlines()]


def told(output):
    """What lines say: that a run begins, the step of an evaluation, why it ended."""
    return [
        line.get("stopped") or ("started" if "started" in line else line["step"]) for line in lines(output)
    ]


def failing(nlp, stdout, stderr):
    raise ConnectionError("no route")


@pytest.mark.parametrize("logger", [None, failing])
def test_a_run_is_written_down_whatever_its_logger_does(make_run, streams, tmp_path, logger):
    run = make_run() if logger is None else make_run(logger=logger)

    fit(run, tmp_path, **streams)

    assert told(tmp_path) == ["started", 0, 2, 4, "max_steps"]
    found = lines(tmp_path)
    assert found[0]["pipeline"] == ["tagger"]
    assert set(found[1]) >= {"epoch", "step", "score", "other_scores", "losses", "words", "seconds"}


def test_a_run_that_goes_on_goes_on_in_its_log(make_run, streams, tmp_path):
    fit(make_run(), tmp_path, **streams)
    moved = tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}-moved"))

    fit(make_run(rule=StopRule(max_steps=8)), moved, resume=True, **streams)

    assert told(moved) == ["started", 0, 2, 4, 6, 8, "max_steps"]


def test_what_a_run_wrote_behind_its_checkpoint_is_not_there_twice(make_run, streams, tmp_path):
    fit(make_run(), tmp_path, **streams)
    with (tmp_path / LOG).open("a") as file:
        file.write(json.dumps({**lines(tmp_path)[3], "step": 6}) + "\n" + '{"step": 8, "sco')

    fit(make_run(rule=StopRule(max_steps=8)), tmp_path, resume=True, **streams)

    assert told(tmp_path) == ["started", 0, 2, 4, 6, 8, "max_steps"]


def test_another_run_in_the_folder_begins_a_log_of_its_own(make_run, streams, tmp_path):
    for _ in range(2):
        fit(make_run(), tmp_path, **streams)

    assert told(tmp_path) == ["started", 0, 2, 4, "max_steps"]


def test_a_run_without_a_folder_leaves_none(make_run, streams, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    fit(make_run(), **streams)

    assert not list(tmp_path.iterdir())


def test_a_logger_that_writes_this_very_file_is_left_alone_with_it(make_run, streams, tmp_path):
    fit(make_run(logger_paths=frozenset([(tmp_path / LOG).absolute()])), tmp_path, **streams)

    assert not (tmp_path / LOG).exists()
