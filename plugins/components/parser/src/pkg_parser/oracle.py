"""The dynamic oracle: the cost of an action is the number of gold arcs and sentence boundaries it makes unreachable.

An arc is reachable from a state if both its words are in the buffer, or one is and the other is on the stack, and the
dependent has no head. Arcs can be judged independently of each other. The oracle does not rely on words being moved
back to the buffer at the end of a sentence: that is a last resort.

Axes as in `states`, and
    A   actions
    E   elements of the stacks of all states, one state after the other

Source: Goldberg & Nivre 2012, A Dynamic Oracle for Arc-Eager Dependency Parsing, section 3; the costs of breaks, and of
roots as words that must not get a head, are ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernel.text.doc.doc_arrays import ragged
from pkg_parser.arc_eager import situations
from pkg_parser.gold import GoldTrees
from pkg_parser.moves import ALLOWED_KINDS, BREAK, LEFT, REDUCE, RIGHT, SHIFT, Moves
from pkg_parser.states import ArcStates


def costs(states: ArcStates, gold: GoldTrees, moves: Moves) -> Any:
    """Count the gold arcs and boundaries that each action makes unreachable, int64 (S, A).

    The cost of a break may be reported as 1 instead of more where another action costs nothing.
    """
    shift_S, next_S, M = states.shift_S, states.next_S, states.none
    top_S = states.stack_C[states.top_S]
    top_K, next_K = top_S - shift_S, next_S - shift_S
    end_S = np.where(states.again_S == M, states.limit_S, next_S + 1)
    top_head_S = gold.far_head_K[top_K] + shift_S
    next_head_S = gold.far_head_K[next_K] + shift_S
    top_deps_S = _count_dependents(gold, top_K, next_K, end_S - shift_S)
    waiting_S = _count_waiting(states, gold, next_K)
    head_on_stack_S = _is_on_stack(states, next_head_S)
    start_S, valid_SK = gold.start_K[next_K], ALLOWED_KINDS[situations(states)]
    may_break_S = valid_SK[:, BREAK]
    missed_S = (start_S == 1) & may_break_S
    lost_top_S = (top_head_S == top_S) | ((top_head_S > next_S) & (top_head_S < end_S))
    lost_next_S = head_on_stack_S | ((next_head_S >= next_S) & (next_head_S < end_S))
    lost_next_S &= next_head_S != top_S
    costs_SK = np.empty((len(states), 5), dtype=np.int64)
    costs_SK[:, SHIFT] = waiting_S + head_on_stack_S + missed_S
    costs_SK[:, REDUCE] = top_deps_S
    costs_SK[:, BREAK] = start_S == -1
    costs_SK[:, LEFT] = top_deps_S + lost_top_S + missed_S
    costs_SK[:, RIGHT] = waiting_S + lost_next_S + missed_S
    # No gold arc crosses a gold boundary; a break elsewhere needs an exact cost only if every action costs something.
    unsure_S = (start_S == 0) | ((costs_SK > 0) | ~valid_SK).all(axis=1)
    rows = (unsure_S & may_break_S).nonzero()[0]
    if len(rows):
        costs_SK[rows, BREAK] += _count_across(states.keep(rows), gold, next_S[rows], end_S[rows])
    costs_SA = costs_SK[:, moves.kinds_A]
    _add_wrong_labels(costs_SA, moves.kinds_A == LEFT, top_head_S == next_S, gold.left_K[top_K])
    _add_wrong_labels(costs_SA, moves.kinds_A == RIGHT, next_head_S == top_S, gold.right_K[next_K])
    return costs_SA


def _add_wrong_labels(costs_SA: Any, is_kind_A: Any, is_gold_S: Any, action_S: Any) -> None:
    """Add 1 to the cost of all other labels where this arc is in the gold tree."""
    labelled_S = is_gold_S & (action_S >= 0)
    costs_SA += labelled_S[:, None] & is_kind_A
    rows = labelled_S.nonzero()[0]
    costs_SA[rows, action_S[rows]] -= 1


def _count_dependents(gold: GoldTrees, head_S: Any, first_S: Any, end_S: Any) -> Any:
    """Count the gold dependents of each head in [first, end); all indices are words of the batch."""
    row_S = head_S * len(gold.head_K)
    return gold.arcs.searchsorted(row_S + end_S) - gold.arcs.searchsorted(row_S + first_S)


def _count_waiting(states: ArcStates, gold: GoldTrees, next_S: Any) -> Any:
    """Count the headless words on the stack whose gold head is the next word; `next_S` are words of the batch."""
    # A word of this sentence before the front that has no head is on the stack:
    #   for each state: for each gold dependent d of next with sentence <= d < next: count d if it has no head
    shift_S, K = states.shift_S, len(gold.head_K)
    row_S = next_S * K
    low_S = gold.arcs.searchsorted(row_S + states.sentence_S - shift_S)
    n_S = gold.arcs.searchsorted(row_S + next_S) - low_S
    state_E, index_E = ragged(low_S, n_S)
    if not len(state_E):
        return n_S
    word_E = gold.arcs[index_E] % K + shift_S[state_E]
    headless_E = states.head_M[word_E] == states.none
    return np.bincount(state_E[headless_E], minlength=len(n_S))


def _count_across(states: ArcStates, gold: GoldTrees, next_S: Any, end_S: Any) -> Any:
    """Count the gold arcs between the stack and the rest of the sentence."""
    state_E, cell_E = ragged(states.bottom_S, states.top_S - states.bottom_S + 1)
    word_E, shift_E = states.stack_C[cell_E], states.shift_S[state_E]
    first_E, end_E = next_S[state_E], end_S[state_E]
    head_E = gold.far_head_K[word_E - shift_E] + shift_E
    lost_E = _count_dependents(gold, word_E - shift_E, first_E - shift_E, end_E - shift_E)
    lost_E += (states.head_M[word_E] == states.none) & (head_E >= first_E) & (head_E < end_E)
    return np.bincount(state_E, weights=lost_E, minlength=len(next_S)).astype(np.int64)


def _is_on_stack(states: ArcStates, word_S: Any) -> Any:
    inside_S = (word_S >= states.sentence_S) & (word_S < states.front_S)
    safe_S = np.where(inside_S, word_S, states.none)
    cell_S = states.cell_M[safe_S]
    return (
        inside_S & (cell_S >= states.bottom_S) & (cell_S <= states.top_S) & (states.stack_C[cell_S] == word_S)
    )
