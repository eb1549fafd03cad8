"""The Weights & Biases logger: config, scores and losses of a run, and optionally its data and pipelines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import IO, Any

from kernel.training.loggers.log_values import config_without, numbers
from kernel.training.run import Header
from pkg_wandb.run import WandbRun, directory_artifact


def wandb_logger(
    project_name: str,
    remove_config_values: list[str] | None = None,
    model_log_interval: int | None = None,
    log_dataset_dir: str | None = None,
    entity: str | None = None,
    run_name: str | None = None,
    strict: bool = False,
) -> Callable[..., tuple[WandbLogger, Callable[..., None]]]:
    """Create a logger that sends a run to Weights & Biases, or stores it for `wandb sync` if W&B cannot be reached.

    Args:
        project_name: The project; created if it is missing.
        remove_config_values: Dotted names of sections and values to remove from the logged config.
        model_log_interval: Send the saved pipeline of every evaluation whose step is a multiple of this; null never.
        log_dataset_dir: A folder to send as the dataset when the run begins.
        entity: User or team; null for the user's default.
        run_name: Name of the run; null lets W&B choose one.
        strict: Whether errors stop the training.
    """

    def setup_logger(
        nlp: Any,
        stdout: IO[str] = sys.stdout,
        stderr: IO[str] = sys.stderr,
        header: Header | None = None,
    ) -> tuple[WandbLogger, Callable[..., None]]:
        settings = (header or Header.of_pipeline(nlp)).settings
        config = config_without(settings, remove_config_values or ())
        run = WandbRun(
            {"project": project_name, "entity": entity, "name": run_name, "config": config}, stderr, strict
        )
        logger = WandbLogger(run, log_dataset_dir, model_log_interval)
        return logger, logger.close

    setup_logger.strict = strict  # type: ignore[attr-defined]
    return setup_logger


class WandbLogger:
    """Sends the evaluations of a training to a W&B run.

    Args:
        run: The run.
        dataset: Folder of the dataset to send, or None.
        interval: Number of steps between pipelines to send; None sends none.
    """

    def __init__(self, run: WandbRun, dataset: str | None, interval: int | None) -> None:
        self.run = run
        self.dataset = dataset
        self.interval = interval
        self.state = run.state
        self.restore = run.restore

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Send an evaluation."""
        if info is None or not self.run.begin(info["step"]):
            return
        if self.dataset is not None:
            # Once per process: W&B does not store the same content twice.
            self.run.add(directory_artifact("dataset", "dataset", self.dataset))
            self.dataset = None
        self.run.log(numbers(info), info["step"])
        path, step = info.get("output_path"), info["step"]
        if self.interval and path is not None and step and step % self.interval == 0:
            metadata = {"epoch": info["epoch"], "step": step, "score": info["score"], **info["losses"]}
            artifact = directory_artifact(f"pipeline_{self.run.id}", "checkpoint", path, metadata)
            is_best = info["score"] == max(score for score, *_ in info["checkpoints"])
            self.run.add(artifact, [f"step-{step}", "latest", *(["best"] if is_best else [])])

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """End the run, as failed if an error stopped the training."""
        self.run.end(failed=stopped is not None and stopped["code"] in ("error", "not_finite"))
