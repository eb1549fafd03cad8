"""The gold annotation of a batch, as the parser's actions.

Axes
    N   tokens of the batch
    K   places of the batch: tokens that are no whitespace
    D   documents
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernel.errors import DataError
from kernel.text.gold.gold_tree import aligned_tree
from kernel.text.gold.projective import UNKNOWN, crossing_arcs, projectivize
from kernel.training import Example
from pkg_parser.moves import BREAK, LEFT, LETTERS, RIGHT, SUBTOKEN, Moves
from pkg_parser.places import Places, find_places


@dataclass(frozen=True)
class GoldTrees:
    """What is known of each place.

    Attributes:
        places: The batch's.
        head_K: Place of the head; its own for a root, UNKNOWN where nothing is known.
        far_head_K: The same, with a number far below any place for UNKNOWN.
        left_K, right_K: The action that draws the arc to the place's head, when that lies to the right (an arc to the
            left) or to the left; UNKNOWN where the label is not known.
        start_K: 1 where a sentence starts, -1 where none does, 0 where nothing is known.
        arcs: head · K + dependent of each known arc between two places, sorted.
    """

    places: Places
    head_K: Any
    far_head_K: Any
    left_K: Any
    right_K: Any
    start_K: Any
    arcs: Any


@dataclass(frozen=True)
class Trees:
    """The gold trees of a batch as they are annotated.

    Attributes:
        places: The batch's.
        head_N: The token of each token's head; its own for a root, UNKNOWN where nothing is known.
        key_N: The key of each label; 0 where it is not known.
        start_N: 1 where a sentence starts, -1 where none does, 0 where nothing is known.
    """

    places: Places
    head_N: Any
    key_N: Any
    start_N: Any

    def heads_K(self) -> Any:
        """Give the place of each place's head; its own for a root, UNKNOWN where it is not known or whitespace."""
        places = self.places
        head_K = self.head_N[places.token_K]
        known = np.flatnonzero(head_K >= 0)
        known = known[places.is_word_N[head_K[known]]]
        place_K = np.full(len(head_K), UNKNOWN, dtype=np.int64)
        place_K[known] = places.place_N[head_K[known]]
        return place_K

    def starts_K(self) -> Any:
        """Give `start_N` for each place, counting starts at whitespace for the word behind it, int8."""
        start_N = self.start_N
        return np.where(self.places.marks(start_N == 1), 1, start_N[self.places.token_K]).astype(np.int8)


def read_trees(examples: Sequence[Example], learn_tokens: bool) -> Trees:
    """Read the gold trees of a batch.

    Raises:
        DataError: A tree goes round in a circle.
    """
    places = find_places([eg.predicted for eg in examples])
    heads, keys, starts = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)], [np.zeros(0, np.int8)]
    for number, eg in enumerate(examples):
        heads_X, keys_X = gold_tree(eg, number, learn_tokens)
        heads.append(np.where(heads_X >= 0, heads_X + places.offsets_D[number], UNKNOWN))
        keys.append(keys_X)
        starts.append(_starts(eg))
    return Trees(places, np.concatenate(heads), np.concatenate(keys), np.concatenate(starts))


def read_gold(examples: Sequence[Example], moves: Moves, learn_tokens: bool) -> GoldTrees:
    """Read the gold trees of a batch, made projective, as actions.

    Raises:
        DataError: A tree goes round in a circle.
    """
    trees = read_trees(examples, learn_tokens)
    places, head_N, key_N = trees.places, trees.head_N, trees.key_N
    crossing_N = crossing_arcs(head_N).nonzero()[0]
    for number in np.unique(places.offsets_D.searchsorted(crossing_N, side="right") - 1).tolist():
        start, end = places.offsets_D[number : number + 2]
        lifted_X, key_N[start:end] = _lift(examples[number], head_N[start:end] - start, key_N[start:end])
        head_N[start:end] = np.where(lifted_X >= 0, lifted_X + start, UNKNOWN)
    place_K, token_K = trees.heads_K(), places.token_K
    left_K, right_K = _arc_actions(key_N[token_K], moves, examples)
    dependents = np.flatnonzero((place_K >= 0) & (place_K != np.arange(len(place_K))))
    arcs = np.sort(place_K[dependents] * len(token_K) + dependents)
    far_K = np.where(place_K == UNKNOWN, np.iinfo(np.int32).min, place_K)
    return GoldTrees(places, place_K, far_K, left_K, right_K, trees.starts_K(), arcs)


def gold_tree(eg: Example, number: int, learn_tokens: bool) -> tuple[Any, Any]:
    """Read the tree of one example: heads, and keys of labels.

    Raises:
        DataError: The tree goes round in a circle.
    """
    try:
        return _joined_tree(eg) if learn_tokens else aligned_tree(eg.reference, eg.alignment)
    except DataError as error:
        text = eg.reference.text
        raise DataError(
            f"parser: document {number} of the batch is no tree, got {text[:40]!r} ({error}); correct its heads"
        ) from error


