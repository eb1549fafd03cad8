"""Learning from the states that the model itself gets into: by a dynamic oracle, or from another model.

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

#: Takes states, their scores and their valid actions, (S, A), and gives the gradient of the scores, float32 (S, A).
Judge = Callable[[Any, Any, Any], Any]

#: Probabilities that differ by less are the same but for rounding.
_SAME = 1e-9


def learn(step_model: StepModel, system: TransitionSystem, states: Any, judge: Judge) -> tuple[float, Any]:
    """Walk to the end, let each step be judged, and backpropagate.

    The walk follows the model's own best actions, so that it learns to go on from its mistakes.

    Args:
        step_model: Of the batch that the states walk over.
        system: Theirs.
        states: Where the walk begins.
        judge: Says what is wrong with the scores of a step.

    Returns:
        The loss, which is the sum of squares of the gradient, and the gradient that the model's backprop takes; None
        when there was nothing to learn from.

    Source:
        Goldberg & Nivre 2012, A Dynamic Oracle for Arc-Eager Dependency Parsing, algorithm 3, with probabilities in
        place of a perceptron's scores.
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
    """Judge by the gold annotation, of `system.gold`.

    Args:
        system: Of the states.
        gold: The annotation.
        compare: A loss of the config, which sees probabilities of actions and what they should be; None for
            cross-entropy.
    """

    def judge_by_loss(states: Any, scores_SA: Any, valid_SA: Any) -> Any:
        assert compare is not None
        p_SA, q_SA = wanted(scores_SA, valid_SA, system.costs(states, gold))
        # A state whose actions are all as good teaches nothing, and neither do actions that are not valid.
        known_SA = valid_SA & (abs(p_SA - q_SA) > _SAME).any(axis=1, keepdims=True)
        _, d_scores_SA = compare(
            p_SA.astype(np.float32), q_SA.astype(np.float32), system.names, known_SA.astype(np.float32)
        )
        return d_scores_SA

    if compare is not None:
        return judge_by_loss

    def judge(states: Any, scores_SA: Any, valid_SA: Any) -> Any:
        return gradient(scores_SA, valid_SA, system.costs(states, gold))

    return judge


def by_teacher(system: TransitionSystem, teacher: StepModel) -> Judge:
    """Judge by what another model would do; actions that are newer than it are left alone."""

    def judge(states: Any, scores_SA: Any, valid_SA: Any) -> Any:
        wanted_SA = teacher.ops.to_numpy(teacher.predict(system.features(states)))
        d_scores_SA = np.zeros_like(scores_SA)
        known = slice(wanted_SA.shape[1])
        d_scores_SA[:, known] = difference(scores_SA[:, known], wanted_SA, valid_SA[:, known])
        return d_scores_SA

    return judge


def gradient(scores_SA: Any, valid_SA: Any, costs_SA: Any) -> Any:
    """Compare probabilities with what they would be if only the cheapest actions were left, float32 (S, A).

    With p the probabilities of valid actions and q the same of the cheapest ones, both summing to 1, this is p - q:
    the gradient of the negative log of the probability that a cheapest action is done.
    """
    p_SA, q_SA = wanted(scores_SA, valid_SA, costs_SA)
    return (p_SA - q_SA).astype(np.float32)


def wanted(scores_SA: Any, valid_SA: Any, costs_SA: Any) -> tuple[Any, Any]:
    """Give the probabilities of valid actions, and what they should be: those of the cheapest alone, float64 (S, A)."""
    dear_SA = np.where(valid_SA, costs_SA, np.inf)
    best_SA = dear_SA <= dear_SA.min(axis=1, keepdims=True)
    p_SA = probabilities(scores_SA, valid_SA)
    q_SA = p_SA * best_SA
    q_SA /= np.maximum(q_SA.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return p_SA, q_SA


def difference(scores_SA: Any, wanted_SA: Any, valid_SA: Any) -> Any:
    """Compare probabilities with those that other scores give, float32 (S, A).

    This is the gradient of the cross-entropy with the others' probabilities.
    """
    found_SA = probabilities(scores_SA, valid_SA) - probabilities(wanted_SA, valid_SA)
    return found_SA.astype(np.float32)


def probabilities(scores_SA: Any, valid_SA: Any) -> Any:
    """Turn the scores of valid actions into probabilities, float64 (S, A); all 0 where no action is valid."""
    # In float64, where a probability of e-700 is not yet 0.
    masked_SA = np.where(valid_SA, scores_SA, -np.inf).astype(np.float64)
    best_S1 = masked_SA.max(axis=1, keepdims=True)
    p_SA = np.exp(masked_SA - np.where(np.isfinite(best_S1), best_S1, 0.0))
    p_SA /= np.maximum(p_SA.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return p_SA
