"""The BILUO transition system: one action per token, for a batch of documents at once.

A token is outside every entity (O), the first (B), an inner (I) or the last token of one (L), or an entity of its own
(U). Actions are numbered O, then B, I, L, U of the first label, then of the second: a new label appends four.

Axes
    S   parser states: documents or parts of them
    A   actions
    L   labels
    F   feature slots
    N   tokens of the batch, all documents one after the other
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import ModelError
from kernel.strings import StringStore
from kernel.text.doc.entities import BEGIN, INSIDE, OUTSIDE
from kernel.tokens import Doc
from kernel.training import Example
from pkg_ner.costs import costs
from pkg_ner.entity_limits import Bools, EntityLimits, Ints
from pkg_ner.gold import GoldEntities, read_gold

_SYSTEM = "biluo"
MOVES = ("B", "I", "L", "U")
OUT = 0
_B, _I, _L, _U = range(4)
_IOB = np.array([BEGIN, INSIDE, INSIDE, BEGIN], dtype=np.int8)
#: The value for "no entity is open" and "no action was taken".
NONE = -1


@dataclass
class BiluoStates:
    """A batch of states, each over a document or a piece of one.

    Attributes:
        position_S: The next token, as an index in the batch.
        stop_S: The end of the state's tokens (exclusive).
        open_S: The first token of the open entity, or NONE.
        label_S: The label of the open entity, or NONE.
        limits: The limits of entities in the batch; shared.
        actions_N: The action taken at each token; shared.
    """

    position_S: Ints
    stop_S: Ints
    open_S: Ints
    label_S: Ints
    limits: EntityLimits
    actions_N: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.position_S)

    def keep(self, rows_S: Any) -> BiluoStates:
        """Return some of the states, by indices or by a mask; the array of actions is shared."""
        return BiluoStates(
            self.position_S[rows_S],
            self.stop_S[rows_S],
            self.open_S[rows_S],
            self.label_S[rows_S],
            self.limits,
            self.actions_N,
        )

    def put(self, rows_S: Any, part: BiluoStates) -> None:
        """Write back, in place, the states that `keep` returned for these rows."""
        for name in ("position_S", "stop_S", "open_S", "label_S"):
            getattr(self, name)[rows_S] = getattr(part, name)

    def closed_everywhere(self) -> BiluoStates:
        """Return one state per token of the batch, without open entities."""
        n_tokens = len(self.actions_N)
        here_N = np.arange(n_tokens, dtype=np.int32)
        none_N = np.full(n_tokens, NONE, dtype=np.int32)
        return BiluoStates(here_N, here_N + 1, none_N, none_N, self.limits, self.actions_N)

    def leap(self, next_begin_N: Ints) -> None:
        """Advance states without an open entity to the token after the next beginning of an entity.

        Args:
            next_begin_N: The next token at or after each one whose action begins an entity of several tokens.
        """
        closed = np.flatnonzero((self.open_S == NONE) & (self.position_S < self.stop_S))
        begin = next_begin_N[self.position_S[closed]]
        self.position_S[closed] = begin
        begun = closed[begin < self.stop_S[closed]]
        first = self.position_S[begun]
        self.open_S[begun] = first
        self.label_S[begun] = (self.actions_N[first] - 1) // len(MOVES)
        self.position_S[begun] += 1


class Biluo:
    """The BILUO system, which finds entities from left to right.

    Args:
        strings: The store to which labels are added.
        labels: Labels of entities.
        extra_tokens: Whether features include the neighbours of the next token and of the entity's first token.
        wrong_key: Group of spans with entities known to be wrong.
    """

    def __init__(
        self,
        strings: StringStore,
        labels: Iterable[str] = (),
        *,
        extra_tokens: bool = False,
        wrong_key: str | None = None,
    ) -> None:
        self.strings = strings
        self.keys: list[int] = []
        self._labels: dict[str, None] = {}  # an ordered set
        self.extra_tokens = extra_tokens
        self.wrong_key = wrong_key
        for label in labels:
            self.add_label(label)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of their actions."""
        return tuple(self._labels)

    @property
    def n_actions(self) -> int:
        """The number of actions: O, and four per label."""
        return 1 + len(MOVES) * len(self._labels)

    @property
    def n_features(self) -> int:
        """The number of feature tokens, F."""
        return 6 if self.extra_tokens else 3

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the actions: O, B-PER, I-PER, ..."""
        return ("O", *(f"{move}-{label}" for label in self._labels for move in MOVES))

    def add_label(self, label: str) -> bool:
        """Append the actions of a label; return False if they are already present.

        Raises:
            ModelError: The label is empty.
        """
        if not label:
            raise ModelError(
                f"ner: expected a label that is not empty, got {label!r}; name the type of entity"
            )
        if label in self._labels:
            return False
        self._labels[label] = None
        self.keys.append(self.strings.add(label))
        return True

    def learn_actions(self, examples: Iterable[Example]) -> None:
        """Add the labels of the gold entities, sorted."""
        keys: set[int] = set()
        strings: dict[int, str] = {}
        for eg in examples:
            new = set(np.unique(eg.reference.column("ENT_TYPE")).tolist()) - keys - {0}
            strings.update((key, eg.reference.vocab.strings[key]) for key in new)
            keys |= new
        for label in sorted(strings.values()):
            self.add_label(label)

    def to_json(self) -> dict[str, Any]:
        """Return the type of the system and its labels as JSON data."""
        return {"system": _SYSTEM, "labels": list(self._labels)}

    def from_json(self, data: Any) -> None:
        """Restore the system from the output of `to_json`, or from a plain list of labels.

        Raises:
            ValueError: `data` has another form.
        """
        if isinstance(data, Mapping):
            if data.get("system") != _SYSTEM:
                raise ValueError(f"expected the labels of a {_SYSTEM} system")
            data = data["labels"]
        if (
            isinstance(data, str)
            or not isinstance(data, Sequence)
            or not all(isinstance(label, str) and label for label in data)
        ):
            raise ValueError("expected a list of labels")
        self.keys, self._labels = [], {}
        for label in data:
            self.add_label(label)

    def start(self, docs: Sequence[Doc], pieces: Any | None = None, copies: int = 1) -> BiluoStates:
        """Set up states at the first token of each document, or of each of the `pieces`."""
        limits = EntityLimits.of(docs)
        first_S, stop_S = limits.starts_D[:-1].copy(), limits.starts_D[1:]
        if pieces is not None:
            first_S, stop_S = pieces[:, 1].astype(np.int32), pieces[:, 2].astype(np.int32)
        first_S, stop_S = np.repeat(first_S, copies), np.repeat(stop_S, copies)
        none_S = np.full(len(first_S), NONE, dtype=np.int32)
        actions_N = np.full(len(limits.blocked_N), NONE, dtype=np.int32)
        return BiluoStates(first_S, stop_S, none_S, none_S.copy(), limits, actions_N)

    def rearrange(self, states: BiluoStates, rows_S: Any) -> None:
        """Overwrite every state, in place, with another one; the array of actions stays shared."""
        states.put(slice(None), states.keep(rows_S))

    def is_final(self, states: BiluoStates) -> Bools:
        """Return which states are final, bool (S)."""
        final: Bools = states.position_S >= states.stop_S
        return final

    def valid(self, states: BiluoStates) -> Bools:
        """Return which actions are valid in states that are not final, bool (S, A)."""
        limits, next_S = states.limits, states.position_S
        n_states, n_labels = len(next_S), len(self._labels)
        may_end_S, may_continue_S = limits.may_end_N[next_S], limits.may_continue_N[next_S]
        closed_S = states.open_S == NONE
        valid_SA = np.zeros((n_states, self.n_actions), dtype=bool)
        valid_SA[:, OUT] = closed_S
        valid_SLM = valid_SA[:, 1:].reshape(n_states, n_labels, len(MOVES))
        valid_SLM[:, :, _B] = (closed_S & may_end_S & may_continue_S)[:, None]
        valid_SLM[:, :, _U] = (closed_S & may_end_S)[:, None]
        open_rows = np.flatnonzero(~closed_S)
        open_labels = states.label_S[open_rows]
        valid_SLM[open_rows, open_labels, _I] = may_continue_S[open_rows]
        valid_SLM[open_rows, open_labels, _L] = may_end_S[open_rows]
        return valid_SA

    def apply(self, states: BiluoStates, actions: Any) -> None:
        """Apply one action to each state, in place."""
        label_S, move_S = np.divmod(np.asarray(actions, dtype=np.int32) - 1, np.int32(len(MOVES)))
        is_out_S = np.asarray(actions) == OUT
        begins_S = (move_S == _B) & ~is_out_S
        closes_S = is_out_S | (move_S >= _L)
        states.actions_N[states.position_S] = actions
        states.open_S[begins_S] = states.position_S[begins_S]
        states.label_S[begins_S] = label_S[begins_S]
        states.open_S[closes_S] = NONE
        states.label_S[closes_S] = NONE
        states.position_S += 1

    def begins(self, actions: Any) -> Any:
        """Return which actions begin an entity of several tokens."""
        return (actions != OUT) & ((actions - 1) % len(MOVES) == _B)

    def features(self, states: BiluoStates) -> Ints:
        """Return the feature tokens, int32 (S, F); NONE where there is none.

        They are the next token, and the first and the latest token of the open entity. With extra tokens: the next
        token and its left and right neighbours, and the same three for the first token of the open entity.
        """
        next_S, open_S = states.position_S, states.open_S
        if not self.extra_tokens:
            last_S = np.where(open_S == NONE, np.int32(NONE), next_S - np.int32(1))
            return np.stack([next_S, open_S, last_S], axis=1)
        starts_D = states.limits.starts_D
        doc_S = np.searchsorted(starts_D, next_S, side="right") - 1
        around_S6 = np.stack([next_S, next_S - 1, next_S + 1, open_S, open_S - 1, open_S + 1], axis=1)
        outside_S6 = (around_S6 < starts_D[doc_S, None]) | (around_S6 >= starts_D[doc_S + 1, None])
        outside_S6[open_S == NONE, 3:] = True
        tokens: Ints = np.where(outside_S6, np.int32(NONE), around_S6)
        return tokens

    def gold(self, examples: Sequence[Example]) -> GoldEntities:
        """Read the gold entities of a batch of examples."""
        limits = EntityLimits.of([eg.predicted for eg in examples])
        return read_gold(examples, limits, self.keys, self.wrong_key)

    def pieces(self, gold: GoldEntities, size: int) -> Any:
        """Cut a batch into pieces of about `size` tokens, not inside gold entities; see `GoldEntities.pieces`."""
        return gold.pieces(size)

    def costs(self, states: BiluoStates, gold: GoldEntities) -> Any:
        """Compute the cost of each action; see `pkg_ner.costs`."""
        return costs(states, gold)

    def write(self, docs: Sequence[Doc], states: BiluoStates) -> None:
        """Write the entities to the documents; preset entities and blocked tokens are kept."""
        actions_N, limits = states.actions_N, states.limits
        label_N, move_N = np.divmod(actions_N - 1, len(MOVES))
        is_out_N = actions_N <= OUT
        iob_N = np.where(is_out_N, np.int8(OUTSIDE), _IOB[move_N])
        keys_L = np.array([*self.keys, 0], dtype=np.uint64)
        type_N = np.where(is_out_N, np.uint64(0), keys_L[np.where(is_out_N, len(self.keys), label_N)])
        for doc, start, end in zip(
            docs, limits.starts_D[:-1].tolist(), limits.starts_D[1:].tolist(), strict=True
        ):
            iob, types = iob_N[start:end], type_N[start:end]
            kept = limits.blocked_N[start:end]
            if kept.any():
                iob = np.where(kept, doc.column("ENT_IOB"), iob)
                types = np.where(kept, doc.column("ENT_TYPE"), types)
            doc.set_column("ENT_IOB", iob)
            doc.set_column("ENT_TYPE", types)
