"""Save the pipelines of a run to folders that are complete or absent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kernel.contracts.capabilities import averages_of
from kernel.errors import CheckpointError, ConfigError
from kernel.pipeline.language import Language
from kernel.system.files import copy_tree, remove_folder, replaced_folder
from kernel.training.run import Run, Step
from kernel.training.runs.output import BEST, LAST, OTHER_BEST, RESUME_LATER, STEP, OutputFolder, translated


class SavedModels:
    """The saved models of a run: model-last, model-best and the other best ones.

    Args:
        run: The run; its pipeline is saved with the optimizer's averages, if it keeps any.
        folder: The output folder.
    """

    def __init__(self, run: Run, folder: OutputFolder) -> None:
        self.run = run
        self.folder = folder
        self.output = folder.path
        self.last = self.output / LAST

    def save(self, *, is_best: bool = False) -> Path:
        """Save the current pipeline as model-last and return its folder.

        Args:
            is_best: Whether it is the best so far, and so also becomes model-best.

        Raises:
            CheckpointError: It cannot be saved, or the folder is missing; earlier models are unchanged.
        """
        self.folder.check()
        averages = averages_of(self.run.optimizer)
        with self.run.nlp.use_params(averages):
            nlp = finished(self.run.nlp, self.run.before_to_disk)
            with self.folder.kept():
                try:
                    nlp.to_disk(self.last)
                except CheckpointError as exc:
                    raise CheckpointError(f"{exc}; {RESUME_LATER}") from exc
        if is_best:
            with self.folder.kept():
                copy_folder(self.last, self.output / BEST)
        return self.last

    def rank(self, step: Step) -> None:
        """Keep the model just saved if it is among the best, where more than one is to be kept."""
        n_kept = self.run.keeping.keep_best
        if n_kept < 2:
            return
        # Of equal scores, the latest ranks first, as for model-best.
        ranked = sorted(step.checkpoints, key=lambda result: (-result[0], -result[1]))
        names = [f"step-{number:08}" for _, number, _ in ranked[:n_kept]]
        self.folder.check()
        folder = self.output / OTHER_BEST
        with translated(folder):
            folder.mkdir(exist_ok=True)
        if (name := f"step-{step.step:08}") in names:
            copy_folder(self.last, folder / name)
        with translated(folder):
            for entry in list(folder.iterdir()):
                if STEP.fullmatch(entry.name) and entry.name not in names:
                    remove_folder(entry)


def finished(nlp: Language, before_to_disk: Callable[[Language], Language] | None) -> Language:
    """Call the config's `before_to_disk` callback, if any, and return the pipeline to save.

    Raises:
        ConfigError: The callback does not return a pipeline.
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
    """Record a step's scores and losses in the pipeline's metadata."""
    scores = step.scores or {}
    performance: dict[str, Any] = {name: scores.get(name, 0.0) for name in weights}
    performance.update({f"{name}_loss": step.losses[name] for name in nlp.pipe_names if name in step.losses})
    nlp.meta["performance"] = performance


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder, and replace an existing target once the copy is complete.

    Raises:
        CheckpointError: It cannot be written; an existing target is unchanged.
    """
    with translated(target), replaced_folder(target) as new:
        copy_tree(source, new)
