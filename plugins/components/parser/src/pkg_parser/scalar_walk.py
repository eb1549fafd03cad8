"""The greedy walk for one state at a time, in plain Python.

A step in arrays takes as long for one state as for fifty. For a few states, ints in lists are faster. Both versions
compute the same; tests compare them.
"""

from __future__ import annotations

import numpy as np

from pkg_parser.moves import BREAK, LEFT, REDUCE, RIGHT, Moves
from pkg_parser.states import LOOKAHEAD, ArcStates
from pkg_transitions.step import StepModel

#: Number of words to advance the model's table by, which keeps the table small.
AHEAD = 1024


def walk_states(step_model: StepModel, states: ArcStates, moves: Moves, n_features: int) -> None:
    """Advance new states until they are final, in place.

    Args:
        step_model: The step model of the batch, on the CPU.
        states: New states.
        moves: The actions.
        n_features: 8 or 13.
    """
    allowed = [row.nonzero()[0] for row in moves.allowed_TA]
    kinds = moves.kinds_A.tolist()
    bounds = zip((states.end_S - states.n_words_S).tolist(), states.end_S.tolist(), strict=True)
    for begin, end in bounds:
        walk = _Walk(states, begin, end, step_model)
        while walk.settle():
            scores = walk.model.predict_one(walk.rows(n_features))
            valid = allowed[walk.situation()]
            action = int(valid[scores.take(valid).argmax()])
            walk.do(kinds[action], action)
        walk.write(states, begin)


class _Walk:
    """The walk of one state. Word indices are relative to its first word; `n`, the number of words, means none.

    The model covers a part of the document, from the current sentence on; the state needs nothing before it.
    """

    def __init__(self, states: ArcStates, begin: int, end: int, step_model: StepModel) -> None:
        n = self.n = end - begin
        self.tokens = states.token_M[begin:end]
        self.of_batch, self.model = step_model, step_model
        self.table_rows = [0] * (n + 1)
        self.slots: list[int] = []
        self.sentence, self.model_end = 0, 0
        self.fixed = states.fixed_M[begin:end].tolist()
        self.next_start = (states.next_M[begin:end] - begin).tolist()
        self.heads, self.actions = [n] * (n + 1), [-1] * (n + 1)
        self.left, self.left2, self.right, self.right2 = ([n] * (n + 1) for _ in range(4))
        self.stack = [n, n]
        self.headless: list[int] = []
        self.front, self.limit, self.again = 0, 0, n

    def settle(self) -> bool:
        """Make all changes that need no decision; return False if the state is final."""
        stack, n = self.stack, self.n
        while True:
            # The two cells at the bottom hold no word.
            if len(stack) == 2:
                self.again = n
                if self.front >= n:
                    return False
                if self.front >= self.limit:
                    self.limit = self.next_start[self.front]
                    self.sentence = self.front
                self.headless = [2]
                stack.append(self.front)
                self.front += 1
            if self.again < n or self.front < self.limit:
                if self.front + LOOKAHEAD >= self.model_end:
                    self.advance_model()
                return True
            cell = self.headless.pop()
            if cell > 2:
                self.again = stack[cell]
            del stack[cell:]

    def advance_model(self) -> None:
        """Compute the model for the next part of the document, unless it already reaches the end."""
        if self.model_end == self.n:
            return
        start = self.sentence
        # Double the part of a long sentence, so that its beginning is not recomputed too often.
        self.model_end = min(self.n, self.front + max(AHEAD, self.front - start))
        tokens = self.tokens[start : self.model_end]
        self.model = self.of_batch.part(tokens, self.of_batch.memory)
        self.table_rows[start : self.model_end] = self.model.token_rows(tokens)
        self.table_rows[self.n :] = self.model.token_rows([-1])
        self.slots = self.model.slots()

    def rows(self, n_features: int) -> list[int]:
        """Return the rows of the model's table for the state's features; see `arc_eager.features`."""
        stack, front, n = self.stack, self.front, self.n
        top, second = stack[-1], stack[-2]
        fresh = self.again == n
        upcoming = front if fresh else self.again
        ahead = front + 1 if fresh and front + 1 < self.limit else n
        third = stack[-3] if len(stack) > 2 else n
        words = [top, second, third, upcoming, ahead, self.left[top], self.right[top], self.left[upcoming]]
        if n_features > len(words):
            words.append(front + 2 if fresh and front + 2 < self.limit else n)
            words += [self.left2[top], self.right2[top], self.left[second], self.right[second]]
        table_rows = self.table_rows
        return [slot + table_rows[word] for slot, word in zip(self.slots, words, strict=True)]

    def situation(self) -> int:
        """Return the state's situation; see `arc_eager.situations`."""
        n = self.n
        has_head = self.heads[self.stack[-1]] < n
        if self.again < n:
            return int(has_head)
        breaks = self.left[self.front] == n and self.fixed[self.front] == 0
        return has_head + 2 + 2 * breaks

    def do(self, kind: int, action: int) -> None:
        """Apply an action."""
        stack = self.stack
        fresh = self.again == self.n
        upcoming = self.front if fresh else self.again
        if kind == BREAK:
            self.limit = self.front
        elif kind == REDUCE:
            stack.pop()
        elif kind == LEFT:
            self.headless.pop()
            self._draw(upcoming, stack.pop(), action, self.left, self.left2)
        else:
            if kind == RIGHT:
                self._draw(stack[-1], upcoming, action, self.right, self.right2)
            else:
                self.headless.append(len(stack))
            stack.append(upcoming)
            self.again = self.n
            self.front += fresh

    def _draw(self, head: int, dependent: int, action: int, last: list[int], last2: list[int]) -> None:
        self.heads[dependent], self.actions[dependent] = head, action
        last2[head], last[head] = last[head], dependent

    def write(self, states: ArcStates, begin: int) -> None:
        """Write the heads and actions to the arrays of the states."""
        heads = np.array(self.heads[: self.n], dtype=np.int64)
        end = begin + self.n
        states.head_M[begin:end] = np.where(heads < self.n, heads + begin, states.none)
        states.action_M[begin:end] = self.actions[: self.n]
