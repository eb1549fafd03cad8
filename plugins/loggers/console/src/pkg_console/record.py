"""The evaluations as lines of JSON in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.training.loggers.logfile import LogFile
from pkg_console.table import shown


class Record:
    """A file that gets one JSON object an evaluation, after what it has already.

    Args:
        path: The file; its folder is made if it is missing.
        pipes: Components whose losses are written.
        scores: Scores that are written, as the table shows them.

    Raises:
        ConfigError: The file cannot be written.
    """

    def __init__(self, path: str, pipes: Sequence[str], scores: Sequence[str]) -> None:
        self.file = LogFile(path, "output_file")
        self.pipes = pipes
        self.scores = scores

    def add(self, info: Mapping[str, Any]) -> None:
        """Write an evaluation."""
        line = {
            "epoch": info["epoch"],
            "step": info["step"],
            "losses": {name: float(info["losses"].get(name, 0.0)) for name in self.pipes},
            "scores": {name: shown(name, info) for name in self.scores},
            "score": float(info["score"]),
        }
        self.file.append(line)
