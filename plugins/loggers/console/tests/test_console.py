"""What the console logger shows: the table letter by letter, the bar on terminals only."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from kernel.errors import ConfigError
from kernel.testing.runs.loggers import check_logger
from pkg_console.logger import console_logger

TABLE = """\
E    #       LOSS TOK2VEC  LOSS MORPH...  TAG_ACC  MORPH_ACC  SPEED   SCORE
---  ------  ------------  -------------  -------  ---------  ------  ------
  0       0          0.00          53.16    30.39          -    8124    0.30
  1     200         20.56         812.00   100.00      99.50    9000    1.00
"""

FIRST = {
    "epoch": 0,
    "step": 0,
    "score": 0.3039,
    "other_scores": {"tag_acc": 0.3039, "speed": 8123.5},
    "losses": {"tok2vec": 0.0, "morphologizer": 53.156},
    "checkpoints": [(0.3039, 0, 0)],
}
SECOND = {
    "epoch": 1,
    "step": 200,
    "score": 0.9975,
    "other_scores": {"tag_acc": 1.0, "morph_acc": 0.995, "speed": 9000, "morph_per_feat": {}},
    "losses": {"tok2vec": 20.5555, "morphologizer": 812.0},
    "checkpoints": [(0.3039, 0, 0), (0.9975, 200, 1)],
}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def pipeline(**training):
    weights = {"tag_acc": 0.5, "morph_acc": 0.5, "speed": 0.0, "morph_per_feat": None}
    pipes = [
        ("tok2vec", SimpleNamespace(is_trainable=True)),
        ("sentencizer", SimpleNamespace(is_trainable=False)),
        ("morphologizer", SimpleNamespace(is_trainable=True)),
    ]
    config = {"training": {"score_weights": weights, "max_steps": 400, "eval_frequency": 200, **training}}
    return SimpleNamespace(pipeline=pipes, config=config)


def watch(*infos, err=None, nlp=None, **settings):
    out, err = io.StringIO(), err or io.StringIO()
    log_step, finalize = console_logger(**settings)(nlp or pipeline(), out, err)
    for info in infos:
        log_step(info)
    finalize()
    return out.getvalue(), err.getvalue()


def test_the_table_is_the_one_people_know():
    assert watch(FIRST, None, None, SECOND) == (TABLE, "")


def test_it_behaves_as_every_logger_must():
    out, err = check_logger(console_logger(progress_bar="train"), pipeline())

    assert (len(out.splitlines()), err) == (5, "")


def test_console_output_can_be_turned_off():
    assert watch(FIRST, console_output=False, progress_bar="train", err=Terminal()) == ("", "")


@pytest.mark.parametrize("kind", ["train", "eval", True])
def test_a_bar_is_drawn_on_a_terminal_and_leaves_the_table_alone(kind):
    out, err = watch(FIRST, None, None, SECOND, None, progress_bar=kind, err=Terminal())

    assert out == TABLE
    assert "Epoch" in err


def test_the_bar_of_a_run_starts_at_the_step_reached():
    _, err = watch(SECOND, progress_bar="train", err=Terminal())

    assert "200/400" in err


@pytest.mark.parametrize("kind", ["train", "eval", True])
def test_no_bar_is_drawn_into_a_file(kind):
    assert watch(FIRST, None, SECOND, progress_bar=kind) == (TABLE, "")


def test_an_unknown_bar_is_a_mistake():
    with pytest.raises(ConfigError) as caught:
        console_logger(progress_bar="epoch")

    assert str(caught.value) == "progress_bar: expected 'train', 'eval' or null, got 'epoch'"


def test_a_score_that_is_no_number_is_named():
    nlp = pipeline(score_weights={"morph_per_feat": 0.0})

    with pytest.raises(
        ConfigError, match=r"^\[training.score_weights\] morph_per_feat: expected a number for a column"
    ):
        watch(SECOND, nlp=nlp)


def test_evaluations_are_written_down_after_those_of_the_run_before(tmp_path):
    path = tmp_path / "logs" / "log.jsonl"

    watch(FIRST, None, output_file=str(path))
    watch(SECOND, output_file=str(path))

    first, second = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert first["losses"] == {"tok2vec": 0.0, "morphologizer": 53.156}
    assert first["scores"] == {"tag_acc": 30.39, "morph_acc": None, "speed": 8123.5}
    assert (second["epoch"], second["step"], second["score"]) == (1, 200, 0.9975)


def test_a_file_that_cannot_be_written_is_named_before_the_run(tmp_path):
    with pytest.raises(ConfigError, match=r"^output_file: cannot be written"):
        console_logger(output_file=str(tmp_path))(pipeline(), io.StringIO(), io.StringIO())


def test_rich_is_imported_for_the_bar_only():
    code = "import sys, pkg_console.logger as it; it.console_logger(); print('rich' in sys.modules)"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)

    assert shown.stdout == "False\n"


def test_a_resumed_run_has_no_duplicate_line_in_its_file(tmp_path):
    path = tmp_path / "log.jsonl"
    log_step, finalize = console_logger(output_file=str(path))(pipeline(), io.StringIO(), io.StringIO())
    log_step(FIRST)
    state = log_step.state()
    log_step(SECOND)
    finalize()

    log_step, finalize = console_logger(output_file=str(path))(pipeline(), io.StringIO(), io.StringIO())
    log_step.restore(state)
    log_step(SECOND)
    finalize()

    assert [json.loads(line)["step"] for line in path.read_text("utf-8").splitlines()] == [0, 200]
