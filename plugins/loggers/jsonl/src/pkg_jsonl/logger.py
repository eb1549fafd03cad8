"""The JSONL logger: one JSON object an evaluation, appended to a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from kernel.training.logfile import LogFile


def jsonl_logger(path: str) -> Callable[..., tuple[Evaluations, Callable[..., None]]]:
    """Create a logger that appends to a file: a line when a run begins, one for every evaluation, one for the end.

    Each line is written whole before training goes on, so a run that dies loses none, and several runs can share a
    file. A run that goes on after being killed goes on in the file, with no line twice and none missing.

    Args:
        path: The file; its folder is made if it is missing.
    """

    def setup_logger(nlp: Any, *streams: Any) -> tuple[Evaluations, Callable[..., None]]:
        evaluations = Evaluations(LogFile(path, "path"), [name for name, _ in nlp.pipeline])
        return evaluations, evaluations.close

    return setup_logger


class Evaluations:
    """Writes evaluations down.

    Args:
        file: Where to.
        pipeline: Names of the components, for the first line.
    """

    def __init__(self, file: LogFile, pipeline: list[str]) -> None:
        self.file = file
        self.pipeline = pipeline
        self.state = file.state
        self.restore = file.restore

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Write an evaluation, and before the first one that a run begins."""
        if info is None:
            return
        self._start()
        self.file.append(info)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """Write why the run ended, where that is known, and close the file."""
        if stopped is not None:
            self._start()
            line = {"stopped": stopped["code"], "reason": stopped["reason"], "step": stopped["step"]}
            self.file.append(line)
        self.file.close()

    def _start(self) -> None:
        if not self.file.has_started:
            now = datetime.now(timezone.utc).isoformat()
            self.file.append({"started": now, "pipeline": self.pipeline})
