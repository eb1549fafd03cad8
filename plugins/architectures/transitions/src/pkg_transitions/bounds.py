"""Whether all scores of a batch are finite: told once, from the norms of what they are computed from.

A score is the sum of products, so that the product of norms bounds it. To look at the scores themselves would take
time at each step, and a walk that met one which is not finite might choose what is not valid, and never end.

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

#: Well below the largest number of float32, so that dropout's factors and rounding have room.
LARGEST = 1e34


def check_scores(name: str, docs: Sequence[Doc], Xs: Sequence[Any], X_NI: Any, layers: Sequence[Any]) -> None:
    """Raise unless every score that a model may give for a batch is finite.

    Args:
        name: Of the component.
        docs: The batch.
        Xs: The vectors of the tokens, one array for each document.
        X_NI: All of them.
        layers: The hidden layer, and the one behind it, if there is one.

    Raises:
        NotFinite: One may not be.
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
    place = first_bad(ops, Xs)
    raise no_scores(name, docs, place, "" if place is not None else f", for {_largest(layers)}")


def _largest(layers: Sequence[Model[Any, Any]]) -> str:
    """Name the weights that are not finite, or those that are farthest from it."""
    found = {}
    for layer in layers:
        for name in layer.param_names:
            largest = float(abs(layer.get_param(name)).max())
            found[f"{layer.name} {name} holds {largest}"] = largest if largest == largest else np.inf
    return max(found, key=lambda key: found[key])
