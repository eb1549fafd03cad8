"""The log that every run leaves in its folder, whatever its config's logger is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from kernel.pipeline.language import Language
from kernel.training.loggers.evaluations import begin_log
from kernel.training.loggers.guarded_logger import GuardedLogger


class RunLog:
    """Writes the evaluations of one run, from the first on: a run that has none leaves no log.

    Like a logger it ends nothing where it fails.

    Args:
        path: The file. What it holds is of a run that is not gone on with, unless `restore` says otherwise.
        nlp: The pipeline.
        stdout: Not used; loggers are given it.
        stderr: For a warning.
    """

    def __init__(self, path: Path, nlp: Language, stdout: IO[str], stderr: IO[str]) -> None:
        self._path, self._nlp, self._streams = path, nlp, (stdout, stderr)
        self._watch: GuardedLogger | None = None

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Write an evaluation."""
        if info is None:
            return
        if self._watch is None:
            self._begin(is_new=True)
        assert self._watch is not None
        self._watch(info)

    def close(self, stopped: Mapping[str, Any] | None) -> None:
        """Write why the run ended."""
        if self._watch is not None:
            self._watch.close(stopped)

    def state(self) -> Any:
        """Give what `restore` takes."""
        return None if self._watch is None else self._watch.state()

    def restore(self, known: Any) -> None:
        """Go on where a run was when it gave `known`."""
        if known is None:
            return
        self._begin(is_new=False)
        assert self._watch is not None
        # The folder may have been moved, or be called otherwise now.
        place = known["state"] and {**known["state"], "path": str(self._path)}
        self._watch.restore({**known, "state": place})

    def _begin(self, *, is_new: bool) -> None:
        def setup(nlp: Language, *streams: Any) -> Any:
            if is_new:
                self._path.unlink(missing_ok=True)
            return begin_log(nlp, path=self._path, key="log")

        self._watch = GuardedLogger(setup, self._nlp, *self._streams, f"{self._path}:")
