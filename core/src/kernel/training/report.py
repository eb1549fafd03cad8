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
        self.log_step, self.finalize = made
        self.wants_every_step = takes_none(self.log_step)
        self.kind = f"{type(self.log_step).__module__}:{type(self.log_step).__qualname__}"

    def __call__(self, step: Step, output_path: str | None = None) -> None:
        """Pass a step on: as a dictionary if it was evaluated, else as None."""
        if step.is_evaluated:
            self.log_step(as_info(step, output_path))
        elif self.wants_every_step:
            self.log_step(None)

    def close(self, stopped: Mapping[str, Any]) -> None:
        """End the logger, telling it why where it wants to know.

        Args:
            stopped: Keys "code", "reason" and "step".
        """
        if takes(self.finalize, 1):
            self.finalize(stopped)
        else:
            self.finalize()

    def state(self) -> Any:
        """Give what the logger has to know when the run goes on in another process, if it says so."""
        state = getattr(self.log_step, "state", None)
        return None if state is None else {"kind": self.kind, "state": state()}

    def restore(self, known: Any) -> None:
        """Tell the logger what `state` gave; another kind of logger is not told."""
        if known is not None and known["kind"] == self.kind:
            self.log_step.restore(known["state"])


def plain(value: Any) -> Any:
    """Turn what JSON does not know, such as a number of NumPy's, into what it does."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, (set, frozenset)) else str(value)


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
