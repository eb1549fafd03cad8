"""Find the attribute values that are frequent in the training corpus, and replace all others by one value.

A new word hashes to rows that were learnt for other words and tell nothing about it. Instead, words that are rare in
training and words that are new later share one value, whose embedding is learnt from the rare ones.

Axes as in `words`, and
    K   frequent values
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from thinc.api import Model

from kernel.text.doc.columns import features
from kernel.tokens import Doc
from kernel.util import minibatch

#: The value that replaces all rare and new ones. No word has it: 0 is the key of the empty string.
UNKNOWN = np.uint64(0)
#: Number of documents to count at a time.
_AT_A_TIME = 1000


def learn_frequent(model: Model[Any, Any], docs: Iterable[Doc]) -> None:
    """Store the values that each attribute has at least `min_freq` times in a corpus as parameters K0, K1 ...

    If an attribute has none, as in a corpus of a few words, all its values keep embeddings of their own.

    Args:
        model: An embedding layer with the attributes `features` and `min_freq`.
        docs: The corpus.
    """
    attrs, min_freq = model.attrs["features"], model.attrs["min_freq"]
    empty = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    totals = [empty] * len(attrs)
    for batch in minibatch(docs, _AT_A_TIME):
        keys_NA = features(batch, attrs)
        totals = [
            _add_counts(total, np.unique(keys_NA[:, column], return_counts=True))
            for column, total in enumerate(totals)
        ]
    for column, (keys_K, counts_K) in enumerate(totals):
        model.set_param(f"K{column}", model.ops.asarray(keys_K[counts_K >= min_freq]))


def _add_counts(left: tuple[Any, Any], right: tuple[Any, Any]) -> tuple[Any, Any]:
    keys_K, index = np.unique(np.concatenate([left[0], right[0]]), return_inverse=True)
    counts_K = np.zeros(len(keys_K), dtype=np.int64)
    np.add.at(counts_K, index, np.concatenate([left[1], right[1]]))
    return keys_K, counts_K


def replace_rare(model: Model[Any, Any], keys_UA: Any) -> Any:
    """Replace values that are not frequent by UNKNOWN, (U, A), except for attributes without frequent values."""
    columns = []
    for column in range(keys_UA.shape[1]):
        keys_U, frequent_K = keys_UA[:, column], model.ops.to_numpy(model.get_param(f"K{column}"))
        if len(frequent_K):
            index_U = np.minimum(frequent_K.searchsorted(keys_U), len(frequent_K) - 1)
            keys_U = np.where(frequent_K[index_U] == keys_U, keys_U, UNKNOWN)
        columns.append(keys_U)
    return np.stack(columns, axis=1)
