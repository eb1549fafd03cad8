"""Training with beam search: update at the step with the worst violation.

Each piece has two groups of hypotheses: one searches freely, the other may apply only cheapest actions. The update is
made at the step where the best wrong hypothesis is farthest ahead of the best correct one, or at the last step if it
never is ahead. The loss is the negative log of the share of probability that correct hypotheses have there, among the
hypotheses of both groups.

Axes as in `beam`, and
    D   pieces: group d searches freely, group D + d is restricted to cheapest actions
    T   steps
    H   hypotheses of a piece, of both groups: 2 · K

Source: Huang, Fayong & Guo 2012, Structured Perceptron with Inexact Search (max-violation); Collins & Roark 2004
(early update); Andor et al. 2016, equation 4, for the loss, which replaces a perceptron's update.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pkg_transitions.beam import STAY, Beam, Trace, log_probabilities
from pkg_transitions.step import StepModel, TransitionStep
from pkg_transitions.system import TransitionSystem

#: An odd multiplier for hashing sequences of actions.
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class _History:
    """The record of a search: one entry per step in each list.

    Attributes:
        steps: The model's values for the backward pass.
        p_SA: The probabilities of the actions.
        rows_GK: The row of each hypothesis among the states; -1 if it was final.
        scores_GK, wrong_GK, number_GK: For each hypothesis after the step: its log probability, whether any of its
            actions was not a cheapest one, and a hash of its actions.
    """

    steps: list[TransitionStep] = field(default_factory=list)
    p_SA: list[Any] = field(default_factory=list)
    rows_GK: list[Any] = field(default_factory=list)
    scores_GK: list[Any] = field(default_factory=list)
    wrong_GK: list[Any] = field(default_factory=list)
    number_GK: list[Any] = field(default_factory=list)


def learn(
    step_model: StepModel, system: TransitionSystem, states: Any, gold: Any, width: int, density: float
) -> tuple[float, Any]:
    """Search to the end, find the worst violation of each piece, and backpropagate.

    Args:
        step_model: The step model of the states' batch.
        system: The transition system.
        states: The states to start from: the pieces twice, `width` states for each.
        gold: The gold annotation, from `system.gold`.
        width: K.
        density: As for `beam.search`.

    Returns:
        The loss, which is the sum of squares of the gradient of the action scores, and the gradient to pass to the
        model's backprop; None if there was nothing to learn from.
    """
    beam = Beam(system, states, width, density)
    history = _search(step_model, system, beam, gold)
    if not history.steps:
        return 0.0, None
    weights_TGK = _weights(history)
    steps, gradients, loss = [], [], 0.0
    onward_GK = np.zeros_like(beam.scores_GK)
    for t in reversed(range(len(history.steps))):
        onward_GK += weights_TGK[t]
        d_scores_SA = _step_back(beam.traces[t], onward_GK, history.rows_GK[t], history.p_SA[t])
        rows = d_scores_SA.any(axis=1).nonzero()[0]
        if len(rows):
            loss += float((d_scores_SA[rows] ** 2).sum())
            steps.append(history.steps[t].keep(step_model.ops.asarray(rows)))
            gradients.append(step_model.ops.asarray(d_scores_SA[rows].astype(np.float32)))
    return loss, step_model.backprop(steps, gradients) if steps else None


def _search(step_model: StepModel, system: TransitionSystem, beam: Beam, gold: Any) -> _History:
    history = _History()
    n_pieces = len(beam.scores_GK) // 2
    wrong_GK = np.zeros(beam.scores_GK.shape, dtype=bool)
    number_GK = np.zeros(beam.scores_GK.shape, dtype=np.uint64)
    while len(beam.groups):
        is_open = beam.open_rows()
        part = beam.open_states()
        scores_SA, step = step_model.begin_update(system.features(part))
        valid_SA = system.valid(part)
        log_p_SA = log_probabilities(step_model.ops.to_numpy(scores_SA), valid_SA)
        cost_SA = np.where(valid_SA, system.costs(part, gold), np.inf)
        is_cheapest_SA = cost_SA <= cost_SA.min(axis=1, keepdims=True)
        is_restricted_S = beam.groups[is_open.nonzero()[0]] >= n_pieces
        allowed_SA = is_cheapest_SA | ~is_restricted_S[:, None]
        rows_GK = np.where(is_open, np.cumsum(is_open).reshape(is_open.shape) - 1, STAY)
        trace = beam.advance(np.where(allowed_SA, log_p_SA, -np.inf))
        wrong_GK, number_GK = wrong_GK.copy(), number_GK.copy()
        _update_records(trace, rows_GK, is_cheapest_SA, wrong_GK, number_GK)
        history.steps.append(step)
        history.p_SA.append(np.exp(log_p_SA).astype(np.float32))
        history.rows_GK.append(rows_GK)
        history.scores_GK.append(beam.scores_GK.copy())
        history.wrong_GK.append(wrong_GK)
        history.number_GK.append(number_GK)
    return history


def _update_records(trace: Trace, rows_GK: Any, is_cheapest_SA: Any, wrong_GK: Any, number_GK: Any) -> None:
    """Update `wrong_GK` and `number_GK` after a step, in place."""
    groups, acted = trace.groups, trace.actions >= 0
    row = np.take_along_axis(rows_GK, trace.origins, axis=1)
    wrong = np.take_along_axis(wrong_GK[groups], trace.origins, axis=1)
    wrong_GK[groups] = wrong | (acted & ~is_cheapest_SA[row, trace.actions])
    number = np.take_along_axis(number_GK[groups], trace.origins, axis=1)
    mixed = (number ^ (trace.actions + 1).astype(np.uint64)) * _MIX
    number_GK[groups] = np.where(acted, mixed ^ (mixed >> np.uint64(29)), number)


def _weights(history: _History) -> Any:
    """Return the derivative of the loss by the score of each hypothesis after each step, (T, G, K)."""
    scores_TGK, wrong_TGK = np.stack(history.scores_GK), np.stack(history.wrong_GK)
    D = scores_TGK.shape[1] // 2
    free_TDK, led_TDK = scores_TGK[:, :D], scores_TGK[:, D:]
    astray_TD = np.where(wrong_TGK[:, :D], free_TDK, -np.inf).max(axis=2)
    ahead_TD = astray_TD - led_TDK.max(axis=2)
    worst_D = np.where((ahead_TD > 0).any(axis=0), ahead_TD.argmax(axis=0), len(scores_TGK) - 1)
    pieces = np.arange(D)
    number_TGK = np.stack(history.number_GK)
    free, led = number_TGK[worst_D, pieces], number_TGK[worst_D, pieces + D]
    scores_DH = np.concatenate([free_TDK[worst_D, pieces], led_TDK[worst_D, pieces]], axis=1)
    is_same_DKK = (free[:, None, :] == led[:, :, None]) & np.isfinite(scores_DH)[:, None, : free.shape[1]]
    is_double_DK = is_same_DKK.any(axis=2)
    scores_DH[:, led.shape[1] :][is_double_DK] = -np.inf
    wrong_DH = np.concatenate([wrong_TGK[worst_D, pieces], np.zeros_like(is_double_DK)], axis=1)
    p_DH = np.exp(scores_DH - scores_DH.max(axis=1, keepdims=True))
    p_DH /= p_DH.sum(axis=1, keepdims=True)
    right_DH = np.where(wrong_DH, 0.0, p_DH)
    right_DH /= np.maximum(right_DH.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    weights_TGK = np.zeros_like(scores_TGK)
    K = led.shape[1]
    weights_TGK[worst_D, pieces] = (p_DH - right_DH)[:, :K]
    weights_TGK[worst_D, pieces + D] = (p_DH - right_DH)[:, K:]
    return weights_TGK


def _step_back(trace: Trace, onward_GK: Any, rows_GK: Any, p_SA: Any) -> Any:
    """Propagate the weights of hypotheses back over one step, in place, and return the gradient of its scores."""
    d_scores_SA = np.zeros(p_SA.shape)
    weight = onward_GK[trace.groups]
    group = np.broadcast_to(np.arange(len(weight))[:, None], weight.shape)
    before = np.zeros_like(weight)
    np.add.at(before, (group, trace.origins), weight)
    onward_GK[trace.groups] = before
    acted = (trace.actions >= 0) & (weight != 0.0)
    row = np.take_along_axis(rows_GK, trace.origins, axis=1)[acted]
    np.add.at(d_scores_SA, (row, trace.actions[acted]), weight[acted])
    d_scores_SA -= d_scores_SA.sum(axis=1, keepdims=True) * p_SA
    return d_scores_SA
