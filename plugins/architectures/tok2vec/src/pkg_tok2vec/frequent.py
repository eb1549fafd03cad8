"""Which values of a word's attributes the training corpus has often enough to learn from.

The rows of a hash table that a new word meets were learnt for other words, and say nothing of it. Words that are rare
in training and words that are new later share one value instead, whose embedding is learnt from the rare ones.

Axes as in `words`, and
    K   values that are known
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from thinc.api import Model

from kernel.text.doc.columns import features
from kernel.tokens import Doc
from kernel.util import minibatch

#: Stands for all values that are not known. No string has it: 0 is that of the empty one, of no word.
UNKNOWN = np.uint64(0)
#: Documents that are counted at a time.
_AT_A_TIME = 1000


def learn_frequent(model: Model[Any, Any], docs: Iterable[Doc]) -> None:
    """Keep, as parameters K0, K1 ..., the values that each attribute has `min_freq` times or more in a corpus.

    Where there are none, as in a corpus of a few words, nothing is known of rare ones, and all keep their own.

    Args:
        model: An embedding layer with the attributes `features` and `min_freq`.
        docs: The corpus.
    """
    attrs, min_freq = model.attrs["features"], model.attrs["min_freq"]
    nothing = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    counted = [nothing] * len(attrs)
    for some in minibatch(docs, _AT_A_TIME):
        keys_NA = features(some, attrs)
        counted = [
            _joined(known, np.unique(keys_NA[:, column], return_counts=True))
            for column, known in enumerate(counted)
        ]
    for column, (keys_K, counts_K) in enumerate(counted):
        model.set_param(f"K{column}", model.ops.asarray(keys_K[counts_K >= min_freq]))


def _joined(left: tuple[Any, Any], right: tuple[Any, Any]) -> tuple[Any, Any]:
    keys_K, place = np.unique(np.concatenate([left[0], right[0]]), return_inverse=True)
    counts_K = np.zeros(len(keys_K), dtype=np.int64)
    np.add.at(counts_K, place, np.concatenate([left[1], right[1]]))
    return keys_K, counts_K


def replace_rare(model: Model[Any, Any], keys_UA: Any) -> Any:
    """Put UNKNOWN in the place of values that are not known, (U, A), but for attributes of which none is."""
    columns = []
    for column in range(keys_UA.shape[1]):
        keys_U, known_K = keys_UA[:, column], model.ops.to_numpy(model.get_param(f"K{column}"))
        if len(known_K):
            place_U = np.minimum(known_K.searchsorted(keys_U), len(known_K) - 1)
            keys_U = np.where(known_K[place_U] == keys_U, keys_U, UNKNOWN)
        columns.append(keys_U)
    return np.stack(columns, axis=1)
