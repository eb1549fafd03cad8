"""Log the evaluations of a run as JSON lines, for the run's own log and the JSONL logger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from kernel.training.loggers.logfile import STARTED, LogFile


class Evaluations:
    """Writes one line when a run begins, one for every evaluation, and one at the end.

    Args:
        file: The log file.
        pipeline: Names of the components, for the first line.
    """

    def __init__(self, file: LogFile, pipeline: list[str]) -> None:
        self.file = file
        self.pipeline = pipeline
        self.state = file.state
        self.restore = file.restore

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Write an evaluation, after the start line if it is the first one."""
        if info is None:
            return
        self._start()
        self.file.append(info)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """Write why the run ended, if known, and close the file."""
        if stopped is not None:
            self._start()
            line = {"stopped": stopped["code"], "reason": stopped["reason"], "step": stopped["step"]}
            self.file.append(line)
        self.file.close()

    def _start(self) -> None:
        if not self.file.has_started:
            now = datetime.now(timezone.utc).isoformat()
            self.file.append({STARTED: now, "pipeline": self.pipeline})


def begin_log(nlp: Any, *streams: Any, path: str | Path, key: str) -> tuple[Evaluations, Callable[..., None]]:
    """Set up a logger that writes the evaluations of a run to a file.

    Args:
        nlp: The pipeline.
        streams: Not used.
        path: The file; its folder is created if missing.
        key: The argument that names the file, for messages.

    Raises:
        ConfigError: The file cannot be written.
    """
    evaluations = Evaluations(LogFile(path, key), [name for name, _ in nlp.pipeline])
    return evaluations, evaluations.close
