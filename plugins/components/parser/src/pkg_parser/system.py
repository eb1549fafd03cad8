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
from pkg_parser import arc_eager, beam_states
from pkg_parser.gold import GoldTrees, count_arcs, read_gold
from pkg_parser.moves import LEFT, RIGHT, Moves, learnt_moves
from pkg_parser.oracle import costs
from pkg_parser.scalar_walk import walk_states
from pkg_parser.states import LOOKAHEAD, ArcStates, new_states
from pkg_parser.words import find_words, forced_starts
from pkg_parser.write import write_parses
from pkg_transitions.step import StepModel


class ArcEager:
    """The arc-eager system: shift, reduce, break, and left and right arcs for each label.

    Args:
        n_features: Number of feature tokens, 8 or 13.
        min_action_freq: Arcs with rarer labels get the label "dep".
        learn_tokens: Whether to learn to join the pieces of a split token, by the label "subtok".
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
        """The number of actions, A."""
        return len(self.moves.names)

    @property
    def n_features(self) -> int:
        """The number of feature tokens, F."""
        return self._n_features

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of arcs and roots; empty until labels are learnt or added."""
        return self.moves.labels if self._knows_labels else ()

    def add_label(self, label: str) -> bool:
        """Add a left and a right arc with this label; return False if both were already present."""
        added = [self.moves.add(kind, label) for kind in (LEFT, RIGHT)]
        self._knows_labels = True
        return any(added)

    def learn_actions(self, examples: Iterable[Example]) -> None:
        """Set the actions from the frequent labels of the gold trees, most frequent first; keep labels added before."""
        counts: Counter[tuple[int, str]] = Counter()
        for number, eg in enumerate(examples):
            counts.update(count_arcs(eg, number, self._learn_tokens))
        added = [name for name in self.moves.names if name[0] in "LR"]
        self.moves = learnt_moves(counts, self._min_action_freq)
        for name in added:
            self.moves.add(LEFT if name[0] == "L" else RIGHT, name[2:])
        self._knows_labels = self._knows_labels or bool(counts)

    def to_json(self) -> list[str]:
        """Return the names of the actions."""
        return list(self.moves.names)

    def from_json(self, data: Any) -> None:
        """Restore the actions from the output of `to_json`.

        Raises:
            ValueError: They are not valid names of actions.
        """
        self.moves.restore(data)
        self._knows_labels = True

    def start(self, docs: Sequence[Doc], pieces: Any | None = None, copies: int = 1) -> ArcStates:
        """Set up a state for each document, or for each piece; a piece's state may see LOOKAHEAD words after it."""
        words = find_words(docs)
        ends_K = np.repeat(words.first_D[1:], np.diff(words.first_D))
        fixed_N = forced_starts(docs)
        opens_K = words.marks(fixed_N == 1)
        fixed_K = np.where(opens_K, 1, fixed_N[words.token_K])
        if pieces is None:
            first_S, stop_S = words.first_D[:-1], words.first_D[1:]
            end_S = stop_S
        else:
            offset_S = words.offsets_D[pieces[:, 0]]
            first_S = words.word_N[offset_S + pieces[:, 1]]
            stop_S = words.word_N[offset_S + pieces[:, 2]]
            end_S = np.minimum(stop_S + LOOKAHEAD, words.first_D[pieces[:, 0] + 1])
        ranges_S3 = np.repeat(np.stack([first_S, stop_S, end_S], axis=1), copies, axis=0)
        return new_states(words.token_K, fixed_K, ends_K, ranges_S3)

    def rearrange(self, states: ArcStates, rows_S: Any) -> None:
        """Overwrite every state, in place, with another one over the same words; `action_M` is not copied."""
        beam_states.rearrange(states, rows_S)

    def is_final(self, states: ArcStates) -> Any:
        """Return which states are final, bool (S)."""
        return states.is_final()

    def valid(self, states: ArcStates) -> Any:
        """Return which actions are valid, bool (S, A)."""
        return self.moves.allowed_TA[arc_eager.situations(states)]

    def apply(self, states: ArcStates, actions_S: Any) -> None:
        """Apply one action to each state, in place."""
        arc_eager.apply(states, self.moves.kinds_A[actions_S], actions_S)

    def features(self, states: ArcStates) -> Any:
        """Return the feature tokens, int32 (S, F)."""
        return arc_eager.features(states, self._n_features)

    def walk_scalar(self, step_model: StepModel, states: ArcStates) -> None:
        """Advance a few new states until they are final, one after the other, which is faster than in arrays."""
        walk_states(step_model, states, self.moves, self._n_features)

    def gold(self, examples: Sequence[Example]) -> GoldTrees:
        """Read the gold trees of a batch, made projective."""
        return read_gold(examples, self.moves, self._learn_tokens)

    def pieces(self, gold: GoldTrees, size: int) -> Any:
        """Cut documents at gold sentences into pieces of up to about `size` actions, two per word, int (P, 3)."""
        words = gold.words
        doc_K = np.repeat(np.arange(len(words.first_D) - 1), np.diff(words.first_D))
        word_K = np.arange(len(doc_K))
        first_K = words.first_D[doc_K]
        n_words = max(1, size // 4) if size else max(1, len(doc_K))
        # A piece begins with the first sentence that starts in each stretch of `n_words`. Its last sentence reaches
        # into the next stretch, so a stretch is half of what fits.
        begins = np.flatnonzero((gold.start_K == 1) | (word_K == first_K))
        stretch = doc_K[begins] * (len(doc_K) + 1) + (word_K - first_K)[begins] // n_words
        begins = begins[np.diff(stretch, prepend=-1) > 0]
        ends = np.append(begins[1:], len(doc_K))
        n_annotated = np.append(
            0, np.cumsum((gold.head_K >= 0) | ((gold.start_K != 0) & (word_K != first_K)))
        )
        is_annotated = n_annotated[ends] > n_annotated[begins]
        begins, ends = begins[is_annotated], ends[is_annotated]
        doc = doc_K[begins]
        offset = words.offsets_D[doc]
        is_last = ends == words.first_D[doc + 1]
        end_token = np.where(
            is_last,
            words.offsets_D[doc + 1],
            words.token_K[np.minimum(ends, len(doc_K) - 1)] if len(doc_K) else ends,
        )
        return np.stack([doc, words.token_K[begins] - offset, end_token - offset], axis=1)

    def costs(self, states: ArcStates, gold: GoldTrees) -> Any:
        """Count the gold arcs and sentence boundaries that each action makes unreachable, int64 (S, A)."""
        return costs(states, gold, self.moves)

    def write(self, docs: Sequence[Doc], states: ArcStates) -> None:
        """Write heads and labels, which imply the sentence starts."""
        write_parses(docs, states, self.moves)
