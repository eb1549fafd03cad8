"""A log file of JSON lines that a resumed run continues, without a line missing or repeated."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.errors import CheckpointError, ConfigError
from kernel.text.base.json_data import json_bytes, read_json
from kernel.text.base.shapes import check_shape
from kernel.training.loggers.jsonable import plain

#: Key of the line that marks the start of a run.
STARTED = "started"


class LogFile:
    """A file that JSON objects are appended to, one per line.

    Each line is written whole before training continues, so a run that dies loses none, and several runs can share a
    file.

    Args:
        path: The file; its folder is created if missing.
        key: The logger's argument that names it, for messages.

    Raises:
        ConfigError: The file cannot be written.
    """

    def __init__(self, path: str | Path, key: str) -> None:
        self.path = Path(path)
        self.has_started = False
        self.last_step = -1
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: a write that failed must not be repeated when the file is closed.
            self.file = self.path.open("ab+", buffering=0)
        except OSError as exc:
            raise ConfigError(
                f"{key}: cannot be written, got {str(path)!r} ({exc.strerror}); choose another file"
            ) from exc

    def append(self, value: Mapping[str, Any]) -> None:
        """Append one object as one line.

        Raises:
            CheckpointError: The file can no longer be written.
        """
        line = json_bytes(value, default=plain) + b"\n"
        line = b"\n" + line if self._is_cut() else line
        try:
            if (self.file.write(line) or 0) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as exc:
            raise CheckpointError(
                f"{self.path}: the log cannot be written, {exc.strerror or exc}; free disk space, then use --resume"
            ) from exc
        self.has_started |= STARTED in value
        self.last_step = value.get("step", self.last_step)

    def state(self) -> dict[str, Any]:
        """Return the current position of the run; everything before it is flushed to disk."""
        os.fsync(self.file.fileno())
        size = self.file.seek(0, os.SEEK_END)
        return {
            "path": str(self.path),
            "size": size,
            "has_started": self.has_started,
            "last_step": self.last_step,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Return to an earlier position of this run, and remove the lines after it, which will be written again.

        Where another run has written after the position since, nothing is removed.
        """
        try:
            check_shape(state, {"path": str, "size": int, "has_started": bool, "last_step": int})
            if state["size"] < 0:
                raise ValueError(f"size must not be negative, got {state['size']}")
        except ValueError as exc:
            raise CheckpointError(
                f"{self.path}: the checkpoint has no valid position in the log, {exc}; remove the checkpoint to resume "
                "from the one before"
            ) from None
        if state["path"] != str(self.path):
            return
        self.has_started, self.last_step = state["has_started"], state["last_step"]
        if self.file.seek(0, os.SEEK_END) <= state["size"]:
            return  # nothing after it, or the file was removed
        self.file.seek(state["size"])
        if self._are_own(self.file.read().splitlines()):
            self.file.truncate(state["size"])

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _are_own(self, lines: list[bytes]) -> bool:
        """Return whether lines after the position are this run's: it starts once, and its steps increase."""
        may_start, last = not self.has_started, self.last_step
        for line in lines:
            try:
                value = read_json(line, halves=True)
            except ValueError:
                continue  # truncated when the run was killed
            if not isinstance(value, dict):
                return False
            if STARTED in value and not may_start:
                return False
            may_start = may_start and STARTED not in value
            step = value.get("step")
            if isinstance(step, int) and "stopped" not in value:
                if step < last or (step == last and "score" not in value):
                    return False
                last = step
        return True

    def _is_cut(self) -> bool:
        """Return whether the file ends within a line, as a run that was killed may leave it."""
        if not self.file.seek(0, os.SEEK_END):
            return False
        self.file.seek(-1, os.SEEK_END)
        return self.file.read(1) != b"\n"


def evaluations_in(path: Path) -> int:
    """Count the evaluations in the log of a run; 0 where there is no log."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return 0
    n_evaluations = 0
    for line in lines:
        try:
            value = read_json(line, halves=True)
        except ValueError:
            continue
        if isinstance(value, dict):
            # A new run appends to the same file.
            n_evaluations = 0 if STARTED in value else n_evaluations + ("score" in value)
    return n_evaluations
