"""The gold entities of a batch as arrays.

Axes
    N   tokens of the batch, all predicted documents one after the other
    L   labels
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.training import Example
from pkg_ner.entity_limits import Bools, EntityLimits, Ints, last_true, next_true

NONE = -1


@dataclass(frozen=True)
class Entities:
    """Gold entities, as first and last token in the batch and key of the label, and which tokens are annotated."""

    first: Ints
    last: Ints
    keys: npt.NDArray[np.uint64]
    known_N: Bools


@dataclass(frozen=True)
class GoldEntities:
    """The gold annotation of a batch, in the form needed to compute costs.

    Attributes:
        last_N: The last token of the entity that begins here; NONE if none does.
        label_N: The index of its label; NONE if none does.
        lost_N: Number of gold entities, 0 or 1, that begin where an entity that is open here can first end; (N + 1).
        free_NL: The last token at which an entity that begins here, with this label, can end without being known to
            be wrong; less than the token itself if there is none. L is 1 while all labels have the same value.
        wrong: Sorted numbers (see `number`) of entities known to be wrong.
        known_N: Whether the token is annotated.
        starts_D: The first token of each document, and the number of tokens; (D + 1).
        n_labels: Number of labels.
    """

    last_N: Ints
    label_N: Ints
    lost_N: Ints
    free_NL: Ints
    wrong: npt.NDArray[np.int64]
    known_N: Bools
    starts_D: Ints
    n_labels: int

    def number(self, first: Any, last: Any, label: Any) -> Any:
        """Return a unique number for each possible entity of the batch."""
        n_tokens = np.int64(len(self.last_N))
        return (first * n_tokens + last) * self.n_labels + label

    def is_wrong(self, first: Any, last: Any, label: Any) -> Any:
        """Return which entities are known to be wrong; the arguments are broadcast."""
        return np.isin(self.number(np.asarray(first, dtype=np.int64), last, label), self.wrong)

    def pieces(self, size: int) -> npt.NDArray[np.int32]:
        """Cut the batch into pieces that do not begin inside a gold entity.

        Args:
            size: Number of tokens per piece, unless an entity ends later; 0 leaves documents whole.

        Returns:
            Document, first token and end (exclusive) of each piece, int32 (S, 3), without pieces that have no
            annotation.
        """
        n_tokens = len(self.known_N)
        within_N = np.zeros(n_tokens + 1, dtype=np.int32)
        first = np.flatnonzero(self.last_N > np.arange(n_tokens))
        within_N[first + 1] += 1
        within_N[self.last_N[first] + 1] -= 1
        next_cut_N = next_true(np.cumsum(within_N[:-1]) == 0)
        longest = int(np.diff(self.starts_D).max(initial=0))
        cuts_DK = self.starts_D[:-1, None] + np.arange(0, max(1, longest), size or max(1, longest))
        cuts_DK = np.minimum(cuts_DK, self.starts_D[1:, None])
        cuts = np.unique(np.append(next_cut_N[cuts_DK], n_tokens)).astype(np.int32)
        n_known = np.concatenate([[0], np.cumsum(self.known_N)])
        docs = np.searchsorted(self.starts_D, cuts[:-1], side="right") - 1
        pieces_S3 = np.stack([docs, cuts[:-1], cuts[1:]], axis=1).astype(np.int32)
        return pieces_S3[n_known[cuts[1:]] > n_known[cuts[:-1]]]


def read_gold(
    examples: Sequence[Example], limits: EntityLimits, keys_L: Sequence[int], wrong_key: str | None = None
) -> GoldEntities:
    """Read the gold entities of examples.

    Tokens without annotation count as unknown, and so do the tokens of entities that cannot be predicted: those that
    do not align with predicted tokens, cross a barrier, are blocked, begin or end with whitespace, or have an unknown
    label.

    Args:
        examples: The batch.
        limits: The limits of entities in the predicted documents.
        keys_L: Keys of the labels.
        wrong_key: Group of spans, in the references, with entities known to be wrong.

    Raises:
        DataError: An entity is annotated both as gold and as wrong.
    """
    gold = gather(examples, limits)
    n_tokens = len(limits.blocked_N)
    label = find_labels(gold.keys, keys_L)
    is_possible = (label != NONE) & limits.may_end_N[gold.first] & limits.may_end_N[gold.last]
    is_possible &= limits.next_barrier_N[gold.first] > gold.last
    known_N = gold.known_N & ~limits.blocked_N
    for first, last in zip(gold.first[~is_possible].tolist(), gold.last[~is_possible].tolist(), strict=True):
        known_N[first : last + 1] = False
    first, last, label = gold.first[is_possible], gold.last[is_possible], label[is_possible]
    last_N = np.full(n_tokens, NONE, dtype=np.int32)
    label_N = np.full(n_tokens, NONE, dtype=np.int32)
    last_N[first], label_N[first] = last, label
    lost_N = np.zeros(n_tokens + 1, dtype=np.int32)
    lost_N[first] = 1
    lost_N[:-1] = lost_N[limits.next_end_N]
    free_NL = _free(limits, known_N)[:, None]
    none = np.zeros(0, dtype=np.int64)
    result = GoldEntities(last_N, label_N, lost_N, free_NL, none, known_N, limits.starts_D, len(keys_L))
    return result if wrong_key is None else _with_wrong(result, limits, examples, keys_L, wrong_key)


def find_labels(keys: npt.NDArray[np.uint64], keys_L: Sequence[int]) -> Ints:
    """Return the indices of labels by their keys; NONE for an unknown label."""
    if not keys_L:
        return np.full(len(keys), NONE, dtype=np.int32)
    all_keys = np.asarray(keys_L, dtype=np.uint64)
    order = np.argsort(all_keys)
    index = np.minimum(np.searchsorted(all_keys[order], keys), len(order) - 1)
    labels: Ints = np.where(all_keys[order[index]] == keys, order[index], NONE).astype(np.int32)
    return labels


def gather(examples: Sequence[Example], limits: EntityLimits) -> Entities:
    """Collect all gold entities that align with predicted tokens, whether or not they can be predicted."""
    empty = np.zeros(0, dtype=np.int64)
    firsts, ends, keys, known = [empty], [empty], [empty.astype(np.uint64)], [empty.astype(bool)]
    for eg, begin in zip(examples, limits.starts_D[:-1].tolist(), strict=True):
        bounds, keys_E, known_X = eg.aligned_entities()
        firsts.append(bounds.starts + begin)
        ends.append(bounds.ends + begin)
        keys.append(keys_E)
        known.append(known_X)
    first, end = (np.concatenate(column).astype(np.int32) for column in (firsts, ends))
    return Entities(first, end - np.int32(1), np.concatenate(keys), np.concatenate(known))


def _free(limits: EntityLimits, known_N: Bools) -> Ints:
    """Return the last token of the longest entity that begins at each token and has only unknown tokens, int32 (N)."""
    if not len(known_N):
        return np.zeros(0, dtype=np.int32)
    stop_N = np.minimum(next_true(known_N)[:-1], limits.next_barrier_N)
    free_N = last_true(limits.may_end_N)[stop_N - 1]
    here_N = np.arange(len(known_N), dtype=np.int32)
    result: Ints = np.where(known_N | (free_N < here_N), np.int32(NONE), free_N)
    return result


def _with_wrong(
    gold: GoldEntities,
    limits: EntityLimits,
    examples: Sequence[Example],
    keys_L: Sequence[int],
    wrong_key: str,
) -> GoldEntities:
    """Add the entities known to be wrong; a span without a label is wrong with every label."""
    ends_at: dict[tuple[int, int], set[int]] = {}
    labels = {key: i for i, key in enumerate(keys_L)}
    for eg, start in zip(examples, limits.starts_D.tolist(), strict=False):
        if wrong_key not in eg.reference.spans:
            continue
        for span in eg.get_aligned_spans_y2x(eg.reference.spans[wrong_key], allow_overlap=True):
            first, last = span.start + start, span.end + start - 1
            wrong_labels = (
                [labels[span.label]] if span.label in labels else ([] if span.label else range(len(keys_L)))
            )
            for label in wrong_labels:
                if gold.last_N[first] == last and gold.label_N[first] == label:
                    raise DataError(
                        f"document {eg.reference.text[:40]!r}: {span.text!r} is both an entity and in "
                        f"doc.spans[{wrong_key!r}] as {span.label_!r}; remove one of them"
                    )
                ends_at.setdefault((first, label), set()).add(last)
    if not ends_at:
        return gold
    free_NL = np.repeat(gold.free_NL, len(keys_L), axis=1)
    for (first, label), wrong_ends in ends_at.items():
        ends = np.arange(first, free_NL[first, label] + 1)
        ends = ends[limits.may_end_N[ends] & ~np.isin(ends, list(wrong_ends))]
        free_NL[first, label] = ends[-1] if len(ends) else NONE
    numbers = [
        gold.number(np.int64(first), last, label)
        for (first, label), lasts in ends_at.items()
        for last in lasts
    ]
    known_N = gold.known_N.copy()
    known_N[[first for first, _ in ends_at]] = True
    return replace(gold, free_NL=free_NL, wrong=np.unique(np.array(numbers, dtype=np.int64)), known_N=known_N)
