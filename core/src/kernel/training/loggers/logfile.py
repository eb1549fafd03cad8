"""A log of JSON lines that a run writes and, when it goes on after being killed, goes on writing."""

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

#: Key of a line that says that a run begins here.
STARTED = "started"


class LogFile:
    """A file that gets one JSON object a line, after what it has already.

    Each line is handed to the system whole before training goes on, so a run that dies loses none, and several runs
    can share a file.

    Args:
        path: The file; its folder is made if it is missing.
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
            # Unbuffered: what the disk refuses shall not be tried again when the file is closed.
            self.file = self.path.open("ab+", buffering=0)
        except OSError as exc:
            raise ConfigError(
                f"{key}: cannot be written, got {str(path)!r} ({exc.strerror}); give another file"
            ) from exc

    def append(self, value: Mapping[str, Any]) -> None:
        """Write one object as one line.

        Raises:
            CheckpointError: The file cannot be written any more.
        """
        line = json_bytes(value, default=plain) + b"\n"
        line = b"\n" + line if self._is_cut() else line
        try:
            if (self.file.write(line) or 0) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as exc:
            raise CheckpointError(
                f"{self.path}: the log cannot be written, {exc.strerror or exc}; make room and go on with --resume"
            ) from exc
        self.has_started |= STARTED in value
        self.last_step = value.get("step", self.last_step)

    def state(self) -> dict[str, Any]:
        """Give the place that the run has reached; what was written before it is on the disk."""
        os.fsync(self.file.fileno())
        size = self.file.seek(0, os.SEEK_END)
        return {
            "path": str(self.path),
            "size": size,
            "has_started": self.has_started,
            "last_step": self.last_step,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a place of this run: lines that it wrote behind it will be written once more.

        Where another run has written behind it since, everything stays.
        """
        try:
            check_shape(state, {"path": str, "size": int, "has_started": bool, "last_step": int})
            if state["size"] < 0:
                raise ValueError(f"size must not be negative, got {state['size']}")
        except ValueError as exc:
            raise CheckpointError(
                f"{self.path}: the checkpoint does not say where the log was, {exc}; remove the checkpoint to go on "
                "from the one before"
            ) from None
        if state["path"] != str(self.path):
            return
        self.has_started, self.last_step = state["has_started"], state["last_step"]
        if self.file.seek(0, os.SEEK_END) <= state["size"]:
            return  # nothing behind it, or somebody has taken the file away
        self.file.seek(state["size"])
        if self._are_own(self.file.read().splitlines()):
            self.file.truncate(state["size"])

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _are_own(self, lines: list[bytes]) -> bool:
        """Whether lines behind the place are this run's: it starts once, and its steps rise."""
        may_start, last = not self.has_started, self.last_step
        for line in lines:
            try:
                value = read_json(line, halves=True)
            except ValueError:
                continue  # cut off when the run was killed
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
        """Whether the file ends within a line, as a run that was killed may leave it."""
        if not self.file.seek(0, os.SEEK_END):
            return False
        self.file.seek(-1, os.SEEK_END)
        return self.file.read(1) != b"\n"


def evaluations_in(path: Path) -> int:
    """Count the evaluations in a log of a run; 0 where there is none."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return 0
    n_found = 0
    for line in lines:
        try:
            value = read_json(line, halves=True)
        except ValueError:
            continue
        if isinstance(value, dict):
            # A run that starts anew writes into the same file.
            n_found = 0 if STARTED in value else n_found + ("score" in value)
    return n_found
