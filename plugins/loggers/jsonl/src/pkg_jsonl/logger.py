"""The JSONL logger: one JSON object an evaluation, appended to a file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from kernel.errors import ConfigError

LogStep = Callable[[Mapping[str, Any] | None], None]


def jsonl_logger(path: str) -> Callable[..., tuple[LogStep, Callable[[], None]]]:
    """Create a logger that appends to a file: a line when a run begins, one for every evaluation.

    Each line reaches the disk whole before training goes on, so a run that dies loses none, and several runs
    can share a file.

    Args:
        path: The file; its folder is made if it is missing.
    """

    def setup_logger(nlp: Any, *streams: Any) -> tuple[LogStep, Callable[[], None]]:
        lines = Lines(Path(path))
        lines.append(
            {
                "started": datetime.now(timezone.utc).isoformat(),
                "pipeline": [name for name, _ in nlp.pipeline],
            }
        )

        def log_step(info: Mapping[str, Any] | None) -> None:
            if info is not None:
                lines.append(info)

        return log_step, lines.close

    return setup_logger


class Lines:
    """A file of JSON lines, open for appending.

    Raises:
        ConfigError: The file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file = path.open("ab+")
        except OSError as exc:
            raise ConfigError(
                f"[training.logger] path: cannot be written, got {str(path)!r} ({exc.strerror})"
            ) from exc
        if self._is_cut():
            self.file.write(b"\n")

    def _is_cut(self) -> bool:
        """Whether the file ends within a line, as a run that was killed may leave it."""
        if not self.file.seek(0, os.SEEK_END):
            return False
        self.file.seek(-1, os.SEEK_END)
        return self.file.read(1) != b"\n"

    def append(self, value: Mapping[str, Any]) -> None:
        """Write one object as one line, at once."""
        line = json.dumps(value, ensure_ascii=False, default=plain)
        self.file.write(line.encode("utf-8") + b"\n")
        self.file.flush()

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def plain(value: Any) -> Any:
    """Turn what JSON does not know, such as a number of NumPy's, into what it does."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, (set, frozenset)) else str(value)
