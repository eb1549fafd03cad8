"""The files of runs on disk: wandb's own, and our log of the rows passed to it.

When a process is killed, rows that wandb has not written yet are lost. Therefore every row is written to a file of ours
first, and the process that resumes the run passes rows again that neither wandb's files nor its server have.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kernel.text.base.json_data import read_json

#: Sizes in wandb's files, in bytes: the beginning of a file, a block, and the header of a part.
_BEGINNING, _BLOCK, _HEADER = 7, 32768, 7
#: Types of parts that end a record: a complete record, and the last part of one.
_ENDS = (1, 4)


class Rows:
    """The rows of one run, in a file with one JSON object per line.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, step: int, values: dict[str, float]) -> None:
        """Append a row; it survives the death of the process once this returns."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps({'step': step, 'values': values})}\n")

    def read(self) -> list[tuple[int, dict[str, float]]]:
        """Return all rows as (step, values); skip a row that was truncated when a process was killed."""
        rows = []
        for line in self.path.read_text("utf-8").splitlines() if self.path.is_file() else ():
            try:
                row = read_json(line)
                rows.append((int(row["step"]), dict(row["values"])))
            except (ValueError, TypeError, KeyError):
                continue
        return rows


def last_step(folder: Path, run_id: str) -> int:
    """Return the last step that wandb has written to a folder for an offline run; -1 if there is none."""
    steps = [-1]
    for path in folder.glob(f"offline-run-*-{run_id}*/run-{run_id}.wandb"):
        for record in records(path):
            items = record.history.item if record.HasField("history") else ()
            steps += [int(item.value_json) for item in items if "_step" in (item.key, *item.nested_key)]
    return max(steps)


def records(path: Path) -> Iterator[Any]:
    """Yield the complete records of a run's file.

    Source:
        LevelDB, doc/log_format.md, after 7 bytes specific to wandb.
    """
    from wandb.proto.wandb_internal_pb2 import Record

    data, parts, pos = path.read_bytes(), [], _BEGINNING
    while pos + _HEADER <= len(data):
        if (left := _BLOCK - pos % _BLOCK) < _HEADER:
            pos += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, pos)
        pos += _HEADER + length
        if not kind or pos > len(data):
            return
        parts.append(data[pos - length : pos])
        if kind in _ENDS:
            yield Record.FromString(b"".join(parts))
            parts = []
