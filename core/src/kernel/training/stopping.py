"""Decide when a run ends: a pure function of its evaluations so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: The result of an evaluation: (score, step, epoch).
EvalResult = tuple[float, int, int]


@dataclass(frozen=True)
class StopRule:
    """The limits of a run, as set in the config; 0 for no limit.

    Args:
        max_steps: Number of the last step.
        max_epochs: Passes over the corpus; -1 streams it without limit, unshuffled.
        patience: Steps without a better score.
    """

    max_steps: int = 0
    max_epochs: int = 0
    patience: int = 0


@dataclass(frozen=True)
class Stopped:
    """Why a run ended: a code for programs, a reason for people."""

    code: str
    reason: str


def should_stop(rule: StopRule, step: int, checkpoints: Sequence[EvalResult]) -> Stopped | None:
    """Return why a run ends after a step; None where it continues.

    Of equal scores the earliest counts, so a score that only repeats does not renew the patience.
    """
    if rule.patience and checkpoints:
        _, best_step, _ = max(checkpoints, key=lambda result: (result[0], -result[1]))
        if step - best_step >= rule.patience:
            return Stopped("patience", f"patience: no better score for {step - best_step} steps")
    if rule.max_steps and step >= rule.max_steps:
        return Stopped("max_steps", f"max_steps {rule.max_steps} reached")
    return None


def out_of_data(rule: StopRule) -> Stopped:
    """Return why a run ends when its batches run out."""
    if rule.max_epochs > 0:
        return Stopped("max_epochs", f"max_epochs {rule.max_epochs} reached")
    return Stopped("corpus", "the corpus ended")
