"""Write evaluations to a JSON Lines file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.training.loggers.logfile import LogFile
from pkg_console.table import displayed_score


class Record:
    """A file to which one JSON object per evaluation is appended.

    Args:
        path: The file; its folder is created if it is missing.
        pipes: Components whose losses to write.
        scores: Scores to write, in the units of the table.

    Raises:
        ConfigError: The file cannot be written.
    """

    def __init__(self, path: str, pipes: Sequence[str], scores: Sequence[str]) -> None:
        self.file = LogFile(path, "output_file")
        self.pipes = pipes
        self.scores = scores

    def add(self, info: Mapping[str, Any]) -> None:
        """Append an evaluation."""
        line = {
            "epoch": info["epoch"],
            "step": info["step"],
            "losses": {name: float(info["losses"].get(name, 0.0)) for name in self.pipes},
            "scores": {name: displayed_score(name, info) for name in self.scores},
            "score": float(info["score"]),
        }
        self.file.append(line)
