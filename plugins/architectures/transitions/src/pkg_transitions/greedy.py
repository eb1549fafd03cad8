"""Greedy prediction: every state does its best-scored action until it is final.

Axes as in `system`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pkg_transitions.step import StepModel
from pkg_transitions.system import TransitionSystem, WalksAlone

#: So many states are faster one by one, where the system can do that.
FEW = 8


def predict(step_model: StepModel, system: TransitionSystem, states: Any) -> None:
    """Advance all states, in place, until they are final.

    Args:
        step_model: Of the batch that the states walk over.
        system: Theirs.
        states: Of `system.start`.
    """
    ops = step_model.ops
    live = states.keep(~system.is_final(states))
    if isinstance(system, WalksAlone) and len(live) <= FEW and ops.xp is np:
        system.walk_alone(step_model, live)
        return
    while len(live):
        scores_SA = ops.to_numpy(step_model.predict(system.features(live)))
        system.apply(live, best_actions(scores_SA, system.valid(live)))
        final_S = system.is_final(live)
        if final_S.any():
            live = live.keep(~final_S)


def best_actions(scores_SA: Any, valid_SA: Any) -> Any:
    """Choose the best-scored of each state's valid actions, int64 (S)."""
    return np.where(valid_SA, scores_SA, -np.inf).argmax(axis=1)
