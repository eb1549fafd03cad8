"""What runs have left on the disk: wandb's own files, and the rows that were handed to it.

A process that is killed takes with it what wandb has not written yet. So every row stands in a file of ours first,
and the process that goes on hands over again what neither wandb's files nor its server have.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kernel.text.base.json_data import read_json

#: A file of wandb's begins with so many bytes, and goes on in blocks with so many bytes before each part.
_BEGINNING, _BLOCK, _HEADER = 7, 32768, 7
#: Kinds of parts that end a record: a whole one, and the last.
_ENDS = (1, 4)


class Rows:
    """The rows of one run, one JSON object a line.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, step: int, values: dict[str, float]) -> None:
        """Write a row down; it is in the system's hands when this returns."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps({'step': step, 'values': values})}\n")

    def read(self) -> list[tuple[int, dict[str, float]]]:
        """Read all rows; one that was cut off when a process was killed is none."""
        rows = []
        for line in self.path.read_text("utf-8").splitlines() if self.path.is_file() else ():
            try:
                row = read_json(line)
                rows.append((int(row["step"]), dict(row["values"])))
            except (ValueError, TypeError, KeyError):
                continue
        return rows


def last_step(folder: Path, run_id: str) -> int:
    """Find the last step that wandb has written into a folder for a run that was kept offline; -1 for none."""
    steps = [-1]
    for path in folder.glob(f"offline-run-*-{run_id}*/run-{run_id}.wandb"):
        for record in records(path):
            items = record.history.item if record.HasField("history") else ()
            steps += [int(item.value_json) for item in items if "_step" in (item.key, *item.nested_key)]
    return max(steps)


def records(path: Path) -> Iterator[Any]:
    """Read the records of a run's file, as far as it goes.

    Source:
        LevelDB, doc/log_format.md, after 7 bytes of wandb's own.
    """
    from wandb.proto.wandb_internal_pb2 import Record

    data, parts, at = path.read_bytes(), [], _BEGINNING
    while at + _HEADER <= len(data):
        if (left := _BLOCK - at % _BLOCK) < _HEADER:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        at += _HEADER + length
        if not kind or at > len(data):
            return
        parts.append(data[at - length : at])
        if kind in _ENDS:
            yield Record.FromString(b"".join(parts))
            parts = []
