"""The arc-eager parser as a transition system.

Axes as in `states`, and
    A   actions
    F   feature slots
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from kernel.tokens import Doc
from kernel.training import Example
from pkg_parser import arc_eager, branch
from pkg_parser.alone import walk_alone
from pkg_parser.gold import GoldTrees, count_arcs, read_gold
from pkg_parser.moves import LEFT, RIGHT, Moves, learnt_moves
from pkg_parser.oracle import costs
from pkg_parser.places import find_places, forced_starts
from pkg_parser.states import LOOKAHEAD, ArcStates, new_states
from pkg_parser.write import write_parses
from pkg_transitions.step import StepModel


class ArcEager:
    """Shift, reduce, break, and arcs to the left and right with a label each.

    Args:
        n_features: Tokens that the model looks at, 8 or 13.
        min_action_freq: Arcs with rarer labels get the label "dep".
        learn_tokens: Whether pieces of a split token learn to be joined, by the label "subtok".
    """

    def __init__(self, n_features: int = 8, min_action_freq: int = 30, learn_tokens: bool = False) -> None:
        self.moves = Moves()
        self._n_features = n_features
        self._min_action_freq = min_action_freq
        self._learn_tokens = learn_tokens
        self._knows_labels = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all actions."""
        return tuple(self.moves.names)

    @property
    def n_actions(self) -> int:
        """How many actions there are."""
        return len(self.moves.names)

    @property
    def n_features(self) -> int:
        """How many tokens the model looks at."""
        return self._n_features

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that arcs and roots can get; none before any were learnt or given."""
        return self.moves.labels if self._knows_labels else ()

    def add_label(self, label: str) -> bool:
        """Add an arc to the left and one to the right; False when both were there."""
        added = [self.moves.add(kind, label) for kind in (LEFT, RIGHT)]
        self._knows_labels = True
        return any(added)

    def learn_actions(self, examples: Iterable[Example]) -> None:
        """Take the labels that are frequent enough in the gold trees, most frequent first; keep those added before."""
        counts: Counter[tuple[int, str]] = Counter()
        for number, eg in enumerate(examples):
            counts.update(count_arcs(eg, number, self._learn_tokens))
        added = [name for name in self.moves.names if name[0] in "LR"]
        self.moves = learnt_moves(counts, self._min_action_freq)
        for name in added:
            self.moves.add(LEFT if name[0] == "L" else RIGHT, name[2:])
        self._knows_labels = self._knows_labels or bool(counts)

    def to_json(self) -> list[str]:
        """Give the names of the actions."""
        return list(self.moves.names)

    def from_json(self, data: Any) -> None:
        """Take the actions that `to_json` gave."""
        self.moves.restore(data)
        self._knows_labels = True

    def start(self, docs: Sequence[Doc], pieces: Any | None = None, copies: int = 1) -> ArcStates:
        """Set up a state for each document, or for each piece; pieces may see a little of what follows them."""
        places = find_places(docs)
        ends_K = np.repeat(places.first_D[1:], np.diff(places.first_D))
        fixed_N = forced_starts(docs)
        opens_K = places.marks(fixed_N == 1)
        fixed_K = np.where(opens_K, 1, fixed_N[places.token_K])
        if pieces is None:
            first_S, stop_S = places.first_D[:-1], places.first_D[1:]
            end_S = stop_S
        else:
            offset_S = places.offsets_D[pieces[:, 0]]
            first_S = places.place_N[offset_S + pieces[:, 1]]
            stop_S = places.place_N[offset_S + pieces[:, 2]]
            end_S = np.minimum(stop_S + LOOKAHEAD, places.first_D[pieces[:, 0] + 1])
        ranges_S3 = np.repeat(np.stack([first_S, stop_S, end_S], axis=1), copies, axis=0)
        return new_states(places.token_K, fixed_K, ends_K, ranges_S3)

    def rearrange(self, states: ArcStates, rows_S: Any) -> None:
        """Let every state become, in place, what another one over the same stretch is; who drew arcs is not kept."""
        branch.rearrange(states, rows_S)

    def is_final(self, states: ArcStates) -> Any:
        """Say which states have nothing left to do."""
        return states.is_final()

    def valid(self, states: ArcStates) -> Any:
        """Say which actions may be done, bool (S, A)."""
        return self.moves.allowed_TA[arc_eager.situations(states)]

    def apply(self, states: ArcStates, actions_S: Any) -> None:
        """Do one action in each state, in place."""
        arc_eager.apply(states, self.moves.kinds_A[actions_S], actions_S)

    def features(self, states: ArcStates) -> Any:
        """Give the tokens that the model sees, int32 (S, F)."""
        return arc_eager.features(states, self._n_features)

    def walk_alone(self, step_model: StepModel, states: ArcStates) -> None:
        """Advance a few new states to their ends, one after the other, faster than in arrays."""
        walk_alone(step_model, states, self.moves, self._n_features)

    def gold(self, examples: Sequence[Example]) -> GoldTrees:
        """Read the gold trees of a batch, made projective."""
        return read_gold(examples, self.moves, self._learn_tokens)

    def pieces(self, gold: GoldTrees, size: int) -> Any:
        """Cut documents at gold sentences, into pieces of up to about `size` actions, two for each word."""
        places = gold.places
        doc_K = np.repeat(np.arange(len(places.first_D) - 1), np.diff(places.first_D))
        place_K = np.arange(len(doc_K))
        first_K = places.first_D[doc_K]
        n_words = max(1, size // 4) if size else max(1, len(doc_K))
        # A piece begins with the first sentence that begins in each stretch of so many words; the last sentence of a
        # piece reaches into the next stretch, hence half of what fits.
        begins = np.flatnonzero((gold.start_K == 1) | (place_K == first_K))
        stretch = doc_K[begins] * (len(doc_K) + 1) + (place_K - first_K)[begins] // n_words
        begins = begins[np.diff(stretch, prepend=-1) > 0]
        ends = np.append(begins[1:], len(doc_K))
        known = np.append(0, np.cumsum((gold.head_K >= 0) | ((gold.start_K != 0) & (place_K != first_K))))
        is_known = known[ends] > known[begins]
        begins, ends = begins[is_known], ends[is_known]
        doc = doc_K[begins]
        offset = places.offsets_D[doc]
        is_last = ends == places.first_D[doc + 1]
        end_token = np.where(
            is_last,
            places.offsets_D[doc + 1],
            places.token_K[np.minimum(ends, len(doc_K) - 1)] if len(doc_K) else ends,
        )
        return np.stack([doc, places.token_K[begins] - offset, end_token - offset], axis=1)

    def costs(self, states: ArcStates, gold: GoldTrees) -> Any:
        """Count the gold arcs and boundaries that each action puts out of reach, int64 (S, A)."""
        return costs(states, gold, self.moves)

    def write(self, docs: Sequence[Doc], states: ArcStates) -> None:
        """Write heads and labels, which say where sentences start, too."""
        write_parses(docs, states, self.moves)
