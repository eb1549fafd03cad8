"""Parts of a batch, so that the hidden layer of its tokens takes bounded memory when predicting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kernel.text.doc.doc_arrays import ragged
from kernel.tokens import Doc
from pkg_transitions.memory import TableMemory
from pkg_transitions.step import StepModel

#: Of the table of a part: more would not be much faster.
PART_BYTES = 192 << 20


def parts(step_model: StepModel, docs: Sequence[Doc], order_D: Any) -> Iterator[tuple[Any, StepModel]]:
    """Cut a batch into parts of bounded memory: the numbers of a part's documents, and the model for them.

    A part's memory is used again for the next one.

    Args:
        step_model: Of the batch.
        docs: The batch.
        order_D: The numbers of the documents, in the order in which they are wanted.
    """
    lengths_D = np.array([len(doc) for doc in docs])
    starts_D = np.cumsum(lengths_D) - lengths_D
    ends_D = np.append(0, np.cumsum(lengths_D[order_D]))
    n_features, n_values = step_model.table_shape
    room, first = PART_BYTES // (4 * n_features * n_values), 0
    with step_model.spare.memory() as memory:
        while first < len(docs):
            last = max(first + 1, int(ends_D.searchsorted(ends_D[first] + room, side="right")) - 1)
            docs_K = order_D[first:last]
            tokens_K = ragged(starts_D[docs_K], lengths_D[docs_K])[1]
            # A document may be longer than a part should be; what it takes is not kept.
            yield docs_K, step_model.part(tokens_K, memory if len(tokens_K) <= room else TableMemory())
            first = last
