"""The layer that scores the labels of arcs.

Axes
    K   words
    I   width of the word vectors
    A   width of the head and dependent representations
    L   labels
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from thinc.api import Model, glorot_uniform_init

from pkg_biaffine.arcs import project
from pkg_biaffine.distance import N_DISTANCES, classes
from pkg_tok2vec.maxout import MaxoutNorm


def LabelScores(width: int, nO: int | None = None, maxout_pieces: int = 2) -> Model[tuple[Any, Any], Any]:
    """Score the labels of one arc per word by a biaffine classifier.

    The score of label l for dependent d and head h is d·U_l·h + W_l·[d, h] + b_l, where h includes a learnt vector for
    the signed distance between the two.

    Args:
        width: Width of the head and dependent representations.
        nO: Number of labels.
        maxout_pieces: Maxout pieces of the layers that compute these from word vectors.

    Shapes:
        word vectors X_KI and the row of each word's head, heads_K -> scores Y_KL

    Source:
        Dozat & Manning 2017, equation 3.
    """
    return Model(
        "label_scores",
        forward,
        init=init,
        layers=[MaxoutNorm(width, nP=maxout_pieces), MaxoutNorm(width, nP=maxout_pieces)],
        dims={"nI": None, "nA": width, "nO": nO},
        params={"U": None, "W": None, "b": None, "distance": None},
        attrs={"dropout_rate": 0.0, "param_shapes": param_shapes},
    )


def forward(
    model: Model[Any, Any], inputs: tuple[Any, Any], is_train: bool
) -> tuple[Any, Callable[[Any], Any]]:
    X_KI, heads_K = inputs
    ops, xp = model.ops, model.ops.xp
    U_LAA, W_LZ, b_L = (model.get_param(name) for name in ("U", "W", "b"))
    L, A, _ = U_LAA.shape
    D_KA, backprop_D = project(model, 0, X_KI, is_train)
    words_KA, backprop_H = project(model, 1, X_KI, is_train)
    distances_K = ops.asarray(classes(ops.to_numpy(heads_K) - np.arange(len(heads_K))))
    H_KA = words_KA[heads_K] + model.get_param("distance")[distances_K]
    both_KZ = xp.concatenate([D_KA, H_KA], axis=1)
    Y_KL = ops.affine(both_KZ, W_LZ, b_L)
    DU_KLA = ops.gemm(D_KA, U_LAA.reshape(L * A, A), trans2=True).reshape(-1, L, A)
    Y_KL += (DU_KLA @ H_KA[:, :, None])[:, :, 0]

    def backprop(dY_KL: Any) -> tuple[Any, Any]:
        d_both_KZ = ops.gemm(dY_KL, W_LZ)
        model.inc_grad("W", ops.gemm(dY_KL, both_KZ, trans1=True))
        model.inc_grad("b", dY_KL.sum(axis=0))
        dH_KA = d_both_KZ[:, A:] + (dY_KL[:, None, :] @ DU_KLA)[:, 0]
        dDU_KZ = (dY_KL[:, :, None] * H_KA[:, None, :]).reshape(-1, L * A)
        model.inc_grad("U", ops.gemm(dDU_KZ, D_KA, trans1=True).reshape(L, A, A))
        dD_KA = d_both_KZ[:, :A] + ops.gemm(dDU_KZ, U_LAA.reshape(L * A, A))
        d_words_KA = xp.zeros_like(words_KA)
        ops.scatter_add(d_words_KA, heads_K, dH_KA)
        d_distance_CA = ops.alloc2f(N_DISTANCES, A)
        ops.scatter_add(d_distance_CA, distances_K, dH_KA)
        model.inc_grad("distance", d_distance_CA)
        return backprop_D(dD_KA) + backprop_H(d_words_KA), heads_K

    return Y_KL, backprop


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    L, A = model.get_dim("nO"), model.get_dim("nA")
    shapes: dict[str, tuple[int, ...]] = {
        "U": (L, A, A),
        "W": (L, 2 * A),
        "b": (L,),
        "distance": (N_DISTANCES, A),
    }
    return [(model, name, shape) for name, shape in shapes.items()]


def init(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    if X is not None and model.has_dim("nI") is None:
        model.set_dim("nI", X[0].shape[1])
    if Y is not None and model.has_dim("nO") is None:
        model.set_dim("nO", Y.shape[1])
    ops, L, A = model.ops, model.get_dim("nO"), model.get_dim("nA")
    for layer in model.layers:
        layer.set_dim("nI", model.get_dim("nI"))
        layer.initialize()
    # Zeros make every label equally likely before the first update.
    model.set_param("U", ops.alloc3f(L, A, A))
    model.set_param("W", ops.alloc2f(L, 2 * A))
    model.set_param("b", ops.alloc1f(L))
    model.set_param("distance", glorot_uniform_init(ops, (N_DISTANCES, A)))


def resize(model: Model[Any, Any], n_labels: int) -> None:
    """Resize the output to `n_labels`, keeping the weights of the first labels."""
    kept = {name: model.get_param(name) for name in model.param_names if model.has_param(name)}
    for name in kept:
        # Thinc allows a dimension to change only while no parameter is set.
        model.set_param(name, None)
    model.set_dim("nO", n_labels, force=True)
    for name, old in kept.items():
        wider = old
        if name in ("U", "W", "b"):
            wider = model.ops.alloc((n_labels, *old.shape[1:]))
            wider[: len(old)] = old[:n_labels]
        model.set_param(name, wider)
        if model.has_grad(name):
            model.set_grad(name, model.ops.alloc(wider.shape))
