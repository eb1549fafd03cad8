"""What a transition system is: states in arrays, all of which advance together.

States lie on the CPU, in NumPy arrays: they are a few small integers each. Only scores are computed where the model is.

Axes
    S   parser states; each walks over one document, or a piece of one
    A   actions
    F   feature slots: the tokens that an action's score is computed from
    N   tokens of the batch, all documents one after the other
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

from kernel.tokens import Doc
from kernel.training import Example

#: No token: what a feature slot holds where the state has none.
NOTHING = -1


class States(Protocol):
    """A batch of states over the tokens of some documents."""

    def __len__(self) -> int: ...

    def keep(self: StatesT, rows_S: Any) -> StatesT:
        """Give some of the states, by numbers or by a mask.

        What is stored per token is shared with the original, so that it ends up with everything.
        """
        ...

    def put(self: StatesT, rows_S: Any, part: StatesT) -> None:
        """Take back, in place, what `keep` gave for some rows."""
        ...


StatesT = TypeVar("StatesT", bound=States)


class TransitionSystem(Protocol):
    """Actions, what they do to states, and what they cost.

    An action is a letter, or a letter and a label: "S", "L-nsubj". Their order is that of the model's output; new
    ones come last.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all actions."""
        ...

    @property
    def n_actions(self) -> int:
        """How many actions there are, A."""
        ...

    @property
    def n_features(self) -> int:
        """How many tokens the model looks at, F."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that actions give, without the letters, each once."""
        ...

    def add_label(self, label: str) -> bool:
        """Add the actions that a label needs; False when they were there."""
        ...

    def learn_actions(self, examples: Iterable[Example]) -> None:
        """Add the actions that the gold annotation needs, in a fixed order."""
        ...

    def to_json(self) -> Any:
        """Give what tells this system from others of its kind, such as its names."""
        ...

    def from_json(self, data: Any) -> None:
        """Become the system that `to_json` wrote.

        Raises:
            ValueError: It is of another form.
        """
        ...

    def start(self, docs: Sequence[Doc], pieces: Any | None = None, copies: int = 1) -> Any:
        """Set up one state per document, or per piece.

        Args:
            docs: The batch.
            pieces: Where each state begins and ends, int (S, 3) of document, first token and the token behind the
                last; None for whole documents.
            copies: How many states to set up for each, one after the other, instead of one. They may go different
                ways where nothing is read but what `valid`, `features` and `costs` give.
        """
        ...

    def rearrange(self, states: Any, rows_S: Any) -> None:
        """Let every state become, in place, what another one of the same document or piece is.

        Args:
            states: Made with `copies`.
            rows_S: The numbers of the others; a state's own where it stays.
        """
        ...

    def is_final(self, states: Any) -> Any:
        """Say which states have nothing left to do, bool (S)."""
        ...

    def valid(self, states: Any) -> Any:
        """Say which actions may be done, bool (S, A): at least one in every state that is not final."""
        ...

    def apply(self, states: Any, actions_S: Any) -> None:
        """Do one action in each state, in place; no state is final."""
        ...

    def features(self, states: Any) -> Any:
        """Give the tokens to look at, int32 (S, F): their place in the batch, or NOTHING."""
        ...

    def gold(self, examples: Sequence[Example]) -> Any:
        """Read the gold annotation of the examples' predicted tokens, as arrays over the batch."""
        ...

    def pieces(self, gold: Any, size: int) -> Any:
        """Cut a batch where the gold annotation allows to start afresh, int (S, 3) as `start` takes them.

        Args:
            gold: Of `gold`.
            size: How many actions a piece should take; 0 leaves documents whole. What has no gold annotation is in
                no piece.
        """
        ...

    def costs(self, states: Any, gold: Any) -> Any:
        """Count the gold things that each action puts out of reach, (S, A); invalid actions may have any cost."""
        ...

    def write(self, docs: Sequence[Doc], states: Any) -> None:
        """Annotate documents with what their final states have found."""
        ...


@runtime_checkable
class WalksAlone(Protocol):
    """A system that can advance a few states without arrays, which then is faster."""

    def walk_alone(self, step_model: Any, states: Any) -> None:
        """Advance new states to their ends, in place; the model is on the CPU."""
        ...
