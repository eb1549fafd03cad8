"""Learning from the states that the model itself gets into, by a dynamic oracle.

Axes as in `system`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pkg_transitions.greedy import best_actions
from pkg_transitions.step import Step, StepModel
from pkg_transitions.system import TransitionSystem


def learn(step_model: StepModel, system: TransitionSystem, states: Any, gold: Any) -> tuple[float, Any]:
    """Walk to the end, compare each step with what would have been best there, and backpropagate.

    The walk follows the model's own best actions, so that it learns to go on from its mistakes.

    Args:
        step_model: Of the batch that the states walk over.
        system: Theirs.
        states: Where the walk begins.
        gold: Of `system.gold`.

    Returns:
        The loss, which is the sum of squares of the gradient, and the gradient that the model's backprop takes; None
        when there was nothing to learn from.

    Source:
        Goldberg & Nivre 2012, A Dynamic Oracle for Arc-Eager Dependency Parsing, algorithm 3, with probabilities in
        place of a perceptron's scores.
    """
    ops = step_model.ops
    steps: list[Step] = []
    gradients: list[Any] = []
    loss = 0.0
    live = states.keep(~system.is_final(states))
    while len(live):
        scores_SA, step = step_model.begin_update(system.features(live))
        scores_SA = ops.to_numpy(scores_SA)
        valid_SA = system.valid(live)
        d_scores_SA = gradient(scores_SA, valid_SA, system.costs(live, gold))
        loss += float((d_scores_SA * d_scores_SA).sum())
        steps.append(step)
        gradients.append(ops.asarray(d_scores_SA))
        system.apply(live, best_actions(scores_SA, valid_SA))
        final_S = system.is_final(live)
        if final_S.any():
            live = live.keep(~final_S)
    return loss, step_model.backprop(steps, gradients) if steps else None


def gradient(scores_SA: Any, valid_SA: Any, costs_SA: Any) -> Any:
    """Compare probabilities with what they would be if only the cheapest actions were left, float32 (S, A).

    With p the probabilities of valid actions and q the same of the cheapest ones, both summing to 1, this is p - q:
    the gradient of the negative log of the probability that a cheapest action is done.
    """
    # In float64, where a probability of e-700 is not yet 0.
    masked_SA = np.where(valid_SA, scores_SA, -np.inf).astype(np.float64)
    dear_SA = np.where(valid_SA, costs_SA, np.inf)
    best_SA = dear_SA <= dear_SA.min(axis=1, keepdims=True)
    p_SA = np.exp(masked_SA - masked_SA.max(axis=1, keepdims=True))
    p_SA /= p_SA.sum(axis=1, keepdims=True)
    q_SA = p_SA * best_SA
    q_SA /= np.maximum(q_SA.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return (p_SA - q_SA).astype(np.float32)
