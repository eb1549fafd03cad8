"""The gold annotation of a batch, as actions of the parser.

Axes
    N   tokens of the batch
    K   words of the batch: tokens that are not whitespace
    D   documents
    X   predicted tokens of one example
    Y   reference tokens of one example
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
from pkg_parser.words import Words, find_words


@dataclass(frozen=True)
class GoldTrees:
    """The gold annotation of each word.

    Attributes:
        words: The words of the batch.
        head_K: The head's word; its own for a root, UNKNOWN if not annotated.
        far_head_K: The same, with a very negative number instead of UNKNOWN.
        left_K, right_K: The action that draws the arc to the word's head, by a left arc (head to the right) or by a
            right arc; UNKNOWN if the label is not annotated.
        start_K: 1 where a sentence starts, -1 where none does, 0 if not annotated.
        arcs: head · K + dependent of each annotated arc between two words, sorted.
    """

    words: Words
    head_K: Any
    far_head_K: Any
    left_K: Any
    right_K: Any
    start_K: Any
    arcs: Any


@dataclass(frozen=True)
class Trees:
    """The gold trees of a batch as annotated.

    Attributes:
        words: The words of the batch.
        head_N: The token of each token's head; its own for a root, UNKNOWN if not annotated.
        key_N: The key of each label; 0 if not annotated.
        start_N: 1 where a sentence starts, -1 where none does, 0 if not annotated.
    """

    words: Words
    head_N: Any
    key_N: Any
    start_N: Any

    def heads_K(self) -> Any:
        """Return each word's head as a word; its own for a root, UNKNOWN if not annotated or whitespace."""
        words = self.words
        token_K = self.head_N[words.token_K]
        rows = np.flatnonzero(token_K >= 0)
        rows = rows[words.is_word_N[token_K[rows]]]
        head_K = np.full(len(token_K), UNKNOWN, dtype=np.int64)
        head_K[rows] = words.word_N[token_K[rows]]
        return head_K

    def starts_K(self) -> Any:
        """Return `start_N` for each word, int8 (K); a start at whitespace counts for the word after it."""
        start_N = self.start_N
        return np.where(self.words.marks(start_N == 1), 1, start_N[self.words.token_K]).astype(np.int8)


def read_trees(examples: Sequence[Example], learn_tokens: bool) -> Trees:
    """Read the gold trees of a batch.

    Raises:
        DataError: The heads of an example have a cycle.
    """
    words = find_words([eg.predicted for eg in examples])
    heads, keys, starts = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)], [np.zeros(0, np.int8)]
    for number, eg in enumerate(examples):
        heads_X, keys_X = gold_tree(eg, number, learn_tokens)
        heads.append(np.where(heads_X >= 0, heads_X + words.offsets_D[number], UNKNOWN))
        keys.append(keys_X)
        starts.append(_starts(eg))
    return Trees(words, np.concatenate(heads), np.concatenate(keys), np.concatenate(starts))


def read_gold(examples: Sequence[Example], moves: Moves, learn_tokens: bool) -> GoldTrees:
    """Read the gold trees of a batch as actions, with crossing arcs lifted.

    Raises:
        DataError: The heads of an example have a cycle.
    """
    trees = read_trees(examples, learn_tokens)
    words, head_N, key_N = trees.words, trees.head_N, trees.key_N
    crossing_N = crossing_arcs(head_N).nonzero()[0]
    for number in np.unique(words.offsets_D.searchsorted(crossing_N, side="right") - 1).tolist():
        start, end = words.offsets_D[number : number + 2]
        lifted_X, key_N[start:end] = _lift(examples[number], head_N[start:end] - start, key_N[start:end])
        head_N[start:end] = np.where(lifted_X >= 0, lifted_X + start, UNKNOWN)
    head_K, token_K = trees.heads_K(), words.token_K
    left_K, right_K = _arc_actions(key_N[token_K], moves, examples)
    dependents = np.flatnonzero((head_K >= 0) & (head_K != np.arange(len(head_K))))
    arcs = np.sort(head_K[dependents] * len(token_K) + dependents)
    far_K = np.where(head_K == UNKNOWN, np.iinfo(np.int32).min, head_K)
    return GoldTrees(words, head_K, far_K, left_K, right_K, trees.starts_K(), arcs)


def gold_tree(eg: Example, number: int, learn_tokens: bool) -> tuple[Any, Any]:
    """Read the tree of one example: the head and the key of the label of each predicted token.

    Raises:
        DataError: The heads have a cycle.
    """
    try:
        return _joined_tree(eg) if learn_tokens else aligned_tree(eg.reference, eg.alignment)
    except DataError as error:
        text = eg.reference.text
        raise DataError(
            f"parser: document {number} of the batch: expected a tree, got {text[:40]!r} ({error}); correct its heads"
        ) from error


def _lift(eg: Example, heads_X: Any, keys_X: Any) -> tuple[Any, Any]:
    """Lift the crossing arcs of a tree; any negative number may mark a head that is not annotated."""
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
    """Read a tree in which split tokens are chains: each piece depends on the next, and the last is the token."""
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
    # `aligned_tree` leaves out arcs from or to split tokens: add them.
    annotated_Y = (reference.column("DEP") != 0) | (heads_Y != np.arange(len(heads_Y)))
    missing = np.flatnonzero(annotated_Y & (last_Y >= 0) & (last_Y[heads_Y] >= 0))
    missing = missing[(heads_X[last_Y[missing]] < 0) & (x2y.lengths[last_Y[missing]] == 1)]
    heads_X[last_Y[missing]] = last_Y[heads_Y[missing]]
    keys_X[last_Y[missing]] = reference.column("DEP")[missing]
    return heads_X, keys_X


def _starts(eg: Example) -> Any:
    """Return the gold sentence starts of the predicted tokens: 1 for a start, -1 for none, 0 if unknown."""
    if eg.alignment.is_identical:
        return eg.reference.column("SENT_START")
    starts = eg.get_aligned_sent_starts()
    return np.array([0 if start is None else 1 if start else -1 for start in starts], dtype=np.int8)


def _arc_actions(key_K: Any, moves: Moves, examples: Sequence[Example]) -> tuple[Any, Any]:
    """Return the actions of labels: those of left arcs, and those of right arcs."""
    keys, which_K = np.unique(key_K, return_inverse=True)
    actions = np.full((2, len(keys)), UNKNOWN, dtype=np.int64)
    for i, key in enumerate(keys.tolist()):
        label = label_of(key, examples)
        if label:
            actions[:, i] = moves.action(LEFT, label), moves.action(RIGHT, label)
    return actions[0][which_K], actions[1][which_K]


def label_of(key: int, examples: Sequence[Example]) -> str:
    """Return the text of a label's key from the vocabularies of some examples; "" if none has it."""
    for eg in examples:
        for vocab in (eg.predicted.vocab, eg.reference.vocab):
            if key in vocab.strings:
                return str(vocab.strings[key])
    return ""
