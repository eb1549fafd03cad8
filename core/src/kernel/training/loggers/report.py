"""From Steps to what a logger expects: the dictionary that custom loggers are written against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from kernel.pipeline.language import Language
from kernel.training.loggers.guarded_logger import GuardedLogger
from kernel.training.loggers.runlog import RunLog
from kernel.training.run import Header, Step


def as_info(step: Step, output_path: str | None = None) -> dict[str, Any]:
    """Write a step down under the keys that loggers know.

    Args:
        step: What is known.
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
    """Who is told of a run: the logger of its config, and the log in its folder.

    Args:
        setup: What the config's logger factory made.
        header: What is known before the first step.
        nlp: The pipeline, with the components that are logged.
        stdout: For results.
        stderr: For progress, and for a warning where the logger fails.
        log: The file of the run's own log; None for none.
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
        """Pass a step on: as a dictionary if it was evaluated, else as None."""
        info = as_info(step, output_path) if step.is_evaluated else None
        # The log first: it has everything, whatever becomes of the logger.
        if self._log is not None:
            self._log(info)
        self._logger(info)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """End both, telling them why where that is known."""
        if self._log is not None:
            self._log.close(stopped)
        self._logger.close(stopped)

    def state(self) -> dict[str, Any]:
        """Give what they have to know when the run goes on in another process."""
        return {"logger": self._logger.state(), "log": self._log and self._log.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Tell them what `state` gave."""
        self._logger.restore(state["logger"])
        if self._log is not None:
            self._log.restore(state["log"])
