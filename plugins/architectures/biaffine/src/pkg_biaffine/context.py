"""The layer that adds each word's likely head and dependents to its vector, before arcs are scored again.

Axes as in `buckets`, and
    I   width of the word vectors
    Z   3 · I: the word, its head, its dependents
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model, Ragged

from pkg_biaffine.arcs import ArcScores, with_root
from pkg_biaffine.buckets import bucketed
from pkg_biaffine.learn import exponentials
from pkg_tok2vec.dropout import dropout_mask
from pkg_tok2vec.maxout import MaxoutNorm


def ArcContext(arc_width: int, maxout_pieces: int = 2) -> Model[Ragged, Any]:
    """Score arcs, and add a summary of the likely arcs to each word vector.

    The summary of the head is the mean of all words weighted by their probability of being the head; that of the
    dependents is the sum of all words weighted by their probability of depending on the word. Both and the word itself
    go through a layer with a residual connection.

    Args:
        arc_width: Width of the head and dependent representations.
        maxout_pieces: Maxout pieces of the layers.

    Shapes:
        Ragged of word vectors X_KI -> one array (B, T, S) of scores per bucket, a Ragged of the same shape as the
        input, and for each word the expected number of arcs across the gap before it, float32 (K)
    """
    return Model(
        "arc_context",
        forward,
        init=init,
        layers=[ArcScores(arc_width, maxout_pieces), MaxoutNorm(nP=maxout_pieces)],
        dims={"nI": None},
        params={"root": None},
        attrs={"dropout_rate": 0.0, "param_shapes": param_shapes},
    )


def forward(model: Model[Any, Any], X: Ragged, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    ops, xp = model.ops, model.ops.xp
    arcs, mix = model.layers
    root_I, X_KI = model.get_param("root"), X.dataXd
    I = X_KI.shape[1]
    scores, backprop_arcs = arcs(X, is_train)
    buckets = bucketed(ops.to_numpy(X.lengths))
    parts = [
        (ops.asarray(bucket.rows_BT), ops.asarray(bucket.is_word_BT), probabilities(ops, scores_BTS, bucket))
        for bucket, scores_BTS in zip(buckets, scores, strict=True)
    ]
    Z_KZ = ops.alloc2f(len(X_KI), 3 * I)
    Z_KZ[:, :I] = X_KI
    crossing_K = ops.alloc1f(len(X_KI))
    for rows_BT, is_word_BT, P_BTS in parts:
        rows_M = rows_BT[is_word_BT]
        words_BSI = with_root(xp, X_KI[rows_BT], root_I)
        Z_KZ[rows_M, I : 2 * I] = (P_BTS @ words_BSI)[is_word_BT]
        Z_KZ[rows_M, 2 * I :] = (P_BTS[:, :, 1:].transpose(0, 2, 1) @ words_BSI[:, 1:])[is_word_BT]
        crossing_K[rows_M] = crossings(xp, P_BTS)[is_word_BT]
    Y_KI, backprop_mix = mix(Z_KZ, is_train)
    mask_KI = dropout_mask(model, Y_KI.shape, is_train)
    if mask_KI is not None:
        Y_KI = Y_KI * mask_KI

    def backprop(d_outputs: Any) -> Ragged:
        d_scores, dY, d_crossing_K = d_outputs
        dY_KI = dY.dataXd
        dZ_KZ = backprop_mix(dY_KI if mask_KI is None else dY_KI * mask_KI)
        dX_KI = dY_KI + dZ_KZ[:, :I]
        d_root_I = xp.zeros_like(root_I)
        sums = []
        for (rows_BT, is_word_BT, P_BTS), d_BTS in zip(parts, d_scores, strict=True):
            words_BSI = with_root(xp, X_KI[rows_BT], root_I)
            is_word_BT1 = is_word_BT[:, :, None]
            d_head_BTI = dZ_KZ[:, I : 2 * I][rows_BT] * is_word_BT1
            d_below_BTI = dZ_KZ[:, 2 * I :][rows_BT] * is_word_BT1
            dP_BTS = d_head_BTI @ words_BSI.transpose(0, 2, 1)
            dP_BTS[:, :, 1:] += words_BSI[:, 1:] @ d_below_BTI.transpose(0, 2, 1)
            d_words_BSI = P_BTS.transpose(0, 2, 1) @ d_head_BTI
            d_words_BSI[:, 1:] += P_BTS[:, :, 1:] @ d_below_BTI
            d_root_I += d_words_BSI[:, 0].sum(axis=0)
            dX_KI[rows_BT[is_word_BT]] += d_words_BSI[:, 1:][is_word_BT]
            dP_BTS += backprop_crossings(xp, d_crossing_K[rows_BT] * is_word_BT)
            dP_BTS *= P_BTS
            dP_BTS -= P_BTS * dP_BTS.sum(axis=2, keepdims=True)
            sums.append(d_BTS + dP_BTS)
        model.inc_grad("root", d_root_I)
        return Ragged(dX_KI + backprop_arcs(sums).dataXd, X.lengths)

    return (scores, Ragged(X_KI + Y_KI, X.lengths), crossing_K), backprop


def crossings(xp: Any, P_BTS: Any) -> Any:
    """Sum the probabilities of arcs across the gap before each word, without those from the root, (B, T)."""
    arcs_BTT = P_BTS[:, :, 1:]
    # An arc counts from after the first of its two words up to the second.
    change_BT = xp.triu(arcs_BTT).sum(axis=2) + xp.tril(arcs_BTT).sum(axis=1)
    change_BT -= xp.triu(arcs_BTT).sum(axis=1) + xp.tril(arcs_BTT).sum(axis=2)
    crossing_BT = xp.zeros_like(change_BT)
    xp.cumsum(change_BT[:, :-1], axis=1, out=crossing_BT[:, 1:])
    return crossing_BT


def backprop_crossings(xp: Any, d_crossing_BT: Any) -> Any:
    """Return the gradient of the probabilities, (B, T, S)."""
    B, T = d_crossing_BT.shape
    upto_BT = xp.cumsum(d_crossing_BT, axis=1)
    dP_BTS = xp.zeros((B, T, T + 1), dtype="float32")
    # The sum between two words is the difference of the sums before them; the sign depends on which is first.
    offset_BTT = upto_BT[:, None, :] - upto_BT[:, :, None]
    sign_TT = xp.triu(xp.ones((T, T), dtype="float32")) - xp.tril(xp.ones((T, T), dtype="float32"))
    xp.multiply(offset_BTT, sign_TT, out=dP_BTS[:, :, 1:])
    return dP_BTS


def probabilities(ops: Any, scores_BTS: Any, bucket: Any) -> Any:
    """Return the probability of each arc among those to the same dependent, (B, T, S); zeros for padding."""
    xp = ops.xp
    P_BTS = xp.where(ops.asarray(bucket.is_arc_BTS), scores_BTS, -xp.inf)
    P_BTS[~ops.asarray(bucket.is_word_BT)] = 0.0
    P_BTS -= P_BTS.max(axis=2, keepdims=True)
    exponentials(xp, P_BTS)
    P_BTS /= P_BTS.sum(axis=2, keepdims=True)
    P_BTS[~ops.asarray(bucket.is_word_BT)] = 0.0
    return P_BTS


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    return [(model, "root", (model.get_dim("nI"),))]


def init(model: Model[Any, Any], X: Ragged | None = None, Y: Any = None) -> None:
    if X is not None and model.has_dim("nI") is None:
        model.set_dim("nI", X.dataXd.shape[1])
    arcs, mix = model.layers
    I = model.get_dim("nI")
    arcs.set_dim("nI", I)
    mix.set_dim("nI", 3 * I)
    mix.set_dim("nO", I)
    for layer in model.layers:
        layer.initialize()
    model.set_param("root", model.ops.alloc1f(I))
