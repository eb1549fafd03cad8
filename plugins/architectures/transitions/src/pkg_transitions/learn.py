"""Training on the states that the model itself reaches, by a dynamic oracle or from another model.

Axes as in `system`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kernel.pipeline.optim.losses import LabelLoss
from pkg_transitions.greedy import best_actions
from pkg_transitions.step import StepModel, TransitionStep
from pkg_transitions.system import TransitionSystem

#: Takes states, their scores (S, A) and their valid actions (S, A); returns the gradient of the scores, float32 (S, A).
Judge = Callable[[Any, Any, Any], Any]

#: Probabilities that differ by less differ by rounding only.
_SAME = 1e-9


def learn(step_model: StepModel, system: TransitionSystem, states: Any, judge: Judge) -> tuple[float, Any]:
    """Walk to the end, judge each step, and backpropagate.

    The walk follows the model's own best actions, so that the model learns to recover from its mistakes.

    Args:
        step_model: The step model of the states' batch.
        system: The transition system.
        states: The states to start from.
        judge: Computes the gradient of the scores of a step.

    Returns:
        The loss, which is the sum of squares of the gradient, and the gradient to pass to the model's backprop; None
        if there was nothing to learn from.

    Source:
        Goldberg & Nivre 2012, A Dynamic Oracle for Arc-Eager Dependency Parsing, algorithm 3, with probabilities
        instead of a perceptron's scores.
    """
    ops = step_model.ops
    steps: list[TransitionStep] = []
    gradients: list[Any] = []
    loss = 0.0
    live = states.keep(~system.is_final(states))
    while len(live):
        scores_SA, step = step_model.begin_update(system.features(live))
        scores_SA = ops.to_numpy(scores_SA)
        valid_SA = system.valid(live)
        d_scores_SA = judge(live, scores_SA, valid_SA)
        loss += float((d_scores_SA * d_scores_SA).sum())
        steps.append(step)
        gradients.append(ops.asarray(d_scores_SA))
        system.apply(live, best_actions(scores_SA, valid_SA))
        final_S = system.is_final(live)
        if final_S.any():
            live = live.keep(~final_S)
    return loss, step_model.backprop(steps, gradients) if steps else None


def by_oracle(system: TransitionSystem, gold: Any, compare: LabelLoss | None = None) -> Judge:
    """Return a judge that compares scores with the gold annotation.

    Args:
        system: The transition system.
        gold: The annotation, from `system.gold`.
        compare: A loss set in the config, called with action probabilities and their targets; None for cross-entropy.
    """

    def judge_by_loss(states: Any, scores_SA: Any, valid_SA: Any) -> Any:
        assert compare is not None
        p_SA, q_SA = targets(scores_SA, valid_SA, system.costs(states, gold))
        # States whose actions all cost the same teach nothing, and neither do invalid actions.
        mask_SA = valid_SA & (abs(p_SA - q_SA) > _SAME).any(axis=1, keepdims=True)
        _, d_scores_SA = compare(
            p_SA.astype(np.float32), q_SA.astype(np.float32), system.names, mask_SA.astype(np.float32)
        )
        return d_scores_SA

    if compare is not None:
        return judge_by_loss

    def judge(states: Any, scores_SA: Any, valid_SA: Any) -> Any:
        return gradient(scores_SA, valid_SA, system.costs(states, gold))

    return judge


def by_teacher(system: TransitionSystem, teacher: StepModel) -> Judge:
    """Return a judge that compares scores with another model's; actions added after it get no gradient."""

    def judge(states: Any, scores_SA: Any, valid_SA: Any) -> Any:
        teacher_SA = teacher.ops.to_numpy(teacher.predict(system.features(states)))
        d_scores_SA = np.zeros_like(scores_SA)
        shared = slice(teacher_SA.shape[1])
        d_scores_SA[:, shared] = difference(scores_SA[:, shared], teacher_SA, valid_SA[:, shared])
        return d_scores_SA

    return judge


def gradient(scores_SA: Any, valid_SA: Any, costs_SA: Any) -> Any:
    """Return the gradient of the scores by the negative log probability of the cheapest actions, float32 (S, A).

    It is p - q, where p are the probabilities of the valid actions and q those of the cheapest ones alone; both sum
    to 1.
    """
    p_SA, q_SA = targets(scores_SA, valid_SA, costs_SA)
    return (p_SA - q_SA).astype(np.float32)


def targets(scores_SA: Any, valid_SA: Any, costs_SA: Any) -> tuple[Any, Any]:
    """Return the probabilities of valid actions and their targets, which favour the cheapest, float64 (S, A)."""
    masked_SA = np.where(valid_SA, costs_SA, np.inf)
    best_SA = masked_SA <= masked_SA.min(axis=1, keepdims=True)
    p_SA = probabilities(scores_SA, valid_SA)
    q_SA = p_SA * best_SA
    q_SA /= np.maximum(q_SA.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return p_SA, q_SA


def difference(scores_SA: Any, target_SA: Any, valid_SA: Any) -> Any:
    """Return the difference between the probabilities of two sets of scores, float32 (S, A).

    This is the gradient of the cross-entropy with the probabilities of `target_SA`.
    """
    d_scores_SA = probabilities(scores_SA, valid_SA) - probabilities(target_SA, valid_SA)
    return d_scores_SA.astype(np.float32)


def probabilities(scores_SA: Any, valid_SA: Any) -> Any:
    """Turn the scores of valid actions into probabilities, float64 (S, A); all 0 where no action is valid."""
    # In float64 a probability of e-700 does not yet underflow to 0.
    masked_SA = np.where(valid_SA, scores_SA, -np.inf).astype(np.float64)
    best_S1 = masked_SA.max(axis=1, keepdims=True)
    p_SA = np.exp(masked_SA - np.where(np.isfinite(best_S1), best_S1, 0.0))
    p_SA /= np.maximum(p_SA.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return p_SA
