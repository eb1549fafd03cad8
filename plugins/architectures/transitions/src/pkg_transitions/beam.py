"""Beam search: keep the best few hypotheses of each document and extend them in parallel.

A hypothesis is a state and the sum of the log probabilities of the actions that led to it. All hypotheses of a batch
advance together; a final one stays as it is and competes with those that are still being extended.

Axes as in `system`, and
    G   groups of hypotheses: one per document or piece
    K   hypotheses per group, the beam's width; S is G · K, one group after the other
    R   steps of all groups, one group after the other

Source: Huang & Sagae 2010 and others, for beams in transition-based parsing. Scores are log probabilities, normalised
at each step, instead of a perceptron's scores, so that the probabilities of all complete sequences sum to 1.
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

#: Placeholder for an action: the hypothesis was already final, or does not exist.
STAY = -1


@dataclass(frozen=True)
class Trace:
    """The record of one search step.

    Attributes:
        groups: Numbers of the groups that took part, one per row of `origins` and `actions`.
        origins: Index in its group of the hypothesis that each one extends, (groups, K).
        actions: The action taken, or STAY, (groups, K).
    """

    groups: Any
    origins: Any
    actions: Any


@dataclass(frozen=True)
class Beams:
    """The result of a search, the best hypothesis of each group first.

    Attributes:
        scores_GK: Log probabilities; minus infinity where a group has fewer than K hypotheses.
        actions_RK: The actions of each step; STAY after the last one and where there is no hypothesis.
        steps_G: Number of steps of each group.
    """

    scores_GK: Any
    actions_RK: Any
    steps_G: Any

    def probabilities(self, temperature: float = 1.0) -> Any:
        """Return the probabilities of the hypotheses, normalised within each group, float64 (G, K).

        Args:
            temperature: Above 1 flattens the distribution, below 1 sharpens it.
        """
        return probabilities(self.scores_GK / temperature, np.isfinite(self.scores_GK))

    @classmethod
    def joined(cls, parts: Sequence[Beams], width: int) -> Beams:
        """Concatenate the groups of several searches."""
        return cls(
            np.concatenate([np.zeros((0, width)), *(part.scores_GK for part in parts)]),
            np.concatenate([np.zeros((0, width), np.int32), *(part.actions_RK for part in parts)]),
            np.concatenate([np.zeros(0, np.int64), *(part.steps_G for part in parts)]),
        )


class Beam:
    """A search in progress.

    Args:
        system: The transition system.
        states: K new states per group, from `system.start(..., copies=width)`.
        width: K.
        density: Drop hypotheses whose probability is below this share of their group's best, 0 to 1.

    Attributes:
        groups: The groups that are not finished.
        scores_GK: Log probabilities of the hypotheses of all groups.
        traces: The steps taken so far.
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
        """Return which hypotheses can still be extended, bool (groups, K)."""
        return self._is_open

    def open_states(self) -> Any:
        """Return the states of the hypotheses that can still be extended, row by row."""
        return self._states.keep(self._is_open.ravel().nonzero()[0])

    def advance(self, scores_SA: Any) -> Trace:
        """Take one step.

        Args:
            scores_SA: Log probabilities of the actions in `open_states`; minus infinity for actions to exclude.
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
        """Select the best extensions: origin, action and score of each, (groups, K)."""
        before, n_actions = self.scores_GK[self.groups], scores_SA.shape[1]
        n_groups, width = before.shape
        # The last column is for final hypotheses, which stay as they are.
        totals = np.full((n_groups, width, n_actions + 1), -np.inf)
        totals[self._is_open, :n_actions] = before[self._is_open][:, None] + scores_SA
        totals[~self._is_open, n_actions] = before[~self._is_open]
        flat = totals.reshape(n_groups, -1)
        chosen = np.argpartition(-flat, width - 1, axis=1)[:, :width]
        scores = np.take_along_axis(flat, chosen, axis=1)
        scores[scores < scores.max(axis=1, keepdims=True) + self._log_density] = -np.inf
        origins, actions = np.divmod(chosen, n_actions + 1)
        actions[(actions == n_actions) | ~np.isfinite(scores)] = STAY
        order = _fewest_moves(origins)
        origins, actions, scores = (
            np.take_along_axis(array, order, axis=1) for array in (origins, actions, scores)
        )
        return origins, actions, scores

    def _drop_finished(self) -> None:
        """Remove the groups whose hypotheses are all final."""
        shape = (len(self.groups), self.width)
        has_score = np.isfinite(self.scores_GK[self.groups])
        self._is_open = has_score & ~self.system.is_final(self._states).reshape(shape)
        is_unfinished = self._is_open.any(axis=1)
        if not is_unfinished.all():
            self._states = self._states.keep(np.repeat(is_unfinished, self.width))
            self.groups, self._is_open = self.groups[is_unfinished], self._is_open[is_unfinished]


def _fewest_moves(origins_GK: Any) -> Any:
    """Return an order of hypotheses that leaves as many as possible in place, to save copying, (G, K)."""
    # The first child of an origin takes the origin's slot; the others fill the slots that are left.
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
        step_model: The step model of the states' batch.
        system: The transition system.
        states: New states, `width` per document.
        width: Maximum number of hypotheses per document.
        density: Share of the best one's probability below which a hypothesis is dropped, 0 to 1.
    """
    beam = Beam(system, states, width, density)
    while len(beam.groups):
        part = beam.open_states()
        scores_SA = step_model.ops.to_numpy(step_model.predict(system.features(part)))
        beam.advance(log_probabilities(scores_SA, system.valid(part)))
    return follow_back(beam)


def log_probabilities(scores_SA: Any, valid_SA: Any) -> Any:
    """Turn the scores of valid actions into log probabilities, float64 (S, A)."""
    masked_SA = np.where(valid_SA, scores_SA, -np.inf).astype(np.float64)
    masked_SA -= masked_SA.max(axis=1, keepdims=True)
    masked_SA -= np.log(np.exp(masked_SA).sum(axis=1, keepdims=True))
    return masked_SA


def follow_back(beam: Beam) -> Beams:
    """Trace all remaining hypotheses back to their first actions."""
    n_groups = len(beam.scores_GK)
    steps_G = np.zeros(n_groups, dtype=np.int64)
    for trace in beam.traces:
        steps_G[trace.groups] += 1
    starts_G = np.cumsum(steps_G) - steps_G
    slot_GK = np.argsort(-beam.scores_GK, axis=1, kind="stable")
    scores_GK = np.take_along_axis(beam.scores_GK, slot_GK, axis=1)
    actions_RK = np.full((int(steps_G.sum()), beam.width), STAY, dtype=np.int32)
    for step in reversed(range(len(beam.traces))):
        trace = beam.traces[step]
        slot = slot_GK[trace.groups]
        actions_RK[starts_G[trace.groups] + step] = np.take_along_axis(trace.actions, slot, axis=1)
        slot_GK[trace.groups] = np.take_along_axis(trace.origins, slot, axis=1)
    # Dropped hypotheses leave traces that belong to no result.
    actions_RK[np.repeat(~np.isfinite(scores_GK), steps_G, axis=0)] = STAY
    return Beams(scores_GK, actions_RK, steps_G)


def replay(system: TransitionSystem, states: Any, beams: Beams) -> None:
    """Apply the actions of each group's best hypothesis, in place.

    Args:
        system: The transition system.
        states: New states, one per group.
        beams: The search result for the same documents.
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