def _lift(eg: Example, heads_X: Any, keys_X: Any) -> tuple[Any, Any]:
    """Lift arcs of a tree that cross others; heads that are not known may have any number below 0."""
    strings, names = eg.predicted.vocab.strings, eg.reference.vocab.strings
    known_X = np.where(heads_X >= 0, heads_X, UNKNOWN)
    heads, labels = projectivize(known_X.tolist(), [names[key] for key in keys_X.tolist()])
    return np.array(heads, dtype=np.int64), np.array(
        [strings.add(label) for label in labels], dtype=np.uint64
    )


def count_arcs(eg: Example, number: int, learn_tokens: bool) -> dict[tuple[int, str], int]:
    """Count the arcs of an example by kind (LEFT, RIGHT, or BREAK for a root) and label."""
    heads_X, keys_X = gold_tree(eg, number, learn_tokens)
    if crossing_arcs(heads_X).any():
        heads_X, keys_X = _lift(eg, heads_X, keys_X)
    tokens = np.flatnonzero((heads_X >= 0) & (keys_X != 0))
    heads = heads_X[tokens]
    kinds = np.where(heads == tokens, BREAK, np.where(heads > tokens, LEFT, RIGHT))
    keys, which = np.unique(keys_X[tokens], return_inverse=True)
    pairs, counts = np.unique(which * len(LETTERS) + kinds, return_counts=True)
    labels = [label_of(key, [eg]) for key in keys.tolist()]
    return {
        (pair % len(LETTERS), labels[pair // len(LETTERS)]): count
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
    }


def _joined_tree(eg: Example) -> tuple[Any, Any]:
    """Read a tree whose split tokens are chains: each piece hangs on the next, the last is the token."""
    alignment = eg.alignment
    heads_X, keys_X = aligned_tree(eg.reference, alignment)
    if alignment.is_identical:
        return heads_X, keys_X
    y2x, x2y, reference = alignment.y2x, alignment.x2y, eg.reference
    last_Y = np.full(len(y2x), UNKNOWN, dtype=np.int64)
    full = np.flatnonzero(y2x.lengths)
    last_Y[full] = y2x.data[y2x.starts[full] + y2x.lengths[full] - 1]
    heads_Y = np.arange(len(y2x)) + reference.column("HEAD")
    subtoken = eg.predicted.vocab.strings.add(SUBTOKEN)
    heads_X, keys_X = heads_X.copy(), keys_X.copy()
    for y in np.flatnonzero(y2x.lengths > 1).tolist():
        pieces = y2x[y]
        if (x2y.lengths[pieces] == 1).all():
            heads_X[pieces[:-1]], keys_X[pieces[:-1]] = pieces[1:], subtoken
    # Whatever is or hangs on a split token could not be read before.
    known_Y = (reference.column("DEP") != 0) | (heads_Y != np.arange(len(heads_Y)))
    missing = np.flatnonzero(known_Y & (last_Y >= 0) & (last_Y[heads_Y] >= 0))
    missing = missing[(heads_X[last_Y[missing]] < 0) & (x2y.lengths[last_Y[missing]] == 1)]
    heads_X[last_Y[missing]] = last_Y[heads_Y[missing]]
    keys_X[last_Y[missing]] = reference.column("DEP")[missing]
    return heads_X, keys_X


def _starts(eg: Example) -> Any:
    """Tell where gold sentences start among the predicted tokens: 1 yes, -1 no, 0 unknown."""
    if eg.alignment.is_identical:
        return eg.reference.column("SENT_START")
    starts = eg.get_aligned_sent_starts()
    return np.array([0 if start is None else 1 if start else -1 for start in starts], dtype=np.int8)


def _arc_actions(key_K: Any, moves: Moves, examples: Sequence[Example]) -> tuple[Any, Any]:
    """Find the actions of labels: those of arcs to the left, and of arcs to the right."""
    keys, which_K = np.unique(key_K, return_inverse=True)
    actions = np.full((2, len(keys)), UNKNOWN, dtype=np.int64)
    for i, key in enumerate(keys.tolist()):
        label = label_of(key, examples)
        if label:
            actions[:, i] = moves.action(LEFT, label), moves.action(RIGHT, label)
    return actions[0][which_K], actions[1][which_K]


def label_of(key: int, examples: Sequence[Example]) -> str:
    """Find the text of a label's key in the vocabularies of some examples; "" where it is in none."""
    for eg in examples:
        for vocab in (eg.predicted.vocab, eg.reference.vocab):
            if key in vocab.strings:
                return str(vocab.strings[key])
    return ""
