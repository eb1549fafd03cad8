"""Write TensorBoard event files, scalars and text by step, to a folder that several processes may continue."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.errors import CheckpointError


class EventFiles:
    """The event files of one run in a folder, one per process.

    Every event is written to disk immediately. The file names end in the run's id, so that a resumed run finds the
    events that were written after its checkpoint.

    Args:
        folder: The folder; created when the first event is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = secrets.token_hex(4)
        self._writer: Any = None

    @property
    def is_new(self) -> bool:
        """Whether the run has not written any events."""
        return not self._sizes()

    def add_scalars(self, values: Mapping[str, float], step: int) -> None:
        """Write numbers by name."""
        from tensorboardX.proto.summary_pb2 import Summary

        self._add(
            Summary(value=[Summary.Value(tag=tag, simple_value=one) for tag, one in values.items()]), step
        )

    def add_text(self, tag: str, text: str) -> None:
        """Write a text, in Markdown."""
        from tensorboardX.summary import text as as_summary

        self._add(as_summary(tag, text), 0)

    def state(self) -> dict[str, Any]:
        """Return the state of the files, for resuming the run in another process."""
        return {"folder": str(self.folder), "id": self.id, "sizes": self._sizes()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Return to an earlier state of this run by removing the events written after it.

        Raises:
            CheckpointError: The state is damaged.
        """
        if state["folder"] != str(self.folder):
            return
        if re.fullmatch("[0-9a-f]{8}", str(state["id"])) is None:
            # The id selects the files to change.
            raise CheckpointError(
                f"{self.folder}: the state of the log is damaged, expected the id of a run, got {state['id']!r}; "
                "remove the checkpoint to resume from the one before"
            )
        self.id = state["id"]
        for name, size in self._sizes().items():
            saved_size = state["sizes"].get(name)
            if saved_size is None:
                (self.folder / name).unlink()
            elif saved_size < size:
                os.truncate(self.folder / name, saved_size)

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _add(self, summary: Any, step: int) -> None:
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto.event_pb2 import Event

        if self._writer is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            # The number distinguishes files that two processes create within one second.
            suffix = f".{len(self._sizes()):04}.{self.id}"
            self._writer = EventsWriter(str(self.folder / "events"), suffix)
        self._writer.write_event(Event(wall_time=time.time(), step=step, summary=summary))
        self._writer.flush()

    def _sizes(self) -> dict[str, int]:
        paths = self.folder.glob(f"events.out.tfevents.*.{self.id}") if self.folder.is_dir() else ()
        return {path.name: path.stat().st_size for path in sorted(paths)}
