"""Gradients into parameters, by the config's optimizer, in this process.

A distributed updater takes this one's place in `[training.updater]`: it exchanges gradients before it applies
them, and the loop knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kernel.contracts import Updater
from kernel.pipeline.language import Language
from kernel.pipeline.run.update import apply_gradients


def optimizer_updater() -> Updater:
    """Create the updater of a single process: each component hands its gradients to the optimizer."""
    return OptimizerUpdater()


class OptimizerUpdater:
    """Applies gradients at once."""

    def apply(self, nlp: Language, optimizer: Any, *, exclude: Collection[str] = ()) -> None:
        """Update the parameters of every trainable component, and advance learn rate and the like."""
        apply_gradients(nlp.pipeline, optimizer, exclude)
        optimizer.step_schedules()
