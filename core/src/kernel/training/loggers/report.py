"""Report steps to loggers, as the dictionaries that custom loggers expect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from kernel.pipeline.language import Language
from kernel.training.loggers.guarded_logger import GuardedLogger
from kernel.training.loggers.runlog import RunLog
from kernel.training.run import Header, Step


def as_info(step: Step, output_path: str | None = None) -> dict[str, Any]:
    """Convert a step to the dictionary that loggers get.

    Args:
        step: The step.
        output_path: Where the pipeline of this step was saved, if it was.
    """
    info: dict[str, Any] = {
        "epoch": step.epoch,
        "step": step.step,
        "score": step.score,
        "other_scores": dict(step.scores or {}),
        "losses": dict(step.losses),
        "checkpoints": list(step.checkpoints),
        "seconds": int(step.seconds),
        "words": step.n_words,
    }
    if output_path is not None:
        info["output_path"] = output_path
    return info


class Report:
    """The recipients of a run's steps: the logger of its config, and the log in its folder.

    Args:
        setup: The config's logger, to be set up.
        header: What is known before the first step.
        nlp: The pipeline, with the components to log.
        stdout: Stream for results.
        stderr: Stream for progress, and for a warning if the logger fails.
        log: The file of the run's own log; None for no log.
    """

    def __init__(
        self,
        setup: Callable[..., Any],
        header: Header,
        nlp: Language,
        stdout: IO[str],
        stderr: IO[str],
        log: Path | None = None,
    ) -> None:
        self._logger = GuardedLogger(setup, nlp, stdout, stderr, header=header)
        self._log = None if log is None else RunLog(log, nlp, stdout, stderr)

    def __call__(self, step: Step, output_path: str | None = None) -> None:
        """Pass a step to both: as a dictionary if it was evaluated, otherwise as None."""
        info = as_info(step, output_path) if step.is_evaluated else None
        # The log first: it must be complete even if the logger fails.
        if self._log is not None:
            self._log(info)
        self._logger(info)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """Close both, with the reason if it is known."""
        if self._log is not None:
            self._log.close(stopped)
        self._logger.close(stopped)

    def state(self) -> dict[str, Any]:
        """Return what both need to resume."""
        return {"logger": self._logger.state(), "log": self._log and self._log.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore both from what `state` returned."""
        self._logger.restore(state["logger"])
        if self._log is not None:
            self._log.restore(state["log"])
