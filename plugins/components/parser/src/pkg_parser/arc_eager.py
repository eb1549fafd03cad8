"""The arc-eager transition system: which actions may be done, what they do, what the model sees.

Axes as in `states`, and
    A   actions
    F   feature slots
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pkg_parser.moves import BREAK, LEFT, REDUCE, RIGHT, SHIFT
from pkg_parser.states import ArcStates, settle

#: By how much each kind of action makes the stack grow.
_GROWTH = np.array([1, -1, 0, -1, 1])


def valid_kinds(states: ArcStates) -> Any:
    """Say which kinds of actions may be done, bool (S, 5).

    - shift: the next place was not on the stack before;
    - reduce: the top has a head;
    - break: nothing is known of a sentence start at the next place, and no arc goes to it from before;
    - arc to the left: the top has no head; arc to the right: always.
    """
    M, next_S = states.none, states.next_S
    has_head_S = states.head_M[states.stack_C[states.top_S]] < M
    fresh_S = states.again_S == M
    valid_SK = np.empty((len(states), 5), dtype=bool)
    valid_SK[:, SHIFT] = fresh_S
    valid_SK[:, REDUCE] = has_head_S
    valid_SK[:, BREAK] = may_break(states, next_S)
    valid_SK[:, LEFT] = ~has_head_S
    valid_SK[:, RIGHT] = True
    return valid_SK


def may_break(states: ArcStates, next_S: Any) -> Any:
    """Say where a sentence may start at the next place, bool (S)."""
    M = states.none
    return (states.again_S == M) & (states.left_M[next_S] == M) & (states.fixed_M[next_S] == 0)


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
    top_S, second_S = states.stack_C[states.top_S], states.stack_C[states.top_S - 1]
    fresh_S = states.again_S == M

    def ahead(distance: int) -> Any:
        place_S = states.front_S + distance
        return np.where(fresh_S & (place_S < states.limit_S), place_S, M)

    places_SF = np.empty((len(states), n_features), dtype=np.int64)
    places_SF[:, 0] = top_S
    places_SF[:, 1] = second_S
    places_SF[:, 2] = states.stack_C[states.top_S - 2]
    places_SF[:, 3] = next_S
    places_SF[:, 4] = ahead(1)
    places_SF[:, 5] = states.left_M[top_S]
    places_SF[:, 6] = states.right_M[top_S]
    places_SF[:, 7] = states.left_M[next_S]
    if n_features > 8:
        places_SF[:, 8] = ahead(2)
        places_SF[:, 9] = states.left2_M[top_S]
        places_SF[:, 10] = states.right2_M[top_S]
        places_SF[:, 11] = states.left_M[second_S]
        places_SF[:, 12] = states.right_M[second_S]
    return states.token_M[places_SF]
