"""The evaluations as lines of JSON in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kernel.errors import ConfigError
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
        self.path = Path(path)
        self.pipes = pipes
        self.scores = scores
        self.write("")

    def add(self, info: Mapping[str, Any]) -> None:
        """Write an evaluation."""
        line = {
            "epoch": info["epoch"],
            "step": info["step"],
            "losses": {name: float(info["losses"].get(name, 0.0)) for name in self.pipes},
            "scores": {name: shown(name, info) for name in self.scores},
            "score": float(info["score"]),
        }
        self.write(json.dumps(line, ensure_ascii=False) + "\n")

    def write(self, text: str) -> None:
        """Append to the file at once, so that a run that dies leaves whole lines."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as exc:
            raise ConfigError(
                f"[training.logger] output_file: cannot be written, got {str(self.path)!r} ({exc.strerror})"
            ) from exc
