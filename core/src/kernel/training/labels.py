"""The labels of each component, collected from the training corpus once and kept in files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.errors import CheckpointError, DataError
from kernel.files import write_whole
from kernel.training.initialize import prepare


def collect_labels(config: Mapping[str, Any], use_gpu: int = -1) -> dict[str, Any]:
    """Initialize a pipeline and give the labels of each component that learns and has any.

    Args:
        config: The whole config.
        use_gpu: Number of a GPU, -1 for the CPU.

    Returns:
        By component, what its `initialize(labels=...)` takes.

    Raises:
        DataError: No component has labels.
    """
    run = prepare(config, use_gpu)
    found = {
        name: getattr(component, "label_data", None)
        for name, component in run.nlp.pipeline
        if name not in run.frozen
    }
    labels = {name: data for name, data in found.items() if data is not None}
    if not labels:
        raise DataError(
            f"init labels: no component that learns has labels, got {', '.join(found) or 'no component'}; "
            "check [nlp] pipeline"
        )
    return labels


def write_labels(labels: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the labels of each component into a JSON file of its name, and return the files.

    Raises:
        CheckpointError: They cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, data in labels.items():
            path = folder / f"{name}.json"
            write_whole(path, (json.dumps(data, ensure_ascii=False, indent=0) + "\n").encode())
            paths.append(path)
    except OSError as error:
        raise CheckpointError(
            f"{folder}: labels cannot be written there, {error.strerror or error}"
        ) from error
    return paths
