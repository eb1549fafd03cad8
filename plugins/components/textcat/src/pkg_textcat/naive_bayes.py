"""Initial weights of a bag of words: those of naive Bayes, counted in one pass over the training data.

Axes as in `ngrams` and `output`, and
    V   rows of the table of weights
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from thinc.api import Model

from kernel.tokens import Doc
from pkg_textcat.gold import GoldCategories
from pkg_textcat.ngrams import ngram_rows

#: Batches of documents and their gold categories.
Batches = Iterable[tuple[Sequence[Doc], GoldCategories]]


def start_from_naive_bayes(model: Model[Any, Any], batches: Batches) -> None:
    """Set the weights of a `WordSum` layer to log odds: how much more frequent an n-gram is where a label applies.

    They are scaled so that a document of average length, with independent n-grams, gets scores of about 1, which
    training can easily correct.

    Args:
        model: The layer, with its number of labels set.
        batches: The training data.

    Source:
        Wang and Manning 2012, Baselines and Bigrams, section 2.1: the log-count ratio, with 1 for alpha.
    """
    V, L = model.get_dim("length"), model.get_dim("nO")
    sizes = range(1, model.attrs["ngram_size"] + 1)
    total_V, label_VL = np.zeros(V, dtype=np.float32), np.zeros((V, L), dtype=np.float32)
    unknown_V: dict[int, Any] = {}
    n_docs = n_ngrams = 0
    for docs, gold in batches:
        n_docs += len(docs)
        for rows_F2, lengths_B in ngram_rows(docs, model.attrs["attr"], sizes, V):
            n_ngrams += len(rows_F2)
            _count(total_V, rows_F2)
            doc_F = np.repeat(np.arange(len(docs)), lengths_B)
            for label in np.flatnonzero(gold.truth_BL.any(axis=0)).tolist():
                _count(label_VL[:, label], rows_F2[gold.truth_BL[doc_F, label] > 0])
            for label in np.flatnonzero((gold.known_BL == 0).any(axis=0)).tolist():
                column_V = unknown_V.setdefault(label, np.zeros(V, dtype=np.float32))
                _count(column_V, rows_F2[gold.known_BL[doc_F, label] == 0])
    if not n_ngrams:
        return
    # Each n-gram has two rows with the same information.
    scale = 0.5 / np.sqrt(n_ngrams / n_docs)
    for label in range(L):
        others_V = total_V - label_VL[:, label] - unknown_V.pop(label, 0.0)
        label_VL[:, label] = scale * _log_odds(label_VL[:, label], others_V)
    model.set_param("W", model.ops.asarray(label_VL))


def _count(counts_V: Any, rows_F2: Any) -> None:
    rows_U, counts_U = np.unique(rows_F2, return_counts=True)
    counts_V[rows_U] += counts_U


def _log_odds(label_V: Any, others_V: Any) -> Any:
    """Return the log ratio of the two distributions, with add-one smoothing; 0 for rows that neither has."""
    is_seen_V = (label_V + others_V) > 0
    n_seen = np.count_nonzero(is_seen_V)
    odds_V = np.log(label_V + 1) - np.log(others_V + 1)
    odds_V -= np.log((label_V.sum() + n_seen) / (others_V.sum() + n_seen)) if n_seen else 0.0
    return np.where(is_seen_V, odds_V, 0.0)
