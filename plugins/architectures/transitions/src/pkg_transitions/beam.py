"""Search with a beam: in each document the best few hypotheses go on side by side.

A hypothesis is a state and the sum of the log probabilities of the actions that led to it. All hypotheses of a batch
advance together; one that is final stays, and competes with those that go on.

Axes as in `system`, and
    G   groups of hypotheses: one a document or piece
    K   hypotheses of a group, the beam's width; S is G · K, one group after the other
    R   steps of all groups, one group after the other

Source: Huang & Sagae 2010 and others, for beams in transition-based parsing; with log probabilities that are
normalised at each step in place of a perceptron's scores, so that the probabilities of all ends sum to 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pkg_transitions.learn import probabilities
from pkg_transitions.step import StepModel
from pkg_transitions.system import TransitionSystem

#: In place of an action: the hypothesis was final already, or there is none.
STAY = -1


@dataclass(frozen=True)
class Trace:
    """What one step has done.

    Attributes:
        groups: The groups that took part; as many rows have the others.
        origins: The place in its group that each hypothesis came from, (groups, K).
        actions: The action that it did, or STAY, (groups, K).
    """

    groups: Any
    origins: Any
    actions: Any


@dataclass(frozen=True)
class Beams:
    """What a search has found, the best hypothesis of each group first.

    Attributes:
        scores_GK: Log probabilities; minus infinity where a group has fewer hypotheses.
        actions_RK: The actions of each step, STAY behind the last one and where there is no hypothesis.
        steps_G: How many steps each group has.
    """

    scores_GK: Any
    actions_RK: Any
    steps_G: Any

    def probabilities(self, temperature: float = 1.0) -> Any:
        """Give probabilities among the hypotheses of each group, float64 (G, K).

        Args:
            temperature: Above 1 for probabilities that are less sure, below 1 for surer ones.
        """
        return probabilities(self.scores_GK / temperature, np.isfinite(self.scores_GK))

    @classmethod
    def joined(cls, parts: Sequence[Beams], width: int) -> Beams:
        """Put the groups of several searches after one another."""
        return cls(
            np.concatenate([np.zeros((0, width)), *(part.scores_GK for part in parts)]),
            np.concatenate([np.zeros((0, width), np.int32), *(part.actions_RK for part in parts)]),
            np.concatenate([np.zeros(0, np.int64), *(part.steps_G for part in parts)]),
        )


class Beam:
    """A search under way.

    Args:
        system: The actions.
        states: K new ones for each group, of `system.start(..., copies=width)`.
        width: K.
        density: Hypotheses that are so many times less probable than the best of their group are dropped, 0 to 1.

    Attributes:
        groups: The groups that have something to do.
        scores_GK: Of all groups.
        traces: What was done, step by step.
    """

    def __init__(self, system: TransitionSystem, states: Any, width: int, density: float) -> None:
        self.system = system
        self.width = width
        self._log_density = math.log(density) if density > 0.0 else -math.inf
        n_groups = len(states) // width
        self.scores_GK = np.full((n_groups, width), -np.inf)
        self.scores_GK[:, :1] = 0.0
        self.groups = np.arange(n_groups)
        self.traces: list[Trace] = []
        self._states = states
        self._drop_finished()

    def open_rows(self) -> Any:
        """Say which hypotheses go on, bool (groups, K)."""
        return self._is_open

    def open_states(self) -> Any:
        """Give the states of the hypotheses that go on, row by row."""
        return self._states.keep(self._is_open.ravel().nonzero()[0])

    def advance(self, scores_SA: Any) -> Trace:
        """Take one step.

        Args:
            scores_SA: Log probabilities of the actions in `open_states`; minus infinity for those not to be done.
        """
        origins, actions, scores = self._choose(scores_SA)
        n_groups, width = origins.shape
        own = np.arange(n_groups * width).reshape(n_groups, width)
        alive = np.isfinite(scores)
        rows = np.where(alive, own[:, :1] + origins, own).ravel()
        self.system.rearrange(self._states, rows)
        acting = (alive & (actions >= 0)).ravel().nonzero()[0]
        part = self._states.keep(acting)
        self.system.apply(part, actions.ravel()[acting])
        self._states.put(acting, part)
        self.scores_GK[self.groups] = scores
        trace = Trace(self.groups, origins, actions)
        self.traces.append(trace)
        self._drop_finished()
        return trace

    def _choose(self, scores_SA: Any) -> tuple[Any, Any, Any]:
        """Choose what goes on: where each comes from, its action and its score, (groups, K)."""
        before, n_actions = self.scores_GK[self.groups], scores_SA.shape[1]
        n_groups, width = before.shape
        # The last column is for hypotheses that are final: they stay.
        totals = np.full((n_groups, width, n_actions + 1), -np.inf)
        totals[self._is_open, :n_actions] = before[self._is_open][:, None] + scores_SA
        totals[~self._is_open, n_actions] = before[~self._is_open]
        flat = totals.reshape(n_groups, -1)
        chosen = np.argpartition(-flat, width - 1, axis=1)[:, :width]
        scores = np.take_along_axis(flat, chosen, axis=1)
        scores[scores < scores.max(axis=1, keepdims=True) + self._log_density] = -np.inf
        origins, actions = np.divmod(chosen, n_actions + 1)
        actions[(actions == n_actions) | ~np.isfinite(scores)] = STAY
        order = _in_place(origins)
        origins, actions, scores = (
            np.take_along_axis(array, order, axis=1) for array in (origins, actions, scores)
        )
        return origins, actions, scores

    def _drop_finished(self) -> None:
        """Leave out the groups that have nothing to do any more."""
        shape = (len(self.groups), self.width)
        has_score = np.isfinite(self.scores_GK[self.groups])
        self._is_open = has_score & ~self.system.is_final(self._states).reshape(shape)
        goes_on = self._is_open.any(axis=1)
        if not goes_on.all():
            self._states = self._states.keep(np.repeat(goes_on, self.width))
            self.groups, self._is_open = self.groups[goes_on], self._is_open[goes_on]


def _in_place(origins_GK: Any) -> Any:
    """Order hypotheses so that many stay where they are, which saves copying: the numbers to take, (G, K)."""
    # for each group: the first child of an origin takes its place; the others fill the places that are left
    width = origins_GK.shape[1]
    earlier = np.tri(width, k=-1, dtype=bool)
    is_first = ~((origins_GK[:, :, None] == origins_GK[:, None, :]) & earlier).any(axis=2)
    taken = np.full(origins_GK.shape, -1, dtype=np.int64)
    group, child = is_first.nonzero()
    taken[group, origins_GK[group, child]] = child
    taken[taken < 0] = (~is_first).nonzero()[1]
    return taken


def search(step_model: StepModel, system: TransitionSystem, states: Any, width: int, density: float) -> Beams:
    """Find the most probable sequences of actions.

    Args:
        step_model: Of the batch that the states walk over.
        system: Theirs.
        states: New ones, `width` a document.
        width: How many hypotheses each document may have.
        density: Share of the best one's probability below which a hypothesis is dropped.
    """
    beam = Beam(system, states, width, density)
    while len(beam.groups):
        part = beam.open_states()
        scores_SA = step_model.ops.to_numpy(step_model.predict(system.features(part)))
        beam.advance(log_probabilities(scores_SA, system.valid(part)))
    return follow_back(beam)


def log_probabilities(scores_SA: Any, valid_SA: Any) -> Any:
    """Turn the scores of valid actions into logs of probabilities, float64 (S, A)."""
    masked_SA = np.where(valid_SA, scores_SA, -np.inf).astype(np.float64)
    masked_SA -= masked_SA.max(axis=1, keepdims=True)
    masked_SA -= np.log(np.exp(masked_SA).sum(axis=1, keepdims=True))
    return masked_SA


def follow_back(beam: Beam) -> Beams:
    """Read off the actions of all hypotheses that are left."""
    n_groups = len(beam.scores_GK)
    steps_G = np.zeros(n_groups, dtype=np.int64)
    for trace in beam.traces:
        steps_G[trace.groups] += 1
    starts_G = np.cumsum(steps_G) - steps_G
    place_GK = np.argsort(-beam.scores_GK, axis=1, kind="stable")
    scores_GK = np.take_along_axis(beam.scores_GK, place_GK, axis=1)
    actions_RK = np.full((int(steps_G.sum()), beam.width), STAY, dtype=np.int32)
    for step in reversed(range(len(beam.traces))):
        trace = beam.traces[step]
        place = place_GK[trace.groups]
        actions_RK[starts_G[trace.groups] + step] = np.take_along_axis(trace.actions, place, axis=1)
        place_GK[trace.groups] = np.take_along_axis(trace.origins, place, axis=1)
    # What was dropped on the way leaves a trail that leads nowhere.
    actions_RK[np.repeat(~np.isfinite(scores_GK), steps_G, axis=0)] = STAY
    return Beams(scores_GK, actions_RK, steps_G)


def replay(system: TransitionSystem, states: Any, beams: Beams) -> None:
    """Do again, in place, what the best hypothesis of each group did.

    Args:
        system: The actions.
        states: New ones, one a group.
        beams: Of the same documents.
    """
    starts_G = np.cumsum(beams.steps_G) - beams.steps_G
    groups = np.arange(len(starts_G))
    step = 0
    while True:
        final = system.is_final(states)
        if final.any():
            states, groups = states.keep(~final), groups[~final]
        if not len(groups):
            return
        system.apply(states, beams.actions_RK[starts_G[groups] + step, 0])
        step += 1
