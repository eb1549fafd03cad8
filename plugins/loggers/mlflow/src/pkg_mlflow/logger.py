"""The logger for MLflow: config, scores and losses of a run, and on demand its pipelines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kernel.training.loggers.log_values import config_without, dotted, numbers
from kernel.training.run import Header
from pkg_mlflow.run import MlflowRun


def mlflow_logger(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    tags: dict[str, Any] | None = None,
    remove_config_values: list[str] | None = None,
    tracking_uri: str | None = None,
    model_log_interval: int | None = None,
) -> Callable[..., tuple[MlflowLogger, Callable[..., None]]]:
    """Create a logger that writes a run into MLflow's store, a server or a file of SQLite.

    Args:
        run_id: A run to write into; null makes one.
        experiment_id: The experiment of a new run; null for MLflow's default.
        run_name: Name of a new run; MLflow makes one up if it is null.
        nested: Whether a new run belongs to the one that is active in this process.
        tags: Tags of the run.
        remove_config_values: Dotted names of what the config is written without.
        tracking_uri: The store, such as "sqlite:///mlflow.db"; null for what MLflow is set to.
        model_log_interval: Steps between two saved pipelines that are stored, of those that are evaluated.
    """

    def setup_logger(
        nlp: Any, *streams: Any, header: Header | None = None
    ) -> tuple[MlflowLogger, Callable[..., None]]:
        settings = (header or Header.of_pipeline(nlp)).settings
        config = config_without(settings, remove_config_values or ())
        run = MlflowRun(
            tracking_uri,
            {name: str(value) for name, value in dotted(config).items()},
            {name: str(value) for name, value in (tags or {}).items()},
            run_id=run_id,
            experiment_id=experiment_id,
            run_name=run_name,
            nested=nested,
        )
        logger = MlflowLogger(run, model_log_interval)
        return logger, logger.close

    return setup_logger


class MlflowLogger:
    """Tells a run of MLflow what the training tells.

    Args:
        run: The run.
        interval: Steps between two pipelines that are stored.
    """

    def __init__(self, run: MlflowRun, interval: int | None) -> None:
        self.run = run
        self.interval = interval
        self.state = run.state
        self.restore = run.restore

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Write an evaluation."""
        if info is None or not self.run.begin(info["step"]):
            return
        path, step = info.get("output_path"), info["step"]
        if self.interval and path is not None and step and step % self.interval == 0:
            self.run.store(path, f"step-{step}")
        # Last: a step counts as written when its numbers are.
        self.run.log(numbers(info), step)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """End the run and say how."""
        self.run.end("finished" if stopped is None else stopped["code"])
