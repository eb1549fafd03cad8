"""The layer that scores sentence starts.

Axes
    K   words
    I   width of the word vectors
    A   width of the hidden layer
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model

from pkg_biaffine.arcs import project
from pkg_tok2vec.maxout import MaxoutNorm

#: Added to the number of crossing arcs, to bound its logarithm from below.
FEW = 0.02


def StartScores(width: int, maxout_pieces: int = 2) -> Model[Any, Any]:
    """Compute the log odds that a sentence starts at each word.

    Args:
        width: Width of the hidden layer.
        maxout_pieces: Maxout pieces of the hidden layer.

    Shapes:
        word vectors X_KI and the expected number of arcs across the gap before each word, (K) -> Y_K
    """
    return Model(
        "start_scores",
        forward,
        init=init,
        layers=[MaxoutNorm(width, nP=maxout_pieces)],
        dims={"nI": None, "nA": width},
        params={"W": None, "b": None},
        attrs={"dropout_rate": 0.0, "param_shapes": param_shapes},
    )


def forward(
    model: Model[Any, Any], inputs: tuple[Any, Any], is_train: bool
) -> tuple[Any, Callable[[Any], Any]]:
    X_KI, crossing_K = inputs
    ops, xp, W_1Z = model.ops, model.ops.xp, model.get_param("W")
    A = model.get_dim("nA")
    H_KA, backprop_H = project(model, 0, X_KI, is_train)
    H_KZ = xp.concatenate([H_KA, crossing_K[:, None], xp.log(crossing_K + FEW)[:, None]], axis=1)
    Y_K1 = ops.affine(H_KZ, W_1Z, model.get_param("b"))

    def backprop(dY_K: Any) -> tuple[Any, Any]:
        dY_K1 = dY_K[:, None]
        model.inc_grad("W", ops.gemm(dY_K1, H_KZ, trans1=True))
        model.inc_grad("b", dY_K1.sum(axis=0))
        dH_KZ = ops.gemm(dY_K1, W_1Z)
        d_crossing_K = dH_KZ[:, A] + dH_KZ[:, A + 1] / (crossing_K + FEW)
        return backprop_H(xp.ascontiguousarray(dH_KZ[:, :A])), d_crossing_K

    return Y_K1[:, 0], backprop


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    return [(model, "W", (1, model.get_dim("nA") + 2)), (model, "b", (1,))]


def init(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    if X is not None and model.has_dim("nI") is None:
        model.set_dim("nI", X[0].shape[1])
    model.layers[0].set_dim("nI", model.get_dim("nI"))
    model.layers[0].initialize()
    model.set_param("W", model.ops.alloc2f(1, model.get_dim("nA") + 2))
    model.set_param("b", model.ops.alloc1f(1))
