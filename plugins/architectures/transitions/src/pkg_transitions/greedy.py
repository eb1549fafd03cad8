"""Greedy prediction: apply the best-scored action in every state until it is final.

Axes as in `system`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pkg_transitions.step import StepModel
from pkg_transitions.system import ScalarWalker, TransitionSystem

#: Up to this many states are faster one by one, if the system supports that.
FEW = 8


def predict(step_model: StepModel, system: TransitionSystem, states: Any) -> None:
    """Advance all states, in place, until they are final.

    Args:
        step_model: The step model of the states' batch.
        system: The transition system.
        states: The states, from `system.start`.
    """
    ops = step_model.ops
    live = states.keep(~system.is_final(states))
    if isinstance(system, ScalarWalker) and len(live) <= FEW and ops.xp is np:
        system.walk_scalar(step_model, live)
        return
    while len(live):
        scores_SA = ops.to_numpy(step_model.predict(system.features(live)))
        system.apply(live, best_actions(scores_SA, system.valid(live)))
        final_S = system.is_final(live)
        if final_S.any():
            live = live.keep(~final_S)


def best_actions(scores_SA: Any, valid_SA: Any) -> Any:
    """Return the best-scored valid action of each state, int64 (S)."""
    return np.where(valid_SA, scores_SA, -np.inf).argmax(axis=1)
