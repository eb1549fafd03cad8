"""What the real wandb has written down of a run that it was told to keep offline."""

from __future__ import annotations

import io
import json

import pytest
from heavy import framework
from wandb_runs import history, of_kind

from kernel import blank
from kernel.errors import ConfigError
from kernel.testing.runs.loggers import check_logger, step_info
from kernel.training.loggers.guarded_logger import GuardedLogger
from pkg_wandb.logger import wandb_logger

wandb = framework("wandb")
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def offline(tmp_path, monkeypatch):
    """A folder of its own for every test, and no server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "offline")
    for name in ("WANDB_DIR", "WANDB_API_KEY", "WANDB_BASE_URL", "WANDB_INIT_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WANDB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("WANDB_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(tmp_path / "config"))
    yield
    wandb.teardown()  # which reads the environment once a process


def begun(**settings):
    return wandb_logger("project", **settings)(blank("xx"), io.StringIO(), io.StringIO())


def config(folder):
    (run, *_) = of_kind(folder, "run")
    return {item.key: json.loads(item.value_json) for item in run.config.update}


def test_it_behaves_as_every_logger_must():
    out, err = check_logger(wandb_logger("project"), blank("xx"))

    assert out == ""
    assert err.startswith("W&B: ")
    assert err.count("\n") == 1


def test_a_run_has_its_names_config_scores_and_losses(tmp_path):
    log_step, finalize = begun(entity="team", run_name="first", remove_config_values=["nlp.lang"])
    log_step(None)
    log_step(step_info())
    log_step(
        step_info(
            step=40, score=0.75, losses={"tagger": 3.0}, other_scores={"ents_per_type": {"PER": {"f": 1}}}
        )
    )
    finalize()

    (run, *_) = of_kind(tmp_path, "run")
    assert (run.project, run.entity, run.display_name) == ("project", "team", "first")
    assert config(tmp_path)["nlp"]["batch_size"] == 1000
    assert "lang" not in config(tmp_path)["nlp"]
    first = {"score": 0.5, "loss_tok2vec": 0.25, "loss_tagger": 12.5, "tag_acc": 0.5, "speed": 1000.0}
    assert history(tmp_path) == [
        (20, first),
        (40, {"score": 0.75, "loss_tagger": 3.0, "ents_per_type.PER.f": 1.0}),
    ]
    (ended,) = of_kind(tmp_path, "exit")
    assert ended.exit_code == 0


def test_a_training_that_an_error_ended_is_a_failed_run(tmp_path):
    log_step, finalize = begun()
    log_step(step_info())
    finalize({"code": "error", "reason": "DataError", "step": 20})

    assert [one.exit_code for one in of_kind(tmp_path, "exit")] == [1]


def test_the_data_set_and_pipelines_are_artifacts(tmp_path):
    for name in ("data", "model-last"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.txt").write_text(name, encoding="utf-8")
    log_step, finalize = begun(log_dataset_dir="data", model_log_interval=40)
    for step, score in ((0, 0.1), (20, 0.2), (40, 0.3), (60, 0.4), (80, 0.2)):
        checkpoints = [(0.3, 40, 0), (score, step, 0)]
        log_step(
            step_info(
                step=step, score=score, checkpoints=checkpoints, output_path=str(tmp_path / "model-last")
            )
        )
    finalize()

    requests = [
        one.log_artifact.artifact for one in of_kind(tmp_path, "request") if one.HasField("log_artifact")
    ]
    artifacts = [*of_kind(tmp_path, "artifact"), *requests]
    assert [(one.type, set(one.aliases)) for one in artifacts] == [
        ("dataset", {"latest"}),
        ("checkpoint", {"step-40", "latest", "best"}),
        ("checkpoint", {"step-80", "latest"}),
    ]
    assert artifacts[0].name == "dataset"
    assert [entry.path for entry in artifacts[0].manifest.contents] == ["file.txt"]


@pytest.mark.parametrize("place", ["fresh", "known"])
def test_a_killed_and_resumed_training_is_one_run_with_each_step_once(tmp_path, place):
    log_step, _ = begun()
    states = {"fresh": log_step.state()}
    log_step(step_info(step=20))
    states["known"] = log_step.state()
    log_step(step_info(step=40))
    log_step.run.run.finish()  # what a killed process had handed over is written

    log_step, finalize = begun()
    log_step.restore(states[place])
    for step in (20, 40, 60)[place == "known" :]:
        log_step(step_info(step=step))
    finalize()

    assert [step for step, _ in history(tmp_path)] == [20, 40, 60]
    assert len({run.run_id for run in of_kind(tmp_path, "run")}) == 1


def test_where_there_is_no_server_the_run_is_kept_and_can_be_sent(tmp_path, monkeypatch):
    monkeypatch.delenv("WANDB_MODE")
    stderr = io.StringIO()
    watch = GuardedLogger(wandb_logger("project"), blank("xx"), io.StringIO(), stderr)

    watch(step_info())
    watch.close()

    assert stderr.getvalue().startswith("note: W&B cannot be reached, got UsageError; the run is stored in ")
    assert [step for step, _ in history(tmp_path)] == [20]


def test_where_the_server_is_away_the_run_is_kept_under_its_id(tmp_path, monkeypatch):
    monkeypatch.delenv("WANDB_MODE")
    monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("WANDB_INIT_TIMEOUT", "2")
    stderr = io.StringIO()
    log_step, finalize = wandb_logger("project")(blank("xx"), io.StringIO(), stderr)

    log_step(step_info())
    finalize()

    assert stderr.getvalue().startswith("note: W&B cannot be reached, got ")
    assert {run.run_id for run in of_kind(tmp_path, "run")} == {log_step.state()["id"]}
    assert [step for step, _ in history(tmp_path)] == [20]


def test_strict_keeps_nothing_where_there_is_no_server(monkeypatch):
    monkeypatch.delenv("WANDB_MODE")
    stderr = io.StringIO()
    watch = GuardedLogger(wandb_logger("project", strict=True), blank("xx"), io.StringIO(), stderr)

    with pytest.raises(Exception, match=r"^\[training.logger\] the logger failed at step 20, got UsageError"):
        watch(step_info())


def test_a_value_that_the_config_lacks_cannot_be_taken_out():
    with pytest.raises(ConfigError, match="remove_config_values"):
        begun(remove_config_values=["paths.trian"])
