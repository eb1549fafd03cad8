"""From Steps to what a logger expects: the dictionary that custom loggers are written against."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import IO, Any, get_origin, get_type_hints

from kernel.errors import ConfigError
from kernel.pipeline.language import Language
from kernel.training.run import Step


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
    """A logger at work.

    Args:
        setup: What the config's logger factory made.
        nlp: The pipeline, with the components that are logged.
        stdout: For results.
        stderr: For progress.
    """

    def __init__(self, setup: Callable[..., Any], nlp: Language, stdout: IO[str], stderr: IO[str]) -> None:
        made = setup(nlp, stdout, stderr) if takes(setup, 3) else setup(nlp)
        if not (isinstance(made, tuple) and len(made) == 2 and all(map(callable, made))):
            raise ConfigError(
                f"[training.logger]: the logger must return (log_step, finalize), got {type(made).__name__}"
            )
        self.log_step, self.close = made
        self.wants_every_step = takes_none(self.log_step)

    def __call__(self, step: Step, output_path: str | None = None) -> None:
        """Pass a step on: as a dictionary if it was evaluated, else as None."""
        if step.is_evaluated:
            self.log_step(as_info(step, output_path))
        elif self.wants_every_step:
            self.log_step(None)


def takes(func: Callable[..., Any], n_arguments: int) -> bool:
    """Whether a function can be called with so many positional arguments."""
    try:
        inspect.signature(func).bind(*range(n_arguments))
    except TypeError:
        return False
    return True


def takes_none(log_step: Callable[..., Any]) -> bool:
    """Whether a logger wants to hear of steps without an evaluation.

    One whose argument is declared as a dictionary and nothing else would fail on None, and gets the
    evaluations only.
    """
    try:
        hints = get_type_hints(log_step)
        first = next(iter(inspect.signature(log_step).parameters))
    except (NameError, TypeError, ValueError, StopIteration):
        return True
    declared = hints.get(first, object)
    kind = get_origin(declared) or declared
    return not (isinstance(kind, type) and issubclass(kind, Mapping))
