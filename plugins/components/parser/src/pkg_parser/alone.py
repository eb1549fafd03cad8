"""The same walk for one document, in plain Python.

A step of arrays takes as long for one state as for fifty. Where there are only a few, numbers in lists are faster; they
do the very same, which tests hold them to.
"""

from __future__ import annotations

import numpy as np

from pkg_parser.moves import BREAK, LEFT, REDUCE, RIGHT, Moves
from pkg_parser.states import LOOKAHEAD, ArcStates
from pkg_transitions.step import StepModel

#: Places that the model is taken on by at a time, so that its table stays small.
AHEAD = 1024


def walk_alone(step_model: StepModel, states: ArcStates, moves: Moves, n_features: int) -> None:
    """Advance each state, at its beginning, to its end, in place.

    Args:
        step_model: Of the batch, on the CPU.
        states: New ones.
        moves: The actions.
        n_features: 8 or 13.
    """
    allowed = [row.nonzero()[0] for row in moves.allowed_TA]
    kinds = moves.kinds_A.tolist()
    bounds = zip((states.end_S - states.n_places_S).tolist(), states.end_S.tolist(), strict=True)
    for begin, end in bounds:
        walk = _Walk(states, begin, end, step_model)
        while walk.settle():
            scores = walk.model.predict_one(walk.rows(n_features))
            valid = allowed[walk.situation()]
            action = int(valid[scores.take(valid).argmax()])
            walk.do(kinds[action], action)
        walk.write(states, begin)


class _Walk:
    """One state. Its places count from 0; `n`, their number, stands for none.

    The model is that of a part of the document: from the current sentence on, before which the state sees nothing.
    """

    def __init__(self, states: ArcStates, begin: int, end: int, step_model: StepModel) -> None:
        n = self.n = end - begin
        self.tokens = states.token_M[begin:end]
        self.of_batch, self.model = step_model, step_model
        self.places = [0] * (n + 1)
        self.slots: list[int] = []
        self.sentence, self.known = 0, 0
        self.fixed = states.fixed_M[begin:end].tolist()
        self.next_start = (states.next_M[begin:end] - begin).tolist()
        self.heads, self.actions = [n] * (n + 1), [-1] * (n + 1)
        self.left, self.left2, self.right, self.right2 = ([n] * (n + 1) for _ in range(4))
        self.stack = [n, n]
        self.headless: list[int] = []
        self.front, self.limit, self.again = 0, 0, n

    def settle(self) -> bool:
        """Do what needs no decision; False at the end."""
        stack, n = self.stack, self.n
        while True:
            # Two cells of none lie at the bottom.
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
                if self.front + LOOKAHEAD >= self.known:
                    self.go_on()
                return True
            cell = self.headless.pop()
            if cell > 2:
                self.again = stack[cell]
            del stack[cell:]

    def go_on(self) -> None:
        """Take the model on to the next part of the document, unless it has been there."""
        if self.known == self.n:
            return
        start = self.sentence
        # As far again as a long sentence has come, or its beginning would be computed too often.
        self.known = min(self.n, self.front + max(AHEAD, self.front - start))
        tokens = self.tokens[start : self.known]
        self.model = self.of_batch.part(tokens, self.of_batch.memory)
        self.places[start : self.known] = self.model.places(tokens)
        self.places[self.n :] = self.model.places([-1])
        self.slots = self.model.slots()

    def rows(self, n_features: int) -> list[int]:
        """List the rows of the model's table for what the state shows, as `arc_eager.features` does."""
        stack, front, n = self.stack, self.front, self.n
        top, second = stack[-1], stack[-2]
        fresh = self.again == n
        upcoming = front if fresh else self.again
        ahead = front + 1 if fresh and front + 1 < self.limit else n
        third = stack[-3] if len(stack) > 2 else n
        places = [top, second, third, upcoming, ahead, self.left[top], self.right[top], self.left[upcoming]]
        if n_features > len(places):
            places.append(front + 2 if fresh and front + 2 < self.limit else n)
            places += [self.left2[top], self.right2[top], self.left[second], self.right[second]]
        in_table = self.places
        return [slot + in_table[place] for slot, place in zip(self.slots, places, strict=True)]

    def situation(self) -> int:
        """Give the situation, as `arc_eager.situations` does."""
        n = self.n
        has_head = self.heads[self.stack[-1]] < n
        if self.again < n:
            return int(has_head)
        breaks = self.left[self.front] == n and self.fixed[self.front] == 0
        return has_head + 2 + 2 * breaks

    def do(self, kind: int, action: int) -> None:
        """Do an action."""
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
        """Put what was found into the arrays."""
        heads = np.array(self.heads[: self.n], dtype=np.int64)
        end = begin + self.n
        states.head_M[begin:end] = np.where(heads < self.n, heads + begin, states.none)
        states.action_M[begin:end] = self.actions[: self.n]
