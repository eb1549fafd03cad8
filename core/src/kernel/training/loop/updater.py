"""Apply gradients by the config's optimizer, in a single process: the default updater.

A distributed updater replaces it in `[training.updater]` and exchanges gradients before it applies them, without a
change to the loop.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kernel.contracts import Updater
from kernel.pipeline.language import Language
from kernel.pipeline.run.update import apply_gradients


def optimizer_updater() -> Updater:
    """Create the single-process updater: each component passes its gradients to the optimizer."""
    return OptimizerUpdater()


class OptimizerUpdater:
    """Applies the gradients of each step immediately."""

    def apply(self, nlp: Language, optimizer: Any, *, exclude: Collection[str] = ()) -> None:
        """Update the parameters of every trainable component, and advance the optimizer's schedules."""
        apply_gradients(nlp.pipeline, optimizer, exclude)
        optimizer.step_schedules()
