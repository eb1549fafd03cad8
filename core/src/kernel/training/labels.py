"""Collect the labels of each component from the training corpus and write them to files."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from kernel.config.format import references
from kernel.config.format.document import Config
from kernel.config.plan import Plan, make_plan
from kernel.contracts.capabilities import label_data_of
from kernel.errors import CheckpointError, DataError
from kernel.system.files import reason, write_whole
from kernel.text.base.json_data import json_bytes
from kernel.training.preparation import prepare


def collect_labels(config: Mapping[str, Any] | Plan, use_gpu: int = -1) -> dict[str, Any]:
    """Initialize a pipeline and return the labels of each component that learns and has labels.

    Args:
        config: The whole config, or a plan made from it; the development corpus need not exist.
        use_gpu: GPU number; -1 for the CPU.

    Returns:
        By component, the argument for its `initialize(labels=...)`.

    Raises:
        ConfigError: The training corpus does not exist, or the config has another mistake.
        DataError: No component has labels.
    """
    run = prepare(make_plan(_without_dev(Plan.of(config)), has_data=True), use_gpu)
    label_data = {
        name: label_data_of(component) for name, component in run.nlp.pipeline if name not in run.frozen
    }
    labels = {name: data for name, data in label_data.items() if data is not None}
    if not labels:
        raise DataError(
            f"init labels: no component that learns has labels, got {', '.join(label_data) or 'no component'}; "
            "check [nlp] pipeline"
        )
    return labels


def _without_dev(plan: Plan) -> Config:
    """Replace the development corpus, which is built but not read, by the training corpus."""
    filled, training = plan.config.copy(), plan.values["training"]
    train, dev = training["train_corpus"], training["dev_corpus"]
    paths = [path for path in (train, dev) if isinstance(path, str) and references.exists(filled, path)]
    referred = any(path == dev or path.startswith(f"{dev}.") for path in references.variables(filled))
    if len(paths) == 2 and not referred:
        section, _, name = dev.rpartition(".")
        references.find(filled, section)[name] = deepcopy(references.find(filled, train))
    return filled


def write_labels(labels: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the labels of each component to a JSON file named after it, and return the files.

    Raises:
        CheckpointError: A file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, data in labels.items():
            path = folder / f"{name}.json"
            write_whole(path, json_bytes(data, indent=0) + b"\n")
            paths.append(path)
    except OSError as error:
        raise CheckpointError(f"{folder}: labels cannot be written there, {reason(error)}") from error
    return paths
