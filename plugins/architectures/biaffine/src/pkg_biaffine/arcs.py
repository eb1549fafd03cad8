"""The layer that scores arcs: for each word of a segment, every other word and the root as its head.

Axes as in `buckets`, and
    I   width of the word vectors
    A   width of the head and dependent representations
    C   distance classes
    M   features of the words between a dependent and a head
    E   2 · M: weights of these features to the left, and to the right
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model, Ragged, glorot_uniform_init

from pkg_biaffine.arc_features import backprop_between, score_between
from pkg_biaffine.buckets import bucketed
from pkg_biaffine.distance import N_DISTANCES, backprop_distances, score_distances
from pkg_tok2vec.dropout import dropout_mask
from pkg_tok2vec.maxout import MaxoutNorm

#: M, the number of features of the words in between.
N_THINGS = 16


def ArcScores(width: int, maxout_pieces: int = 2) -> Model[Ragged, list[Any]]:
    """Score arcs by biaffine attention.

    The score of head h for dependent d is (U·d + u)·h, plus a score for the distance of h, plus one for the words in
    between: unlike recurrent encoders, windowed ones encode neither.

    Args:
        width: Width of the head and dependent representations.
        maxout_pieces: Maxout pieces of the layers that compute these from word vectors.

    Shapes:
        Ragged of word vectors X_KI, one length per segment -> one array (B, T, S) per bucket; 0 in padding

    Source:
        Dozat & Manning 2017, equations 4 to 6; Qi et al. 2018, section 2.3, for scores of distance.
    """
    return Model(
        "arc_scores",
        forward,
        init=init,
        layers=[MaxoutNorm(width, nP=maxout_pieces), MaxoutNorm(width, nP=maxout_pieces)],
        dims={"nI": None, "nA": width},
        params=dict.fromkeys(["U", "u", "distance", "distance_b", "meaning", "meaning_b", "things", "root"]),
        attrs={"dropout_rate": 0.0, "param_shapes": param_shapes},
    )


#: Linear maps of the dependents, as names of weights and bias: to heads, distances, and features in between.
_DEPENDENT = (("U", "u"), ("distance", "distance_b"), ("meaning", "meaning_b"))


def forward(model: Model[Any, Any], X: Ragged, is_train: bool) -> tuple[list[Any], Callable[[Any], Any]]:
    ops, xp = model.ops, model.ops.xp
    D_KA, backprop_D = project(model, 0, X.dataXd, is_train)
    H_KA, backprop_H = project(model, 1, X.dataXd, is_train)
    things_AM, root_A = model.get_param("things").T, model.get_param("root")
    mapped = [ops.affine(D_KA, model.get_param(W), model.get_param(b)) for W, b in _DEPENDENT]
    things_KM = H_KA @ things_AM
    parts = []
    for bucket in bucketed(ops.to_numpy(X.lengths)):
        rows_BT, is_word_BT = ops.asarray(bucket.rows_BT), ops.asarray(bucket.is_word_BT)
        parts.append((rows_BT, is_word_BT, with_root(xp, H_KA[rows_BT], root_A)))

    def inputs(rows_BT: Any, is_word_BT: Any) -> tuple[Any, ...]:
        Q_BTA, C_BTC, meaning_BTE = (mapped_KO[rows_BT] for mapped_KO in mapped)
        return Q_BTA, C_BTC, meaning_BTE, things_KM[rows_BT] * is_word_BT[:, :, None]

    scores = []
    for rows_BT, is_word_BT, heads_BSA in parts:
        Q_BTA, C_BTC, meaning_BTE, things_BTM = inputs(rows_BT, is_word_BT)
        scores_BTS = Q_BTA @ heads_BSA.transpose(0, 2, 1)
        scores_BTS += score_distances(ops, C_BTC)
        scores_BTS += score_between(xp, things_BTM, meaning_BTE)
        scores.append(masked(scores_BTS, is_word_BT))

    def backprop(d_scores: list[Any]) -> Ragged:
        d_mapped = [xp.zeros_like(mapped_KO) for mapped_KO in mapped]
        dH_KA, d_things_KM, d_root_A = xp.zeros_like(H_KA), xp.zeros_like(things_KM), xp.zeros_like(root_A)
        for (rows_BT, is_word_BT, heads_BSA), d_BTS in zip(parts, d_scores, strict=True):
            d_BTS = masked(xp.array(d_BTS, dtype="float32"), is_word_BT)
            Q_BTA, _, meaning_BTE, things_BTM = inputs(rows_BT, is_word_BT)
            d_things_BTM, d_meaning_BTE = backprop_between(xp, things_BTM, meaning_BTE, d_BTS)
            d_heads_BSA = d_BTS.transpose(0, 2, 1) @ Q_BTA
            d_root_A += d_heads_BSA[:, 0].sum(axis=0)
            # Every word is in one segment, so the rows are distinct.
            rows_M = rows_BT[is_word_BT]
            dH_KA[rows_M] = d_heads_BSA[:, 1:][is_word_BT]
            d_things_KM[rows_M] = d_things_BTM[is_word_BT]
            d_words = (d_BTS @ heads_BSA, backprop_distances(ops, d_BTS), d_meaning_BTE)
            for d_mapped_KO, d_BTO in zip(d_mapped, d_words, strict=True):
                d_mapped_KO[rows_M] = d_BTO[is_word_BT]
        model.inc_grad("root", d_root_A)
        model.inc_grad("things", ops.gemm(d_things_KM, H_KA, trans1=True))
        dH_KA += d_things_KM @ things_AM.T
        dD_KA = xp.zeros_like(D_KA)
        for (W, b), d_KO in zip(_DEPENDENT, d_mapped, strict=True):
            model.inc_grad(W, ops.gemm(d_KO, D_KA, trans1=True))
            model.inc_grad(b, d_KO.sum(axis=0))
            dD_KA += ops.gemm(d_KO, model.get_param(W))
        return Ragged(backprop_D(dD_KA) + backprop_H(dH_KA), X.lengths)

    return scores, backprop


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    A = model.get_dim("nA")
    params: list[tuple[Any, str, tuple[int, ...]]] = [(model, "things", (N_THINGS, A)), (model, "root", (A,))]
    for (weights, bias), rows in zip(_DEPENDENT, (A, N_DISTANCES, 2 * N_THINGS), strict=True):
        params += [(model, weights, (rows, A)), (model, bias, (rows,))]
    return params


def project(
    model: Model[Any, Any], layer: int, X_KI: Any, is_train: bool
) -> tuple[Any, Callable[[Any], Any]]:
    """Run the layer with this index, which computes head or dependent representations, with dropout."""
    Y_KA, backprop_layer = model.layers[layer](X_KI, is_train)
    mask_KA = dropout_mask(model, Y_KA.shape, is_train)
    if mask_KA is None:
        return Y_KA, backprop_layer
    return Y_KA * mask_KA, lambda dY_KA: backprop_layer(dY_KA * mask_KA)


def with_root(xp: Any, heads_BTA: Any, root_A: Any) -> Any:
    """Prepend the root to the words of each segment, (B, S, A)."""
    B, T, A = heads_BTA.shape
    heads_BSA = xp.empty((B, T + 1, A), dtype="float32")
    heads_BSA[:, 0] = root_A
    heads_BSA[:, 1:] = heads_BTA
    return heads_BSA


def masked(scores_BTS: Any, is_word_BT: Any) -> Any:
    """Set the scores of padding to 0, in place."""
    scores_BTS *= is_word_BT[:, :, None]
    scores_BTS[:, :, 1:] *= is_word_BT[:, None, :]
    return scores_BTS


def init(model: Model[Any, Any], X: Ragged | None = None, Y: Any = None) -> None:
    if X is not None and model.has_dim("nI") is None:
        model.set_dim("nI", X.dataXd.shape[1])
    ops, A = model.ops, model.get_dim("nA")
    for layer in model.layers:
        layer.set_dim("nI", model.get_dim("nI"))
        layer.initialize()
    # Zeros make every head equally likely before the first update.
    for (weights, bias), rows in zip(_DEPENDENT, (A, N_DISTANCES, 2 * N_THINGS), strict=True):
        model.set_param(weights, ops.alloc2f(rows, A))
        model.set_param(bias, ops.alloc1f(rows))
    model.set_param("things", glorot_uniform_init(ops, (N_THINGS, A)))
    model.set_param("root", glorot_uniform_init(ops, (1, A))[0])
