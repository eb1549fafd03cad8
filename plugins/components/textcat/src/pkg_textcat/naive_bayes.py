"""What a bag of words starts from: the weights of naive Bayes, counted in one pass over the training data.

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

#: Documents and what is known of their labels.
Batches = Iterable[tuple[Sequence[Doc], GoldCategories]]


def start_from_naive_bayes(model: Model[Any, Any], batches: Batches) -> None:
    """Set the weights of a sum of words to log-odds: how much more often a sequence stands where a label holds.

    They are scaled so that a document of usual length, whose sequences say different things, gets scores of about 1:
    what is learnt later easily corrects them.

    Args:
        model: The layer, which knows its number of labels.
        batches: The training data.

    Source:
        Wang and Manning 2012, Baselines and Bigrams, section 2.1: the log-count ratio, with 1 for alpha.
    """
    V, L = model.get_dim("length"), model.get_dim("nO")
    sizes = range(1, model.attrs["ngram_size"] + 1)
    seen_V, held_VL = np.zeros(V, dtype=np.float32), np.zeros((V, L), dtype=np.float32)
    unknown_V: dict[int, Any] = {}
    n_docs = n_sequences = 0
    for docs, gold in batches:
        n_docs += len(docs)
        for rows_F2, lengths_B in ngram_rows(docs, model.attrs["attr"], sizes, V):
            n_sequences += len(rows_F2)
            _count(seen_V, rows_F2)
            doc_F = np.repeat(np.arange(len(docs)), lengths_B)
            for label in np.flatnonzero(gold.truth_BL.any(axis=0)).tolist():
                _count(held_VL[:, label], rows_F2[gold.truth_BL[doc_F, label] > 0])
            for label in np.flatnonzero((gold.known_BL == 0).any(axis=0)).tolist():
                column_V = unknown_V.setdefault(label, np.zeros(V, dtype=np.float32))
                _count(column_V, rows_F2[gold.known_BL[doc_F, label] == 0])
    if not n_sequences:
        return
    # Each sequence has two rows, which say the same.
    scale = 0.5 / np.sqrt(n_sequences / n_docs)
    for label in range(L):
        others_V = seen_V - held_VL[:, label] - unknown_V.pop(label, 0.0)
        held_VL[:, label] = scale * _log_odds(held_VL[:, label], others_V)
    model.set_param("W", model.ops.asarray(held_VL))


def _count(counts_V: Any, rows_F2: Any) -> None:
    rows_U, counts_U = np.unique(rows_F2, return_counts=True)
    counts_V[rows_U] += counts_U


def _log_odds(held_V: Any, others_V: Any) -> Any:
    """Compare shares, each count one larger than it is; rows that nothing has say nothing."""
    is_seen_V = (held_V + others_V) > 0
    n_seen = np.count_nonzero(is_seen_V)
    odds_V = np.log(held_V + 1) - np.log(others_V + 1)
    odds_V -= np.log((held_V.sum() + n_seen) / (others_V.sum() + n_seen)) if n_seen else 0.0
    return np.where(is_seen_V, odds_V, 0.0)
