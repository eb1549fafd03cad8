"""States of the arc-eager parser, in arrays.

Whitespace takes no part in parsing: the parser sees places, which are the tokens without it. A state owns a stretch of
places, and a stretch of the one array that holds the stacks of all states.

Axes
    S   states
    M   places of all states, one state after the other; index M itself stands for none
    K   places of the batch, one document after the other
    N   tokens of the batch
    C   cells of all stacks
    E   elements of stretches of all states, one state after the other

What every state that is not final has, because `settle` sees to it: a token on its stack, and one to come in its
sentence. Sentence ends need no decision: what has a head leaves the stack; of tokens without one, the lowest is the
root and the others are set before it again, one at a time, to be attached.

Source: Nivre 2008, Algorithms for Deterministic Incremental Dependency Parsing, section 4.2; for setting tokens before
the stack again, Nivre & Fernández-González 2014, Arc-Eager Parsing with the Tree Constraint.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

#: Cells below each stack that hold no place, so that looking below the top needs no check.
MARGIN = 3
#: Places beyond the end of a piece that its state may see before it stops.
LOOKAHEAD = 2


@dataclass
class ArcStates:
    """A batch of states.

    Attributes:
        top_S: Cell of the top of the stack.
        bottom_S: First cell of the stack.
        front_S: The next place that was never on the stack.
        again_S: The place set before the stack again, which comes next; M for none.
        next_S: The place that comes next, the first of the buffer: that one, or the front.
        limit_S: Where the sentence ends, as far as is known.
        end_S: Where the state's places end.
        n_places_S: How many there are.
        sentence_S: Where the sentence began.
        stop_S: The state is final once its sentence began here or later.
        shift_S: What to take from a place of the state to get its place in the batch.
        stack_C: Place in each cell.
        headless_C: The highest cell at or below each whose place has no head.
        cell_M: The cell that each place was last put into.
        head_M: Place of each place's head, M for none.
        action_M: The action that gave it its head, -1 for none.
        left_M, left2_M: The last and the last but one dependent to the left.
        right_M, right2_M: The same to the right.
        token_M: Token of each place; -1 for none.
        fixed_M: 1 where a sentence must start, -1 where none may.
        next_M: The next place after this one at which a sentence must start, or the end of the state's places.
        start_M: Whether a sentence starts here.
        none: M, the number that stands for no place.
    """

    top_S: Any
    bottom_S: Any
    front_S: Any
    again_S: Any
    next_S: Any
    limit_S: Any
    end_S: Any
    n_places_S: Any
    sentence_S: Any
    stop_S: Any
    shift_S: Any
    stack_C: Any
    headless_C: Any
    cell_M: Any
    head_M: Any
    action_M: Any
    left_M: Any
    left2_M: Any
    right_M: Any
    right2_M: Any
    token_M: Any
    fixed_M: Any
    next_M: Any
    start_M: Any
    none: int

    def __len__(self) -> int:
        return len(self.top_S)

    def keep(self, rows_S: Any) -> ArcStates:
        """Give some of the states; the arrays over places stay shared."""
        return ArcStates(
            *(
                value[rows_S] if field.name.endswith("_S") else value
                for field in fields(self)
                for value in (getattr(self, field.name),)
            )
        )

    def put(self, rows_S: Any, part: ArcStates) -> None:
        """Take back, in place, what `keep` gave for some rows."""
        for field in fields(self):
            if field.name.endswith("_S"):
                getattr(self, field.name)[rows_S] = getattr(part, field.name)

    def is_final(self) -> Any:
        """Say which states have nothing left to do; only those have an empty stack once they are settled."""
        return (self.top_S < self.bottom_S) | (self.sentence_S >= self.stop_S)


def new_states(token_K: Any, fixed_K: Any, ends_K: Any, ranges_S3: Any) -> ArcStates:
    """Set up states over stretches of a batch.

    Args:
        token_K: Token of each place of the batch.
        fixed_K: 1 where a sentence must start, -1 where none may, 0 elsewhere.
        ends_K: Where the document of each place ends.
        ranges_S3: First place of each state, the place at whose sentence it stops, and the end of what it may see.
    """
    first_S, stop_S, end_S = ranges_S3.T
    n_places_S = end_S - first_S
    begin_S = np.cumsum(n_places_S) - n_places_S
    shift_S = begin_S - first_S
    M = int(n_places_S.sum())
    state_M = np.repeat(np.arange(len(first_S)), n_places_S)
    places_M = np.arange(M) - shift_S[state_M]
    fixed_M = np.append(fixed_K[places_M], 0)
    bottom_S = begin_S + MARGIN * np.arange(1, len(first_S) + 1)
    ends_M = (begin_S + n_places_S)[state_M]

    def nowhere() -> Any:
        return np.full(M + 1, M, dtype=np.int64)

    # The next forced start behind each place: a running minimum from the right.
    starts_M = np.where(fixed_M[:M] == 1, np.arange(M), M)
    next_M = np.append(np.minimum.accumulate(starts_M[::-1])[::-1], M)
    next_M = np.append(np.minimum(next_M[1:], ends_M), M)
    states = ArcStates(
        top_S=bottom_S - 1,
        bottom_S=bottom_S,
        front_S=begin_S.copy(),
        again_S=np.full(len(first_S), M, dtype=np.int64),
        next_S=begin_S.copy(),
        limit_S=begin_S.copy(),
        end_S=begin_S + n_places_S,
        n_places_S=n_places_S,
        sentence_S=np.full(len(first_S), -1, dtype=np.int64),
        # A whole document stops at its end, which no sentence begins at.
        stop_S=np.where(stop_S < end_S, stop_S + shift_S, M + 1),
        shift_S=shift_S,
        stack_C=np.full(M + MARGIN * (len(first_S) + 1), M, dtype=np.int64),
        headless_C=np.zeros(M + MARGIN * (len(first_S) + 1), dtype=np.int64),
        cell_M=np.zeros(M + 1, dtype=np.int64),
        head_M=nowhere(),
        action_M=np.full(M + 1, -1, dtype=np.int64),
        left_M=nowhere(),
        left2_M=nowhere(),
        right_M=nowhere(),
        right2_M=nowhere(),
        token_M=np.append(token_K[places_M], -1).astype(np.int32),
        fixed_M=fixed_M,
        next_M=next_M,
        start_M=np.zeros(M + 1, dtype=bool),
        none=M,
    )
    settle(states)
    return states


def settle(states: ArcStates) -> None:
    """Do what needs no decision, in place, until every state has one to take or is final.

    At the end of a sentence the stack is emptied as the module says; an empty stack takes the next place, and where the
    sentence has none, the next sentence begins.
    """
    is_empty_S = states.top_S < states.bottom_S
    is_stuck_S = states.front_S >= states.limit_S
    is_stuck_S &= states.again_S == states.none
    is_stuck_S |= is_empty_S
    rows = is_stuck_S.nonzero()[0]
    rows = rows[states.sentence_S[rows] < states.stop_S[rows]]
    while len(rows):
        rows = _refill(states, _end_sentences(states, rows))
    states.next_S = np.where(states.again_S < states.none, states.again_S, states.front_S)


def _end_sentences(states: ArcStates, rows: Any) -> Any:
    """Empty stacks, or set their highest place without head before them again; gives the states with empty ones."""
    top, bottom = states.top_S[rows], states.bottom_S[rows]
    cell = states.headless_C[top]
    again = (cell > bottom) & (top >= bottom)
    states.again_S[rows] = np.where(again, states.stack_C[cell], states.none)
    states.top_S[rows] = np.where(again, cell, bottom) - 1
    # What was set before the stack again has outlived an empty one: it is the root, and nothing comes after it.
    return rows[~again]


def _refill(states: ArcStates, rows: Any) -> Any:
    """Put the next place on empty stacks; where the sentence is over, begin the next.

    Returns:
        The states whose sentence is over once more: it is of one word.
    """
    front = states.front_S[rows]
    is_left = front < states.end_S[rows]
    rows, front = rows[is_left], front[is_left]
    new = front >= states.limit_S[rows]
    begun, first = rows[new], front[new]
    states.sentence_S[begun] = first
    states.start_M[first] = True
    states.limit_S[begun] = states.next_M[first]
    cell = states.bottom_S[rows]
    states.top_S[rows] = cell
    states.stack_C[cell] = front
    states.headless_C[cell] = cell
    states.cell_M[front] = cell
    states.front_S[rows] = front + 1
    is_stuck = front + 1 >= states.limit_S[rows]
    is_stuck &= states.sentence_S[rows] < states.stop_S[rows]
    return rows[is_stuck]
