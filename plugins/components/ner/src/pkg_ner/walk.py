"""A walk that leaps from entity to entity.

While no entity is open, the best action at a token depends on nothing but the token, so that all tokens are decided
at once. Only where an entity of several tokens has begun, steps are taken one after the other, in all documents
together, until it ends; then the walk leaps to the next beginning. The actions are those that one step a token gives.

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
from pkg_ner.board import next_true
from pkg_transitions.greedy import best_actions
from pkg_transitions.learn import Judge
from pkg_transitions.step import StepModel, TransitionStep

#: Tokens that are decided at once when predicting: what their hidden layers take fits into a cache.
_CHUNK = 4096


def predict(step_model: StepModel, system: Biluo, states: BiluoStates) -> None:
    """Find the best action of every token.

    Args:
        step_model: Of the batch that the states walk over.
        system: Theirs.
        states: Of `system.start`; their actions are filled in.
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
    """Let each decision of the walk be judged, and backpropagate.

    Args:
        step_model: Of the batch that the states walk over.
        system: Theirs.
        states: Where the walk begins.
        judge: Says what is wrong with the scores of a decision.

    Returns:
        The loss, which is the sum of squares of the gradient, and the gradient that the model's backprop takes; None
        when there was nothing to learn from.
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
    """Walk, given each token's best action while no entity is open.

    Returns:
        Whether the walk came to the token with an entity open, or not at all.
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
