"""The log that every run writes to its folder, whatever logger its config has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from kernel.pipeline.language import Language
from kernel.training.loggers.evaluations import begin_log
from kernel.training.loggers.guarded_logger import GuardedLogger


class RunLog:
    """Writes the evaluations of one run, starting with the first; a run without evaluations leaves no log.

    Like the errors of a logger, its errors do not end the run.

    Args:
        path: The file. An existing one belongs to an earlier run and is replaced, unless `restore` is called.
        nlp: The pipeline.
        stdout: Stream for results; not used.
        stderr: Stream for a warning.
    """

    def __init__(self, path: Path, nlp: Language, stdout: IO[str], stderr: IO[str]) -> None:
        self._path, self._nlp, self._streams = path, nlp, (stdout, stderr)
        self._logger: GuardedLogger | None = None

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Write an evaluation."""
        if info is None:
            return
        if self._logger is None:
            self._begin(is_new=True)
        assert self._logger is not None
        self._logger(info)

    def close(self, stopped: Mapping[str, Any] | None) -> None:
        """Write why the run ended."""
        if self._logger is not None:
            self._logger.close(stopped)

    def state(self) -> Any:
        """Return the state for `restore`."""
        return None if self._logger is None else self._logger.state()

    def restore(self, saved: Any) -> None:
        """Resume the log from a state that `state` returned."""
        if saved is None:
            return
        self._begin(is_new=False)
        assert self._logger is not None
        # The folder may have been moved or renamed.
        state = saved["state"] and {**saved["state"], "path": str(self._path)}
        self._logger.restore({**saved, "state": state})

    def _begin(self, *, is_new: bool) -> None:
        def setup(nlp: Language, *streams: Any) -> Any:
            if is_new:
                self._path.unlink(missing_ok=True)
            return begin_log(nlp, path=self._path, key="log")

        self._logger = GuardedLogger(setup, self._nlp, *self._streams, f"{self._path}:")
