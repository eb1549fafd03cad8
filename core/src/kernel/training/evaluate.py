"""Score a saved pipeline on annotated documents, as `kernel evaluate` does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.config.plugin_choice import plugins_of
from kernel.errors import CheckpointError, DataError
from kernel.pipeline.loading import load
from kernel.registry import registry
from kernel.system.files import reason, write_whole
from kernel.text.base.json_data import json_bytes
from kernel.training.device import use_device


def evaluate_saved(
    model: str, data: str | Path, *, gold_preproc: bool = False, use_gpu: int = -1, with_code: bool = False
) -> dict[str, Any]:
    """Load a pipeline and measure it on a corpus.

    Args:
        model: Folder of the pipeline.
        data: A .spacy file or a folder of them.
        gold_preproc: Whether to take sentences and tokens from the annotation.
        use_gpu: Number of a GPU, -1 for the CPU.
        with_code: Whether to run the files of code that were saved with the pipeline, where it needs them.

    Raises:
        DataError: There is nothing to measure on.
    """
    use_device(use_gpu)
    if not Path(data).exists():
        raise DataError(f"{data}: there is no such file or folder; give annotated documents in .spacy format")
    nlp = load(model, code=with_code)
    with plugins_of(nlp.config):
        reader = registry.readers.get("kernel.Corpus.v1")
    examples = list(reader(path=str(data), gold_preproc=gold_preproc)(nlp))
    if not examples:
        raise DataError(f"{data}: there is no document in it; give annotated documents in .spacy format")
    return nlp.evaluate(examples)


def write_scores(scores: Mapping[str, Any], path: Path) -> None:
    """Write scores to a file, as JSON.

    Raises:
        CheckpointError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json_bytes(scores, indent=2) + b"\n")
    except OSError as exc:
        raise CheckpointError(f"{path}: cannot be written, got {reason(exc)}; give another --output") from exc
