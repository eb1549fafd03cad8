"""What wandb has written down of runs that it was told to keep offline, read from its own files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pkg_wandb.files import records


def files(folder: Path) -> list[Path]:
    """Find the files of the runs in a folder, one for each process, in their order."""
    return sorted(folder.glob("wandb/offline-run-*/run-*.wandb"))


def of_kind(folder: Path, kind: str) -> list[Any]:
    """Read the records of one kind, of all runs in a folder."""
    import wandb

    wandb.teardown()  # all is written
    return [
        getattr(one, kind)
        for path in files(folder)
        for one in records(path)
        if one.WhichOneof("record_type") == kind
    ]


def history(folder: Path) -> list[tuple[int, dict[str, Any]]]:
    """Read what was logged, by step."""
    rows = [
        {(item.key or ".".join(item.nested_key)): json.loads(item.value_json) for item in record.item}
        for record in of_kind(folder, "history")
    ]
    return [
        (row["_step"], {key: value for key, value in row.items() if not key.startswith("_")}) for row in rows
    ]
