"""Where entities may begin, go on and end, for every token of a batch.

An entity crosses no barrier: the start of a document, the preset start of a sentence, and both sides of a token that
is blocked. Blocked are the tokens of preset entities too: they stay as they are.

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
class Board:
    """What is fixed about the tokens of a batch before the first action.

    Attributes:
        starts_D: The first token of each document, and the number of tokens behind them.
        blocked_N: Whether the token may be in no entity that is predicted.
        may_end_N: Whether an entity may begin or end at the token: it is neither blocked nor whitespace.
        next_end_N: The first token from here on where an entity that is open here may end; N where there is none.
        next_barrier_N: The first token behind this one that no entity may cross into.
        may_go_on_N: Whether an entity may be open behind the token.
    """

    starts_D: Ints
    blocked_N: Bools
    may_end_N: Bools
    next_end_N: Ints
    next_barrier_N: Ints
    may_go_on_N: Bools

    @classmethod
    def of(cls, docs: Sequence[Doc]) -> Board:
        """Read it off the documents, as they are before the prediction."""
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
        may_go_on_N = ~blocked_N
        may_go_on_N[:-1] &= ~barrier_N[1:] & (next_end_N[1:] < n_tokens)
        may_go_on_N[-1:] = False
        return cls(starts_D, blocked_N, may_end_N, next_end_N, next_barrier_N, may_go_on_N)


def next_true(flags_N: Bools) -> Ints:
    """Find the next true flag from each place on; the result has one place more, and N stands for none."""
    places = np.full(len(flags_N) + 1, len(flags_N), dtype=np.int32)
    places[:-1][flags_N] = np.flatnonzero(flags_N)
    found: Ints = np.minimum.accumulate(places[::-1])[::-1]
    return found


def last_true(flags_N: Bools) -> Ints:
    """Find the last true flag up to each place; -1 stands for none."""
    places = np.where(flags_N, np.arange(len(flags_N), dtype=np.int32), np.int32(-1))
    found: Ints = np.maximum.accumulate(places)
    return found


def _column(docs: Sequence[Doc], name: str, n_tokens: int) -> npt.NDArray[Any]:
    if not any(doc.has_column(name) for doc in docs):
        return np.zeros(n_tokens, dtype=np.int8)
    return np.concatenate([doc.column(name) for doc in docs])
