"""A walk that jumps from entity to entity.

While no entity is open, the best action depends on the token alone, so all tokens are scored at once. Only inside an
entity of several tokens does the walk take single steps, in all documents together, until the entity ends; then it
jumps to the next beginning. The resulting actions are the same as with one step per token.

Axes
    S   parser states
    A   actions
    N   tokens of the batch
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pkg_ner.biluo import Biluo, BiluoStates
from pkg_ner.entity_limits import next_true
from pkg_transitions.greedy import best_actions
from pkg_transitions.learn import Judge
from pkg_transitions.step import StepModel, TransitionStep

#: Number of tokens to score at once in prediction: their hidden layers fit into the processor's cache.
_CHUNK = 4096


def predict(step_model: StepModel, system: Biluo, states: BiluoStates) -> None:
    """Predict the action of every token.

    Args:
        step_model: The step model of the states' batch.
        system: The transition system.
        states: New states, from `system.start`; their actions are filled in.
    """

    def decide(part: BiluoStates) -> Any:
        scores_SA = step_model.ops.to_numpy(step_model.predict(system.features(part)))
        return best_actions(scores_SA, system.valid(part))

    closed = states.closed_everywhere()
    n_tokens = len(closed)
    chunks = [closed.keep(slice(i, i + _CHUNK)) for i in range(0, n_tokens, _CHUNK)]
    if chunks:
        _leap(system, states, np.concatenate([decide(chunk) for chunk in chunks]), decide)


def learn(step_model: StepModel, system: Biluo, states: BiluoStates, judge: Judge) -> tuple[float, Any]:
    """Walk to the end, judge each decision, and backpropagate.

    Args:
        step_model: The step model of the states' batch.
        system: The transition system.
        states: The states to start from.
        judge: Computes the gradient of the scores of a decision.

    Returns:
        The loss, which is the sum of squares of the gradient, and the gradient to pass to the model's backprop; None
        if there was nothing to learn from.
    """
    steps: list[TransitionStep] = []
    gradients: list[Any] = []

    def decide(part: BiluoStates) -> Any:
        scores_SA, step = step_model.begin_update(system.features(part))
        scores_SA, valid_SA = step_model.ops.to_numpy(scores_SA), system.valid(part)
        steps.append(step)
        gradients.append(judge(part, scores_SA, valid_SA))
        return best_actions(scores_SA, valid_SA)

    closed = states.closed_everywhere()
    if not len(closed):
        return 0.0, None
    is_within_N = _leap(system, states, decide(closed), decide)
    gradients[0][is_within_N] = 0.0
    loss = float(sum((d_scores_SA * d_scores_SA).sum() for d_scores_SA in gradients))
    d_scores = [step_model.ops.asarray(d_scores_SA) for d_scores_SA in gradients]
    return loss, step_model.backprop(steps, d_scores)


def _leap(system: Biluo, states: BiluoStates, best_N: Any, decide: Callable[[BiluoStates], Any]) -> Any:
    """Walk to the end, using each token's best action where no entity is open.

    Returns:
        Whether the walk reached the token with an open entity, or did not reach it, bool (N).
    """
    states.actions_N[:] = best_N
    next_begin_N = next_true(system.begins(best_N))
    is_within_N = np.ones(len(best_N), dtype=bool)
    for first, stop in zip(states.position_S.tolist(), states.stop_S.tolist(), strict=True):
        is_within_N[first:stop] = False
    live = states.keep(slice(None))
    while True:
        live.leap(next_begin_N)
        live = live.keep(~system.is_final(live))
        if not len(live):
            return is_within_N
        is_within_N[live.position_S] = True
        system.apply(live, decide(live))
