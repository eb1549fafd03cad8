"""Split a batch into parts, to bound the memory of the precomputed hidden layer in prediction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kernel.text.doc.doc_arrays import ragged
from kernel.tokens import Doc
from pkg_transitions.memory import TableMemory
from pkg_transitions.step import StepModel

#: Maximum size of a part's table; larger ones are hardly faster.
PART_BYTES = 192 << 20


def parts(step_model: StepModel, docs: Sequence[Doc], order_D: Any) -> Iterator[tuple[Any, StepModel]]:
    """Split a batch into parts of bounded memory: yield the indices of a part's documents and their step model.

    The memory of a part is reused for the next one.

    Args:
        step_model: The step model of the batch.
        docs: The batch.
        order_D: Indices of the documents, in the order in which to yield them.
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
            # A single document may exceed the limit; its memory is not kept.
            yield docs_K, step_model.part(tokens_K, memory if len(tokens_K) <= room else TableMemory())
            first = last
