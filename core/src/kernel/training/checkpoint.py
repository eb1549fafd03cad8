"""A step worth keeping, as folders that are whole or not there.

OUTPUT/model-last   the pipeline of the last evaluation, or of the end
OUTPUT/model-best   the pipeline of the best score so far
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kernel.errors import CheckpointError, ConfigError
from kernel.pipeline.language import Language
from kernel.training.run import Run, Step

BEST = "model-best"
LAST = "model-last"


class Checkpoints:
    """The saved pipelines of a run.

    Args:
        run: Whose pipeline is saved, under the optimizer's averages where it keeps them.
        output: The folder; made if it is missing.

    Raises:
        CheckpointError: The folder cannot be made or written to.
    """

    def __init__(self, run: Run, output: Path) -> None:
        self.run = run
        self.output = output
        open_folder(output)

    def save(self, *, is_best: bool = False) -> Path:
        """Save the pipeline as it is now and return its folder.

        Args:
            is_best: Whether it is the best so far, and therefore also the model-best.
        """
        last = self.output / LAST
        averages = getattr(self.run.optimizer, "averages", None)
        with self.run.nlp.use_params(averages):
            finished(self.run.nlp, self.run.before_to_disk).to_disk(last)
        if is_best:
            copy_folder(last, self.output / BEST)
        return last


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


def open_folder(folder: Path) -> None:
    """Make an output folder, before hours of work depend on it.

    Raises:
        CheckpointError: It cannot be made or written to.
    """
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.touch()
        probe.unlink()


def copy_folder(source: Path, target: Path) -> None:
    """Put a copy of a folder where another may be; the old one goes when the new one is complete."""
    new = target.with_name(f".{target.name}.new")
    old = target.with_name(f".{target.name}.old")
    with translated(target):
        for leftover in (new, old):
            shutil.rmtree(leftover, ignore_errors=True)
        shutil.copytree(source, new)
        if target.exists():
            target.rename(old)
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn an operating system's refusal into an error that names the folder."""
    try:
        yield
    except CheckpointError:
        raise
    except OSError as exc:
        raise CheckpointError(
            f"{folder}: cannot be written, {exc.strerror or exc}; give another --output"
        ) from exc
