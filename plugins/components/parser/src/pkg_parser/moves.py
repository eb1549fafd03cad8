"""The actions of the arc-eager parser and their labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

#: Kinds of actions, as numbers in arrays.
SHIFT, REDUCE, BREAK, LEFT, RIGHT = range(5)
#: The letter of each kind, with which the names of its actions begin.
LETTERS = "SDBLR"
#: The label of arcs whose own label is too rare, and of whitespace tokens.
FALLBACK = "dep"
#: The label that joins a token's pieces to the last one, if the parser learns to do that.
SUBTOKEN = "subtok"
#: T, the situations that determine the valid actions: 0 if the next word was moved back from the stack, 2 if it was
#: never on the stack, 4 if, moreover, a sentence may start there; plus 1 if the top of the stack has a head.
N_SITUATIONS = 6


def _allowed_kinds() -> Any:
    """Return which kinds of actions are valid, bool (T, 5); a right arc always is."""
    upcoming, has_head = np.divmod(np.arange(N_SITUATIONS), 2)
    allowed = np.ones((N_SITUATIONS, len(LETTERS)), dtype=bool)
    allowed[:, SHIFT] = upcoming > 0
    allowed[:, REDUCE] = has_head == 1
    allowed[:, BREAK] = upcoming == 2
    allowed[:, LEFT] = has_head == 0
    return allowed


#: The valid kinds of actions in each situation, bool (T, 5).
ALLOWED_KINDS = _allowed_kinds()


class Moves:
    """The actions: shift, reduce, break before the next word, and a left and a right arc per label.

    Args:
        root: The label of roots.

    Attributes:
        names: "S", "D", "B-ROOT", "L-dep", "R-dep" and more, in the order of the model's output. The label of "B" is
            the label of roots.
    """

    def __init__(self, root: str = "ROOT") -> None:
        self.names: list[str] = []
        self._columns: tuple[int, Any, list[str], Any] | None = None
        self._set(["S", "D", f"B-{root}", f"L-{FALLBACK}", f"R-{FALLBACK}"])

    @property
    def root(self) -> str:
        """The label of roots."""
        return self.strings_A[self.names.index(next(name for name in self.names if name[0] == "B"))]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of arcs and roots, sorted."""
        return tuple(sorted({label for label in self.strings_A if label}))

    def add(self, kind: int, label: str) -> bool:
        """Add the action of an arc; return False if it was already present."""
        name = f"{LETTERS[kind]}-{label}"
        if name in self._index:
            return False
        self._index[name] = len(self.names)
        self.names.append(name)
        return True

    def action(self, kind: int, label: str) -> int:
        """Return the action for an arc with this label, or with FALLBACK if the label has none."""
        letter = LETTERS[kind]
        return self._index.get(f"{letter}-{label}", self._index[f"{letter}-{FALLBACK}"])

    def restore(self, names: Sequence[str]) -> None:
        """Restore the actions from their names.

        Raises:
            ValueError: They are not names of actions, or some are missing.
        """
        if isinstance(names, str) or not all(isinstance(name, str) and name for name in names):
            raise ValueError("expected a list of names")
        if len(set(names)) < len(names):
            raise ValueError("expected each name once")
        wrong = next((name for name in names if name[:1] not in LETTERS or name[1:2] not in ("", "-")), None)
        if wrong is not None:
            raise ValueError(f"unknown move {wrong!r}")
        fixed = {"S", "D", f"L-{FALLBACK}", f"R-{FALLBACK}"} - set(names)
        if fixed or sum(name[0] == "B" for name in names) != 1:
            raise ValueError(f"expected one B-... and {sorted(fixed)} among them")
        self._set(list(names))

    def _set(self, names: list[str]) -> None:
        self.names[:] = names
        self._index = {name: i for i, name in enumerate(names)}
        self._columns = None

    @property
    def kinds_A(self) -> Any:
        """The kind of each action."""
        return self._tables()[1]

    @property
    def strings_A(self) -> list[str]:
        """The label of each action, "" for none."""
        return self._tables()[2]

    @property
    def allowed_TA(self) -> Any:
        """The valid actions in each situation, bool (T, A)."""
        return self._tables()[3]

    def _tables(self) -> tuple[int, Any, list[str], Any]:
        """Return the tables derived from the names, recomputed after names were added."""
        tables = self._columns
        if tables is None or tables[0] != len(self.names):
            kinds_A = np.array([LETTERS.index(name[0]) for name in self.names], dtype=np.int64)
            strings_A = [name[2:] for name in self.names]
            tables = (len(self.names), kinds_A, strings_A, ALLOWED_KINDS[:, kinds_A])
            self._columns = tables
        return tables


def learnt_moves(counts: Counter[tuple[int, str]], min_freq: int) -> Moves:
    """Create the moves for a corpus.

    Args:
        counts: The number of arcs by kind (LEFT, RIGHT; BREAK for a root) and label.
        min_freq: Rarer arcs get the label FALLBACK.
    """
    frequent_first = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    moves = Moves(next((label for (kind, label), _ in frequent_first if kind == BREAK), "ROOT"))
    for (kind, label), count in frequent_first:
        if kind != BREAK and count >= min_freq:
            moves.add(kind, label)
    return moves
