"""What MLflow itself reads of its store, a file of SQLite."""

from __future__ import annotations

import io

import pytest
from heavy import framework

from kernel import blank
from kernel.errors import LoggerFailed
from kernel.testing.runs.loggers import check_logger, step_info
from kernel.training.loggers.guarded_logger import GuardedLogger
from pkg_mlflow.logger import mlflow_logger

framework("mlflow")
framework("sqlalchemy")
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store of SQLite, made once: making one takes seconds."""
    folder = tmp_path_factory.mktemp("mlflow")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        client(uri).search_experiments()
        yield uri


def client(uri):
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=uri)


@pytest.fixture
def experiment(store, tmp_path):
    """The id of a new experiment."""
    return client(store).create_experiment(tmp_path.name, artifact_location=tmp_path.as_uri())


@pytest.fixture
def begun(store, experiment):
    """Begin to watch a run in the experiment."""

    def begin(**settings):
        return mlflow_logger(tracking_uri=store, experiment_id=experiment, **settings)(blank("xx"))

    return begin


@pytest.fixture
def runs(store, experiment):
    """Read the runs of the experiment."""
    return lambda: client(store).search_runs([experiment])


@pytest.fixture
def history(store, runs):
    """Read a metric of the one run."""

    def read(name="score"):
        (run,) = runs()
        return [(one.step, one.value) for one in client(store).get_metric_history(run.info.run_id, name)]

    return read


def test_it_behaves_as_every_logger_must(store, experiment):
    logger = mlflow_logger(tracking_uri=store, experiment_id=experiment)

    assert check_logger(logger, blank("xx")) == ("", "")


def test_a_run_has_its_config_scores_losses_and_end(begun, runs, history):
    log_step, finalize = begun(run_name="first", tags={"team": "nlp"}, remove_config_values=["nlp.lang"])
    log_step(None)
    log_step(step_info())
    scores = {"dep_las_per_type": {"nsubj:pass": {"f": 0.25}, "a!": {"f": 0.5}}}
    log_step(step_info(step=40, score=0.75, losses={"tagger": 3.0}, other_scores=scores))
    finalize({"code": "max_steps", "reason": "max_steps reached", "step": 40})

    (run,) = runs()
    assert (run.info.run_name, run.info.status, run.data.tags["team"]) == ("first", "FINISHED", "nlp")
    assert run.data.params["nlp.batch_size"] == "1000"
    assert "nlp.lang" not in run.data.params
    assert history() == [(20, 0.5), (40, 0.75)]
    assert history("loss_tagger") == [(20, 12.5), (40, 3.0)]
    assert history("dep_las_per_type.nsubj:pass.f") == [(40, 0.25)]
    assert history("dep_las_per_type.a_.f") == [(40, 0.5)]


@pytest.mark.parametrize(("code", "status"), [("error", "FAILED"), ("interrupted", "KILLED")])
def test_how_a_training_ended_stands_at_the_run(begun, runs, code, status):
    log_step, finalize = begun()
    log_step(step_info())
    finalize({"code": code, "reason": "it was", "step": 20})

    assert [run.info.status for run in runs()] == [status]


def test_pipelines_are_stored_on_demand(store, begun, runs, tmp_path):
    folder = tmp_path / "model-last"
    folder.mkdir()
    (folder / "meta.json").write_text("{}", encoding="utf-8")
    log_step, finalize = begun(model_log_interval=40)
    for step in (0, 20, 40):
        log_step(step_info(step=step, output_path=str(folder)))
    finalize()

    (run,) = runs()
    stored = client(store).list_artifacts(run.info.run_id)
    assert [one.path for one in stored] == ["step-40"]
    assert [one.path for one in client(store).list_artifacts(run.info.run_id, "step-40")] == [
        "step-40/meta.json"
    ]


@pytest.mark.parametrize("place", ["fresh", "known"])
def test_a_killed_and_resumed_training_is_one_run_with_each_step_once(begun, runs, history, place):
    log_step, _ = begun()
    states = {"fresh": log_step.state()}
    log_step(step_info(step=20))
    states["known"] = log_step.state()
    log_step(step_info(step=40))

    log_step, finalize = begun()
    log_step.restore(states[place])
    for step in (20, 40, 60)[place == "known" :]:
        log_step(step_info(step=step))
    finalize()

    assert history() == [(20, 0.5), (40, 0.5), (60, 0.5)]
    assert [run.info.status for run in runs()] == ["FINISHED"]


def test_a_server_that_is_away_is_warned_about_and_strict_ends_the_run(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    stderr = io.StringIO()
    away = mlflow_logger(tracking_uri="http://127.0.0.1:9")

    watch = GuardedLogger(away, blank("xx"), io.StringIO(), stderr)
    watch(step_info())
    watch.close()

    assert stderr.getvalue().startswith("warning: [training.logger] the logger failed at step 20, got Mlflow")
    assert stderr.getvalue().splitlines()[1:] == [
        "note: [training.logger] the evaluation of step 20 was not logged"
    ]
    away.strict = True
    with pytest.raises(LoggerFailed):
        GuardedLogger(away, blank("xx"), io.StringIO(), stderr)(step_info())
