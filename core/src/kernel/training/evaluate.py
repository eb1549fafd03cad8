"""The development corpus through the pipeline: all scores, and the one that decides."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kernel.contracts import Reader
from kernel.errors import CheckpointError, ConfigError, DataError, NotFinite
from kernel.pipeline.language import Language
from kernel.pipeline.loading import load
from kernel.registry import registry
from kernel.text.example import Example
from kernel.training.device import use_device

EMPTY = "[training] dev_corpus: the corpus has no examples; look at its path and its limits"


@dataclass(frozen=True)
class Evaluation:
    """The scores of a pipeline; `score` is their weighted sum."""

    score: float
    scores: Mapping[str, Any]


class DevSet:
    """The development corpus, read once.

    Args:
        nlp: Given to the reader.
        corpus: Reads the examples.
        is_held: Whether to hold what was read; otherwise it is read again for every evaluation.
    """

    def __init__(self, nlp: Language, corpus: Reader, *, is_held: bool = True) -> None:
        self.nlp = nlp
        self.corpus = corpus
        self.is_held = is_held

    @cached_property
    def held(self) -> list[Example]:
        """The examples as they were read, never annotated."""
        return list(self.corpus(self.nlp))

    def open(self) -> None:
        """Read what is held, so that a corpus that cannot be read is known before the first step.

        Raises:
            DataError: The corpus is empty.
        """
        if self.is_held and not self.held:
            raise DataError(EMPTY)

    def examples(self) -> Iterator[Example]:
        """Yield the examples; nothing annotates them, since `nlp.evaluate` works on copies.

        Raises:
            DataError: The corpus is empty.
        """
        if self.is_held:
            yield from self.held
            return
        eg = None
        for eg in self.corpus(self.nlp):
            yield eg
        if eg is None:
            raise DataError(EMPTY)


def evaluate(
    nlp: Language, dev: DevSet, weights: Mapping[str, float | None], averages: Mapping[Any, Any] | None = None
) -> Evaluation:
    """Measure a pipeline on the development corpus.

    Args:
        nlp: The pipeline.
        dev: The corpus.
        weights: Scores to shares of the one score; None hides a score.
        averages: Parameters to measure instead of the current ones, if there are any.
    """
    with nlp.use_params(averages):
        scores = nlp.evaluate(dev.examples())
    scores = {name: value for name, value in scores.items() if value is not None}
    return Evaluation(weighted(scores, weights), scores)


def weighted(scores: Mapping[str, Any], weights: Mapping[str, float | None]) -> float:
    """Sum the scores by their weights; one that the corpus gives no cause for counts as 0.

    Raises:
        ConfigError: A weighted score is not a number.
        NotFinite: The sum is not finite.
    """
    total = 0.0
    for name, weight in weights.items():
        if weight is None or name not in scores:
            continue
        value = scores[name]
        if not isinstance(value, (int, float)):
            raise ConfigError(
                f"[training.score_weights] {name}: the score is not a number, got {type(value).__name__}; "
                f"write {name} = null to hide it"
            )
        total += weight * value
    if not math.isfinite(total):
        raise NotFinite(f"[training.score_weights]: the score is {total}; look at the losses before it")
    return total


def evaluate_saved(
    model: str, data: str | Path, *, gold_preproc: bool = False, use_gpu: int = -1
) -> dict[str, Any]:
    """Load a pipeline and measure it on a corpus.

    Args:
        model: Folder of the pipeline.
        data: A .spacy file or a folder of them.
        gold_preproc: Whether to take sentences and tokens from the annotation.
        use_gpu: Number of a GPU, -1 for the CPU.

    Raises:
        DataError: There is nothing to measure on.
    """
    use_device(use_gpu)
    if not Path(data).exists():
        raise DataError(f"{data}: there is no such file or folder; give annotated documents in .spacy format")
    reader = registry.readers.get("kernel.Corpus.v1")
    nlp = load(model)
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
        path.write_text(json.dumps(scores, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as exc:
        raise CheckpointError(
            f"{path}: cannot be written, got {exc.strerror}; give another --output"
        ) from exc
