"""The MLflow logger: config, scores and losses of a run, and optionally its pipelines."""

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
    """Create a logger that writes a run to an MLflow store: a server or an SQLite file.

    Args:
        run_id: An existing run to write to; null creates one.
        experiment_id: The experiment of a new run; null for MLflow's default.
        run_name: Name of a new run; null lets MLflow choose one.
        nested: Whether to make a new run a child of the run that is active in this process.
        tags: Tags of the run.
        remove_config_values: Dotted names of sections and values to remove from the logged config.
        tracking_uri: The store, such as "sqlite:///mlflow.db"; null for MLflow's own setting.
        model_log_interval: Store the saved pipeline of every evaluation whose step is a multiple of this; null never.
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
    """Writes the evaluations of a training to an MLflow run.

    Args:
        run: The run.
        interval: Number of steps between stored pipelines; None stores none.
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
        # Last, because a step counts as written once its numbers are.
        self.run.log(numbers(info), step)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """End the run with the status of the training."""
        self.run.end("finished" if stopped is None else stopped["code"])
