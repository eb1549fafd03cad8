"""Event files as TensorBoard reads them: scalars and text by step, in a folder that several processes continue."""

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
    """The event files that one run writes into a folder, one for each process that it takes.

    Every event is on the disk before the next. The files of a run end in its id, by which a run that goes on after
    being killed finds what it wrote behind the place where it goes on.

    Args:
        folder: Made when the first event is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = secrets.token_hex(4)
        self._writer: Any = None

    @property
    def is_new(self) -> bool:
        """Whether the run has no events yet."""
        return not self._sizes()

    def add_scalars(self, values: Mapping[str, float], step: int) -> None:
        """Write numbers by their names."""
        from tensorboardX.proto.summary_pb2 import Summary

        self._add(
            Summary(value=[Summary.Value(tag=tag, simple_value=one) for tag, one in values.items()]), step
        )

    def add_text(self, tag: str, text: str) -> None:
        """Write a text, in Markdown."""
        from tensorboardX.summary import text as as_summary

        self._add(as_summary(tag, text), 0)

    def state(self) -> dict[str, Any]:
        """Give the place that the run has reached."""
        return {"folder": str(self.folder), "id": self.id, "sizes": self._sizes()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a place of this run: what it wrote behind it is cut off, and will be written once more."""
        if state["folder"] != str(self.folder):
            return
        if re.fullmatch("[0-9a-f]{8}", str(state["id"])) is None:
            # It says which files are this run's.
            raise CheckpointError(
                f"{self.folder}: the state of the log is damaged, expected the id of a run, got {state['id']!r}; "
                "remove the checkpoint to go on from the one before"
            )
        self.id = state["id"]
        for name, size in self._sizes().items():
            known = state["sizes"].get(name)
            if known is None:
                (self.folder / name).unlink()
            elif known < size:
                os.truncate(self.folder / name, known)

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
            # The number keeps apart what two processes begin in one second.
            suffix = f".{len(self._sizes()):04}.{self.id}"
            self._writer = EventsWriter(str(self.folder / "events"), suffix)
        self._writer.write_event(Event(wall_time=time.time(), step=step, summary=summary))
        self._writer.flush()

    def _sizes(self) -> dict[str, int]:
        found = self.folder.glob(f"events.out.tfevents.*.{self.id}") if self.folder.is_dir() else ()
        return {path.name: path.stat().st_size for path in sorted(found)}
