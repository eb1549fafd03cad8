"""A step worth keeping, as folders with a pipeline that are whole or not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kernel.contracts.capabilities import averages_of
from kernel.errors import CheckpointError, ConfigError
from kernel.pipeline.language import Language
from kernel.system.files import copy_tree, remove_folder, replaced_folder
from kernel.training.run import Run, Step
from kernel.training.runs.output import BEST, GO_ON, LAST, OTHER_BEST, STEP, OutputFolder, translated


class SavedModels:
    """The saved pipelines of a run.

    Args:
        run: Whose pipeline is saved, under the optimizer's averages where it keeps them.
        place: The folder.
    """

    def __init__(self, run: Run, place: OutputFolder) -> None:
        self.run = run
        self.place = place
        self.output = place.path
        self.last = self.output / LAST

    def save(self, *, is_best: bool = False) -> Path:
        """Save the pipeline as it is now and return its folder.

        Args:
            is_best: Whether it is the best so far, and therefore also the model-best.

        Raises:
            CheckpointError: It cannot be saved, or the folder is gone; the pipelines before are as they were.
        """
        self.place.check()
        averages = averages_of(self.run.optimizer)
        with self.run.nlp.use_params(averages):
            nlp = finished(self.run.nlp, self.run.before_to_disk)
            with self.place.kept():
                try:
                    nlp.to_disk(self.last)
                except CheckpointError as exc:
                    raise CheckpointError(f"{exc}; {GO_ON}") from exc
        if is_best:
            with self.place.kept():
                copy_folder(self.last, self.output / BEST)
        return self.last

    def rank(self, step: Step) -> None:
        """Keep the pipeline just saved among the best, where more than one of them is wanted."""
        n_kept = self.run.keeping.keep_best
        if n_kept < 2:
            return
        # Of equal scores the latest counts, as for model-best.
        ranked = sorted(step.checkpoints, key=lambda result: (-result[0], -result[1]))
        names = [f"step-{number:08}" for _, number, _ in ranked[:n_kept]]
        self.place.check()
        folder = self.output / OTHER_BEST
        with translated(folder):
            folder.mkdir(exist_ok=True)
        if (name := f"step-{step.step:08}") in names:
            copy_folder(self.last, folder / name)
        with translated(folder):
            for place in list(folder.iterdir()):
                if STEP.fullmatch(place.name) and place.name not in names:
                    remove_folder(place)


def finished(nlp: Language, before_to_disk: Callable[[Language], Language] | None) -> Language:
    """Let the config's callback have the pipeline before it is saved.

    Raises:
        ConfigError: The callback returns something else.
    """
    if before_to_disk is None:
        return nlp
    changed = before_to_disk(nlp)
    if not isinstance(changed, Language):
        raise ConfigError(
            f"[training.before_to_disk]: the callback must return the pipeline, got {type(changed).__name__}"
        )
    return changed


def note_performance(nlp: Language, step: Step, weights: Mapping[str, float | None]) -> None:
    """Write a step's scores and losses into the pipeline's meta data."""
    scores = step.scores or {}
    performance: dict[str, Any] = {name: scores.get(name, 0.0) for name in weights}
    performance.update({f"{name}_loss": step.losses[name] for name in nlp.pipe_names if name in step.losses})
    nlp.meta["performance"] = performance


def copy_folder(source: Path, target: Path) -> None:
    """Put a copy of a folder where another may be; the old one goes when the new one is complete.

    Raises:
        CheckpointError: It cannot be written; the old one is as it was.
    """
    with translated(target), replaced_folder(target) as new:
        copy_tree(source, new)
