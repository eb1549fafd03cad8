"""The arc-eager transition system: valid actions, their effects, and the features of states.

Axes as in `states`, and
    A   actions
    F   feature slots
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pkg_parser.moves import BREAK, LEFT, RIGHT, SHIFT
from pkg_parser.states import ArcStates, settle

#: The change in stack size by kind of action.
_GROWTH = np.array([1, -1, 0, -1, 1])
#: Offsets of the top three cells of a stack from its top.
_UPPER = np.array([0, -1, -2])


def situations(states: ArcStates) -> Any:
    """Return each state's situation, int64 (S); see `moves.N_SITUATIONS`.

    A sentence may start at the next word if the document leaves it open and the word has no dependent to its left.
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
    """Apply one action to each state, in place, and all changes that follow without a decision."""
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
        cell, word = states.top_S[push] + 1, next_S[push]
        is_right = kinds_S[push] == RIGHT
        states.stack_C[cell] = word
        states.cell_M[word] = cell
        states.headless_C[cell] = np.where(is_right, states.headless_C[cell - 1], cell)
        states.front_S[push] += states.again_S[push] == M
        states.again_S[push] = M
    states.top_S += _GROWTH[kinds_S]
    broken = (kinds_S == BREAK).nonzero()[0]
    if len(broken):
        states.limit_S[broken] = states.front_S[broken]
    settle(states)


def features(states: ArcStates, n_features: int) -> Any:
    """Return the feature tokens, int32 (S, F); -1 where there is none.

    They are the top three words of the stack, the first two of the buffer, the outermost dependents of the top, and
    the leftmost dependent of the next word. With 13 features also the third word of the buffer, the second outermost
    dependents of the top, and the outermost dependents of the second word of the stack.
    """
    M, next_S = states.none, states.next_S
    stack_S3 = states.stack_C[states.top_S[:, None] + _UPPER]
    top_S = stack_S3[:, 0]
    fresh_S = states.again_S == M

    def ahead(distance: int) -> Any:
        word_S = states.front_S + distance
        return np.where(fresh_S & (word_S < states.limit_S), word_S, M)

    words_SF = np.empty((len(states), n_features), dtype=np.int64)
    words_SF[:, :3] = stack_S3
    words_SF[:, 3] = next_S
    words_SF[:, 4] = ahead(1)
    words_SF[:, 5] = states.left_M[top_S]
    words_SF[:, 6] = states.right_M[top_S]
    words_SF[:, 7] = states.left_M[next_S]
    if n_features > 8:
        words_SF[:, 8] = ahead(2)
        words_SF[:, 9] = states.left2_M[top_S]
        words_SF[:, 10] = states.right2_M[top_S]
        words_SF[:, 11] = states.left_M[stack_S3[:, 1]]
        words_SF[:, 12] = states.right_M[stack_S3[:, 1]]
    return states.token_M[words_SF]
