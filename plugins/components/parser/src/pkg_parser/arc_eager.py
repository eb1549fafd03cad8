"""The arc-eager transition system: which actions may be done, what they do, what the model sees.

Axes as in `states`, and
    A   actions
    F   feature slots
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pkg_parser.moves import BREAK, LEFT, RIGHT, SHIFT
from pkg_parser.states import ArcStates, settle

#: By how much each kind of action makes the stack grow.
_GROWTH = np.array([1, -1, 0, -1, 1])
#: Where the upper three of a stack are, from its top.
_UPPER = np.array([0, -1, -2])


def situations(states: ArcStates) -> Any:
    """Give each state's situation, see `moves`, int64 (S).

    A sentence may start at the next place where nothing is known of that and no arc goes there from before.
    """
    M, next_S = states.none, states.next_S
    fresh_S = states.again_S == M
    breaks_S = fresh_S & (states.left_M[next_S] == M)
    breaks_S &= states.fixed_M[next_S] == 0
    situation_S = np.add(fresh_S, breaks_S, dtype=np.int64)
    situation_S *= 2
    situation_S += states.head_M[states.stack_C[states.top_S]] < M
    return situation_S


def apply(states: ArcStates, kinds_S: Any, actions_S: Any) -> None:
    """Do one action in each state, in place, and what follows from it without a decision."""
    M = states.none
    top_S, next_S = states.stack_C[states.top_S], states.next_S
    left = (kinds_S == LEFT).nonzero()[0]
    right = (kinds_S == RIGHT).nonzero()[0]
    if len(left):
        dependent, head = top_S[left], next_S[left]
        states.head_M[dependent], states.action_M[dependent] = head, actions_S[left]
        states.left2_M[head] = states.left_M[head]
        states.left_M[head] = dependent
    if len(right):
        dependent, head = next_S[right], top_S[right]
        states.head_M[dependent], states.action_M[dependent] = head, actions_S[right]
        states.right2_M[head] = states.right_M[head]
        states.right_M[head] = dependent
    push = ((kinds_S == SHIFT) | (kinds_S == RIGHT)).nonzero()[0]
    if len(push):
        cell, place = states.top_S[push] + 1, next_S[push]
        is_right = kinds_S[push] == RIGHT
        states.stack_C[cell] = place
        states.cell_M[place] = cell
        states.headless_C[cell] = np.where(is_right, states.headless_C[cell - 1], cell)
        states.front_S[push] += states.again_S[push] == M
        states.again_S[push] = M
    states.top_S += _GROWTH[kinds_S]
    broken = (kinds_S == BREAK).nonzero()[0]
    if len(broken):
        states.limit_S[broken] = states.front_S[broken]
    settle(states)


def features(states: ArcStates, n_features: int) -> Any:
    """Give the tokens that the model sees, int32 (S, F); -1 where there is none.

    The upper three of the stack, the next two to come, the outermost dependents of the top and the left one of the
    next; with 13 also the third to come, the top's dependents before those, and the outermost of the second.
    """
    M, next_S = states.none, states.next_S
    stack_S3 = states.stack_C[states.top_S[:, None] + _UPPER]
    top_S = stack_S3[:, 0]
    fresh_S = states.again_S == M

    def ahead(distance: int) -> Any:
        place_S = states.front_S + distance
        return np.where(fresh_S & (place_S < states.limit_S), place_S, M)

    places_SF = np.empty((len(states), n_features), dtype=np.int64)
    places_SF[:, :3] = stack_S3
    places_SF[:, 3] = next_S
    places_SF[:, 4] = ahead(1)
    places_SF[:, 5] = states.left_M[top_S]
    places_SF[:, 6] = states.right_M[top_S]
    places_SF[:, 7] = states.left_M[next_S]
    if n_features > 8:
        places_SF[:, 8] = ahead(2)
        places_SF[:, 9] = states.left2_M[top_S]
        places_SF[:, 10] = states.right2_M[top_S]
        places_SF[:, 11] = states.left_M[stack_S3[:, 1]]
        places_SF[:, 12] = states.right_M[stack_S3[:, 1]]
    return states.token_M[places_SF]
