"""Parts of a batch, so that the hidden layer of its tokens takes bounded memory when predicting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kernel.text.arrays import ragged
from kernel.text.doc import Doc
from pkg_transitions.step import StepModel

#: Tokens of a part: more would not be faster, and take more memory.
PART_TOKENS = 12_000


def parts(step_model: StepModel, docs: Sequence[Doc], order_D: Any) -> Iterator[tuple[Any, StepModel]]:
    """Cut a batch into parts of bounded memory: the numbers of a part's documents, and the model for them.

    A part's memory is used again for the next one.

    Args:
        step_model: Of the batch.
        docs: The batch.
        order_D: The numbers of the documents, in the order in which they are wanted.
    """
    part = None
    lengths_D = np.array([len(doc) for doc in docs])
    starts_D = np.cumsum(lengths_D) - lengths_D
    ends_D = np.append(0, np.cumsum(lengths_D[order_D]))
    first = 0
    while first < len(docs):
        last = max(first + 1, int(ends_D.searchsorted(ends_D[first] + PART_TOKENS, side="right")) - 1)
        docs_K = order_D[first:last]
        part = step_model.part(ragged(starts_D[docs_K], lengths_D[docs_K])[1], part)
        yield docs_K, part
        first = last
