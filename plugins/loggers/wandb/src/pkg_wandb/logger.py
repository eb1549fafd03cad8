"""The logger for Weights & Biases: config, scores and losses of a run, and on demand its data and its pipelines."""

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
    """Create a logger that sends a run to Weights & Biases, or keeps it for `wandb sync` where that is out of reach.

    Args:
        project_name: The project; it is made if it is missing.
        remove_config_values: Dotted names of what the config is sent without.
        model_log_interval: Steps between two saved pipelines that are sent as artifacts, of those that are evaluated.
        log_dataset_dir: A folder that is sent as the data set when the run begins.
        entity: User or team; the user's default if it is null.
        run_name: Name of the run; W&B makes one up if it is null.
        strict: Whether what goes wrong ends the training.
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
    """Tells a run of W&B what the training tells.

    Args:
        run: The run.
        dataset: Folder with the data set, if that is sent.
        interval: Steps between two pipelines that are sent.
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
            # Once for each process: W&B knows what it has already by its content.
            self.run.add(directory_artifact("dataset", "dataset", self.dataset))
            self.dataset = None
        self.run.log(numbers(info), info["step"])
        path, step = info.get("output_path"), info["step"]
        if self.interval and path is not None and step and step % self.interval == 0:
            facts = {"epoch": info["epoch"], "step": step, "score": info["score"], **info["losses"]}
            artifact = directory_artifact(f"pipeline_{self.run.id}", "checkpoint", path, facts)
            is_best = info["score"] == max(score for score, *_ in info["checkpoints"])
            self.run.add(artifact, [f"step-{step}", "latest", *(["best"] if is_best else [])])

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """End the run, as failed where an error ended the training."""
        self.run.end(failed=stopped is not None and stopped["code"] in ("error", "not_finite"))
