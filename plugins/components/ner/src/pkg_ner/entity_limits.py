"""Limits on where entities may begin, continue and end, for every token of a batch.

No entity may cross a barrier: the start of a document, a preset sentence start, or either side of a blocked token. The
tokens of preset entities are blocked, too, since these entities are kept.

Axes
    N   tokens of the batch, all documents one after the other
    D   documents
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.text.doc.columns import features
from kernel.text.doc.entities import BEGIN, INSIDE
from kernel.tokens import Doc

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class EntityLimits:
    """The constraints on predicted entities that the documents impose.

    Attributes:
        starts_D: The first token of each document, and the number of tokens; (D + 1).
        blocked_N: Whether the token must not be in a predicted entity.
        may_end_N: Whether an entity may begin or end at the token: it is neither blocked nor whitespace.
        next_end_N: The first token from here on at which an entity that is open here may end; N if there is none.
        next_barrier_N: The first token after this one that no entity may cross into.
        may_continue_N: Whether an entity may continue after the token.
    """

    starts_D: Ints
    blocked_N: Bools
    may_end_N: Bools
    next_end_N: Ints
    next_barrier_N: Ints
    may_continue_N: Bools

    @classmethod
    def of(cls, docs: Sequence[Doc]) -> EntityLimits:
        """Compute the limits from documents before prediction."""
        starts_D = np.cumsum([0, *[len(doc) for doc in docs]], dtype=np.int32)
        n_tokens = int(starts_D[-1])
        preset_N = _column(docs, "ENT_IOB", n_tokens)
        blocked_N = (preset_N == INSIDE) | (preset_N == BEGIN)
        barrier_N = _column(docs, "SENT_START", n_tokens) == 1
        barrier_N[starts_D[:-1][np.diff(starts_D) > 0]] = True
        barrier_N |= blocked_N
        barrier_N[1:] |= blocked_N[:-1]
        may_end_N = ~blocked_N
        if n_tokens:
            may_end_N &= features(docs, ["IS_SPACE"])[:, 0] == 0
        next_barrier_N = next_true(barrier_N)[1:]
        next_end_N = next_true(may_end_N)[:-1]
        next_end_N = np.where(next_end_N < next_barrier_N, next_end_N, np.int32(n_tokens))
        may_continue_N = ~blocked_N
        may_continue_N[:-1] &= ~barrier_N[1:] & (next_end_N[1:] < n_tokens)
        may_continue_N[-1:] = False
        return cls(starts_D, blocked_N, may_end_N, next_end_N, next_barrier_N, may_continue_N)


def next_true(flags_N: Bools) -> Ints:
    """Return the index of the next true flag at or after each index, (N + 1); N if there is none."""
    indices = np.full(len(flags_N) + 1, len(flags_N), dtype=np.int32)
    indices[:-1][flags_N] = np.flatnonzero(flags_N)
    next_indices: Ints = np.minimum.accumulate(indices[::-1])[::-1]
    return next_indices


def last_true(flags_N: Bools) -> Ints:
    """Return the index of the last true flag at or before each index, (N); -1 if there is none."""
    indices = np.where(flags_N, np.arange(len(flags_N), dtype=np.int32), np.int32(-1))
    last_indices: Ints = np.maximum.accumulate(indices)
    return last_indices


def _column(docs: Sequence[Doc], name: str, n_tokens: int) -> npt.NDArray[Any]:
    if not any(doc.has_column(name) for doc in docs):
        return np.zeros(n_tokens, dtype=np.int8)
    return np.concatenate([doc.column(name) for doc in docs])
