"""The protocols of transition systems and their states, which are stored in arrays and advance together.

States are kept on the CPU, in NumPy arrays: each is a few small integers. Only scores are computed on the model's
device.

Axes
    S   parser states; each covers one document, or a piece of one
    A   actions
    F   feature slots: the tokens from which the actions are scored
    N   tokens of the batch, all documents one after the other
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

from kernel.tokens import Doc
from kernel.training import Example

#: The value of a feature slot for which the state has no token.
NOTHING = -1


class States(Protocol):
    """A batch of states over the tokens of some documents."""

    def __len__(self) -> int: ...

    def keep(self: StatesT, rows_S: Any) -> StatesT:
        """Return some of the states, by indices or by a mask.

        Per-token data is shared with the original, which therefore receives all results.
        """
        ...

    def put(self: StatesT, rows_S: Any, part: StatesT) -> None:
        """Write back, in place, the states that `keep` returned for these rows."""
        ...


StatesT = TypeVar("StatesT", bound=States)


class TransitionSystem(Protocol):
    """The actions, their effects on states, and their costs.

    An action is a letter, or a letter and a label: "S", "L-nsubj". Actions are in the order of the model's output; new
    ones are added at the end.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all actions."""
        ...

    @property
    def n_actions(self) -> int:
        """The number of actions, A."""
        ...

    @property
    def n_features(self) -> int:
        """The number of feature tokens of a state, F."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The distinct labels of the actions, without the letters."""
        ...

    def add_label(self, label: str) -> bool:
        """Add the actions that a label needs; return False if they were already present."""
        ...

    def learn_actions(self, examples: Iterable[Example]) -> None:
        """Add the actions that the gold annotation needs, in a fixed order."""
        ...

    def to_json(self) -> Any:
        """Return the configuration of this system, such as its action names, as JSON data."""
        ...

    def from_json(self, data: Any) -> None:
        """Restore the system from the output of `to_json`.

        Raises:
            ValueError: `data` has another form.
        """
        ...

    def start(self, docs: Sequence[Doc], pieces: Any | None = None, copies: int = 1) -> Any:
        """Set up one state per document, or per piece.

        Args:
            docs: The batch.
            pieces: The range of each state, int (S, 3): document, first token and end (exclusive); None for whole
                documents.
            copies: Number of consecutive states to set up for each document or piece. Copies may diverge as long as
                only `valid`, `features` and `costs` are read.
        """
        ...

    def rearrange(self, states: Any, rows_S: Any) -> None:
        """Overwrite every state, in place, with another one of the same document or piece.

        Args:
            states: States set up with `copies`.
            rows_S: Index of the state to copy for each state; its own to leave it unchanged.
        """
        ...

    def is_final(self, states: Any) -> Any:
        """Return which states are final, bool (S)."""
        ...

    def valid(self, states: Any) -> Any:
        """Return which actions are valid, bool (S, A): at least one in every state that is not final."""
        ...

    def apply(self, states: Any, actions_S: Any) -> None:
        """Apply one action to each state, in place; no state may be final."""
        ...

    def features(self, states: Any) -> Any:
        """Return the feature tokens as indices in the batch, or NOTHING, int32 (S, F)."""
        ...

    def gold(self, examples: Sequence[Example]) -> Any:
        """Read the gold annotation of the examples' predicted tokens, as arrays over the batch."""
        ...

    def pieces(self, gold: Any, size: int) -> Any:
        """Cut a batch into pieces where the gold annotation allows a new start, int (S, 3) as for `start`.

        Tokens without gold annotation are in no piece.

        Args:
            gold: The gold annotation, from `gold`.
            size: Desired number of actions per piece; 0 leaves documents whole.
        """
        ...

    def costs(self, states: Any, gold: Any) -> Any:
        """Count the gold arcs or entities that each action makes unreachable, (S, A); arbitrary for invalid actions."""
        ...

    def write(self, docs: Sequence[Doc], states: Any) -> None:
        """Write the annotation of final states to the documents."""
        ...


@runtime_checkable
class ScalarWalker(Protocol):
    """A system that can also advance states one by one without arrays, which is faster for a few states."""

    def walk_scalar(self, step_model: Any, states: Any) -> None:
        """Advance new states until they are final, in place; the model must be on the CPU."""
        ...
