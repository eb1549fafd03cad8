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
    """Load a pipeline and score it on a corpus.

    Args:
        model: The pipeline's folder.
        data: A .spacy file or a folder of them.
        gold_preproc: Whether to use gold sentences and tokens.
        use_gpu: GPU number; -1 for the CPU.
        with_code: Whether to run the Python files saved with the pipeline, if it needs them.

    Raises:
        DataError: The data do not exist or hold no documents.
    """
    use_device(use_gpu)
    if not Path(data).exists():
        raise DataError(f"{data}: no such file or folder; name annotated documents in .spacy format")
    nlp = load(model, code=with_code)
    with plugins_of(nlp.config):
        reader = registry.readers.get("kernel.Corpus.v1")
    examples = list(reader(path=str(data), gold_preproc=gold_preproc)(nlp))
    if not examples:
        raise DataError(f"{data}: no documents in it; name annotated documents in .spacy format")
    return nlp.evaluate(examples)


def write_scores(scores: Mapping[str, Any], path: Path) -> None:
    """Write scores to a JSON file.

    Raises:
        CheckpointError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json_bytes(scores, indent=2) + b"\n")
    except OSError as exc:
        raise CheckpointError(
            f"{path}: cannot be written, got {reason(exc)}; choose another --output"
        ) from exc
