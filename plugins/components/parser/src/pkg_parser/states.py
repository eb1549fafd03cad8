"""States of the arc-eager parser, in arrays.

Whitespace is not parsed: the parser works on words, the tokens that are not whitespace. Each state owns a range of
words, and a range of the array that holds the stacks of all states.

Axes
    S   states
    M   words of all states, one state after the other; index M itself means none
    K   words of the batch, one document after the other
    N   tokens of the batch
    C   cells of all stacks
    E   elements of one range per state, one state after the other

Invariant, maintained by `settle`: every state that is not final has a word on its stack and another to come in its
sentence. The end of a sentence needs no decision: words with a head leave the stack; of those without one, the lowest
is the root and the others are moved back to the buffer, one at a time, to be attached.

Source: Nivre 2008, Algorithms for Deterministic Incremental Dependency Parsing, section 4.2; for moving words back to
the buffer, Nivre & Fernández-González 2014, Arc-Eager Parsing with the Tree Constraint.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

#: Empty cells below each stack, so that reading below the top needs no check.
MARGIN = 3
#: Words after the end of a piece that its state may still see.
LOOKAHEAD = 2


@dataclass
class ArcStates:
    """A batch of states.

    Attributes:
        top_S: Cell of the top of the stack.
        bottom_S: First cell of the stack.
        front_S: The first word that was never on the stack.
        again_S: The word moved back to the buffer, which comes next; M for none.
        next_S: The first word of the buffer: `again_S` if there is one, else `front_S`.
        limit_S: End of the current sentence, as far as is known.
        end_S: End of the state's words.
        n_words_S: Number of the state's words.
        sentence_S: First word of the current sentence.
        stop_S: The state is final once its current sentence begins here or later.
        shift_S: Offset to subtract from a word of the state to get its index in the batch.
        stack_C: The word in each cell.
        headless_C: The highest cell at or below each whose word has no head.
        cell_M: The cell that each word was last pushed to.
        head_M: Each word's head, M for none.
        action_M: The action that assigned the head, -1 for none.
        left_M, left2_M: The last and the second-last dependent added on the left.
        right_M, right2_M: The same on the right.
        token_M: Token of each word; -1 for none.
        fixed_M: 1 where a sentence must start, -1 where none may, 0 elsewhere.
        next_M: The next word after this one at which a sentence must start, or the end of the state's words.
        start_M: Whether a sentence starts here.
        none: M, the index that means no word.
    """

    top_S: Any
    bottom_S: Any
    front_S: Any
    again_S: Any
    next_S: Any
    limit_S: Any
    end_S: Any
    n_words_S: Any
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
        """Return some of the states; the arrays over words are shared."""
        return ArcStates(
            *(
                value[rows_S] if field.name.endswith("_S") else value
                for field in fields(self)
                for value in (getattr(self, field.name),)
            )
        )

    def put(self, rows_S: Any, part: ArcStates) -> None:
        """Write back, in place, the states that `keep` returned for these rows."""
        for field in fields(self):
            if field.name.endswith("_S"):
                getattr(self, field.name)[rows_S] = getattr(part, field.name)

    def is_final(self) -> Any:
        """Return which states are final, bool (S); after `settle`, only final states have an empty stack."""
        return (self.top_S < self.bottom_S) | (self.sentence_S >= self.stop_S)


def new_states(token_K: Any, fixed_K: Any, ends_K: Any, ranges_S3: Any) -> ArcStates:
    """Set up states over ranges of a batch's words.

    Args:
        token_K: Token of each word of the batch.
        fixed_K: 1 where a sentence must start, -1 where none may, 0 elsewhere.
        ends_K: End of each word's document.
        ranges_S3: For each state its first word, the word at whose sentence it stops, and the end of the words that
            it may see.
    """
    first_S, stop_S, end_S = ranges_S3.T
    n_words_S = end_S - first_S
    begin_S = np.cumsum(n_words_S) - n_words_S
    shift_S = begin_S - first_S
    M = int(n_words_S.sum())
    state_M = np.repeat(np.arange(len(first_S)), n_words_S)
    words_M = np.arange(M) - shift_S[state_M]
    fixed_M = np.append(fixed_K[words_M], 0)
    bottom_S = begin_S + MARGIN * np.arange(1, len(first_S) + 1)
    ends_M = (begin_S + n_words_S)[state_M]

    def nowhere() -> Any:
        return np.full(M + 1, M, dtype=np.int64)

    # The next forced start after each word: a running minimum from the right.
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
        end_S=begin_S + n_words_S,
        n_words_S=n_words_S,
        sentence_S=np.full(len(first_S), -1, dtype=np.int64),
        # A whole document stops at its end, where no sentence begins.
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
        token_M=np.append(token_K[words_M], -1).astype(np.int32),
        fixed_M=fixed_M,
        next_M=next_M,
        start_M=np.zeros(M + 1, dtype=bool),
        none=M,
    )
    settle(states)
    return states


def settle(states: ArcStates) -> None:
    """Make all changes that need no decision, in place, until every state needs one or is final.

    At the end of a sentence the stack is emptied as described above; the next word is pushed onto an empty stack, and
    begins the next sentence if the current one is over.
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
    """Empty stacks, or move their highest headless word back to the buffer; return the states with empty stacks."""
    top, bottom = states.top_S[rows], states.bottom_S[rows]
    cell = states.headless_C[top]
    again = (cell > bottom) & (top >= bottom)
    states.again_S[rows] = np.where(again, states.stack_C[cell], states.none)
    states.top_S[rows] = np.where(again, cell, bottom) - 1
    # The lowest headless word, or a word that was moved back and is left when the stack is empty, is the root.
    return rows[~again]


def _refill(states: ArcStates, rows: Any) -> Any:
    """Push the next word onto empty stacks; begin the next sentence where the current one is over.

    Returns:
        The states whose new sentence is over already, because it has one word.
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
