"""From Steps to what a logger expects: the dictionary that custom loggers are written against."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from kernel.pipeline.language import Language
from kernel.training.run import Step
from kernel.training.watch import Watch


def as_info(step: Step, output_path: str | None = None) -> dict[str, Any]:
    """Write a step down under the keys that loggers know.

    Args:
        step: What is known.
        output_path: Where the pipeline of this step was saved, if it was.
    """
    info: dict[str, Any] = {
        "epoch": step.epoch,
        "step": step.step,
        "score": step.score,
        "other_scores": dict(step.scores or {}),
        "losses": dict(step.losses),
        "checkpoints": list(step.checkpoints),
        "seconds": int(step.seconds),
        "words": step.n_words,
    }
    if output_path is not None:
        info["output_path"] = output_path
    return info


class Report:
    """The logger of a run.

    Args:
        setup: What the config's logger factory made.
        nlp: The pipeline, with the components that are logged.
        stdout: For results.
        stderr: For progress, and for a warning where the logger fails.
    """

    def __init__(self, setup: Callable[..., Any], nlp: Language, stdout: IO[str], stderr: IO[str]) -> None:
        self.watch = Watch(setup, nlp, stdout, stderr)
        self.close = self.watch.close
        self.state = self.watch.state
        self.restore = self.watch.restore

    def __call__(self, step: Step, output_path: str | None = None) -> None:
        """Pass a step on: as a dictionary if it was evaluated, else as None."""
        self.watch(as_info(step, output_path) if step.is_evaluated else None)


def plain(value: Any) -> Any:
    """Turn what JSON does not know, such as a number of NumPy's, into what it does."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, (set, frozenset)) else str(value)
