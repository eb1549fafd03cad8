"""Labels that were collected before, so that starting a training need not read the whole corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kernel.errors import DataError
from kernel.system.files import regular
from kernel.text.base.json_data import read_json


def read_labels(path: str | Path, *, require: bool = False) -> Any:
    """Read a component's labels from a JSON file, for `[initialize.components.NAME]`.

    Args:
        path: The file.
        require: Whether the file must exist; else the labels are collected from the corpus without it.

    Returns:
        What the component wrote, usually a list; None where there is no file.

    Raises:
        DataError: The file is required and missing, or holds no JSON.
    """
    file = Path(path)
    if not file.exists():
        if not require:
            return None
        raise DataError(f"path: no such file of labels, got {str(path)!r}; make it, or set require to false")
    try:
        return read_json(regular(file).read_bytes())
    except (OSError, ValueError) as exc:
        raise DataError(f"{file}: not a JSON file of labels, got {exc}; write it anew") from exc
