"""Read labels that were collected earlier, so that training need not read the whole corpus to start."""

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
        require: Whether the file must exist; otherwise, without it, the labels are collected from the corpus.

    Returns:
        The component's `label_data`, usually a list; None if there is no file.

    Raises:
        DataError: The file is required and missing, or is not valid JSON.
    """
    file = Path(path)
    if not file.exists():
        if not require:
            return None
        raise DataError(
            f"path: no such file of labels, got {str(path)!r}; create it, or set require to false"
        )
    try:
        return read_json(regular(file).read_bytes())
    except (OSError, ValueError) as exc:
        raise DataError(f"{file}: expected a JSON file of labels, got {exc}; create it again") from exc
