"""The costs of BILUO actions: a dynamic oracle in arrays.

The loss of a whole prediction is the number of gold entities that it misses plus the number of its wrong entities:
those that contain an annotated token and are not gold, and those marked as wrong. The cost of an action is the
increase it causes in the smallest loss that can still be reached.

A state needs to look ahead only a little: while no entity is open, every later gold entity can still be found. An open
entity that can no longer be correct is best ended at once; it costs the gold entity, if any, that begins where it can
end first (`lost_N`), and nothing after that.

Axes
    S   parser states
    A   actions: O, then B, I, L, U of each label
    L   labels
    N   tokens of the batch

Source:
    Goldberg and Nivre 2012, A Dynamic Oracle for Arc-Eager Dependency Parsing, for the idea.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pkg_ner.gold import NONE, GoldEntities

if TYPE_CHECKING:
    from pkg_ner.biluo import BiluoStates

#: The cost of missing a gold entity and predicting a wrong one instead.
_BOTH = 2


def costs(states: BiluoStates, gold: GoldEntities) -> Any:
    """Return the costs of all actions, int32 (S, A); those of invalid actions are meaningless."""
    n_states = len(states.position_S)
    cost_SA = np.zeros((n_states, 1 + 4 * gold.n_labels), dtype=np.int32)
    cost_SLM = cost_SA[:, 1:].reshape(n_states, gold.n_labels, 4)
    closed = np.flatnonzero(states.open_S == NONE)
    if len(closed):
        out, cost_SLM[closed] = _when_closed(states.position_S[closed], gold)
        cost_SA[closed, 0] = out
    if len(closed) < n_states:
        opened = np.flatnonzero(states.open_S != NONE)
        first, label = states.open_S[opened], states.label_S[opened]
        inside, end = _when_open(states.position_S[opened], first, label, gold)
        cost_SLM[opened, label, 1], cost_SLM[opened, label, 2] = inside, end
    return cost_SA


def _when_closed(at_S: Any, gold: GoldEntities) -> tuple[Any, Any]:
    """Return the cost of O, (S), and of B, I, L, U with each label, (S, L, 4), while no entity is open."""
    last_S = gold.last_N[at_S]
    begins_S = (last_S != NONE).astype(np.int32)
    free_SL = gold.free_NL[at_S]
    cost_SLM = np.empty((len(at_S), gold.n_labels, 4), dtype=np.int32)
    cost_SLM[:, :, 0] = begins_S[:, None] + _sunk(gold, at_S[:, None] + 1, free_SL)
    cost_SLM[:, :, 1:3] = 0
    cost_SLM[:, :, 3] = begins_S[:, None] + (free_SL < at_S[:, None])
    if len(gold.wrong):
        every_label = np.arange(gold.n_labels)
        is_wrong_SL = gold.is_wrong(at_S[:, None], at_S[:, None], every_label)
        cost_SLM[:, :, 3] = begins_S[:, None] + ((free_SL < at_S[:, None]) | is_wrong_SL)
    rows = np.flatnonzero(begins_S)
    right_move = np.where(last_S[rows] == at_S[rows], 3, 0)
    cost_SLM[rows, gold.label_N[at_S[rows]], right_move] = 0
    return begins_S, cost_SLM


def _when_open(at_S: Any, first_S: Any, label_S: Any, gold: GoldEntities) -> tuple[Any, Any]:
    """Return the cost of continuing (I) and of ending (L) open entities here, each (S)."""
    last_S = gold.last_N[first_S]
    is_right_S = (last_S >= at_S) & (gold.label_N[first_S] == label_S)
    free_S = gold.free_NL[first_S, label_S if gold.free_NL.shape[1] > 1 else 0]
    begins_S = (gold.last_N[at_S] != NONE).astype(np.int32)
    least_S = _sunk(gold, at_S, free_S)
    is_bad_S = free_S < at_S
    if len(gold.wrong):
        is_bad_S = is_bad_S | gold.is_wrong(first_S, at_S, label_S)
    inside_S = begins_S + _sunk(gold, at_S + 1, free_S) - least_S
    end_S = begins_S + is_bad_S - least_S
    at_last_S = last_S == at_S
    inside_S = np.where(is_right_S, np.where(at_last_S, _BOTH + gold.lost_N[at_S + 1], 0), inside_S)
    end_S = np.where(is_right_S, np.where(at_last_S, 0, _BOTH), end_S)
    return inside_S, end_S


def _sunk(gold: GoldEntities, at: Any, free: Any) -> Any:
    """Return the smallest further loss from an entity that is open at a token and is not gold."""
    return np.where(at <= free, 0, 1 + gold.lost_N[at])
