"""Check once per batch that all scores will be finite, from the norms of the arrays they are computed from.

A score is a sum of products, so a product of norms bounds it. Checking the scores themselves would take time at each
step, and a walk that met a score that is not finite could choose an invalid action and never end.

Axes as in `model`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from thinc.api import Model

from kernel.pipeline.optim.finite import first_bad, no_scores, squares
from kernel.tokens import Doc

#: Well below the largest float32, to leave room for dropout's factors and rounding.
LARGEST = 1e34


def check_scores(name: str, docs: Sequence[Doc], Xs: Sequence[Any], X_NI: Any, layers: Sequence[Any]) -> None:
    """Raise unless every score that a model can produce for a batch is finite.

    Args:
        name: Name of the component.
        docs: The batch.
        Xs: The token vectors, one array per document.
        X_NI: The token vectors of all documents.
        layers: The hidden layer, and the output layer if there is one.

    Raises:
        NotFinite: A score may be nan or inf.
    """
    lower, *uppers = layers
    ops = lower.ops

    def norm(array: Any) -> float:
        return math.sqrt(float(squares(ops, array)))

    with np.errstate(all="ignore"):
        W, b, pad = (norm(lower.get_param(param)) for param in ("W", "b", "pad"))
        bound = lower.get_dim("nF") * (norm(X_NI) * W + pad) + b
        for upper in uppers:
            bound = bound * norm(upper.get_param("W")) + norm(upper.get_param("b"))
    if bound < LARGEST:
        return
    doc_index = first_bad(ops, Xs)
    raise no_scores(name, docs, doc_index, "" if doc_index is not None else f", for {_largest(layers)}")


def _largest(layers: Sequence[Model[Any, Any]]) -> str:
    """Name the weights that are not finite, else those with the largest absolute value."""
    sizes = {}
    for layer in layers:
        for name in layer.param_names:
            largest = float(abs(layer.get_param(name)).max())
            sizes[f"{layer.name} {name} holds {largest}"] = largest if largest == largest else np.inf
    return max(sizes, key=lambda key: sizes[key])
