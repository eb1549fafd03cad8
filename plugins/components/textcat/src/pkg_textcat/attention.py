"""Classifiers with an attention layer, which weights tokens differently.

Axes
    N   tokens of the batch, all documents one after the other
    B   documents
    I   width of the token vectors
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from thinc.api import Gelu, Model

from kernel.limits import Labels
from kernel.tokens import Doc
from pkg_textcat.output import Classifier, DocsToScores
from pkg_tok2vec.dropout import dropout_mask
from pkg_tok2vec.maxout import MaxoutNorm
from pkg_tok2vec.numerics import Cut, flatten


def TextCatParametricAttention(
    tok2vec: Model[list[Doc], list[Any]], exclusive_classes: bool, nO: Labels | None = None
) -> DocsToScores:
    """Score labels by a mean of a document's token vectors with learnt weights.

    Args:
        tok2vec: Maps documents to one array (length, width) per document; often a listener.
        exclusive_classes: Whether a document has exactly one label.
        nO: Number of labels; None takes it from the data.

    Shapes:
        documents -> Y_BL

    Source:
        Yang et al. 2016, Hierarchical Attention Networks, section 2.2; layers as in
        `spacy.TextCatParametricAttention.v1`.
    """
    pool = Attended(tok2vec, [MaxoutNorm()], Gelu())
    return Classifier("textcat_parametric_attention", pool, exclusive=exclusive_classes, nO=nO)


def Attended(
    tok2vec: Model[list[Doc], list[Any]],
    blocks: Sequence[Model[Any, Any]],
    key: Model[Any, Any] | None = None,
    *,
    drops: bool = True,
) -> DocsToScores:
    """Sum the token vectors of each document with attention weights; each block then adds its output to the sum.

    Args:
        tok2vec: Maps documents to one array (length, width) per document.
        blocks: Layers from rows to rows of the same width.
        key: Maps token vectors to the keys that are compared with the query; None uses the vectors themselves.
        drops: Whether to apply dropout to the outputs of the blocks in training.

    Shapes:
        documents -> Y_BI; a document without tokens has a sum of zeros
    """
    return Model(
        "attended",
        forward,
        init=init,
        layers=[tok2vec, Attention(key), *blocks],
        dims={"nO": tok2vec.maybe_get_dim("nO")},
        refs={"tok2vec": tok2vec},
        attrs={"dropout_rate": 0.0} if drops else {},
    )


def forward(model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    ops = model.ops
    tok2vec, attention, *blocks = model.layers
    Xs, backprop_tok2vec = tok2vec(docs, is_train)
    lengths = np.fromiter(map(len, docs), dtype=np.int32, count=len(docs))
    inputs = flatten(ops, Xs, model.get_dim("nO")), ops.asarray(lengths)
    Y_BI, backprop_attention = attention(inputs, is_train)
    backprops = []
    for block in blocks:
        added_BI, backprop_block = block(Y_BI, is_train)
        mask_BI = dropout_mask(model, added_BI.shape, is_train)
        Y_BI = Y_BI + (added_BI if mask_BI is None else added_BI * mask_BI)
        backprops.append((mask_BI, backprop_block))

    def backprop(dY_BI: Any) -> Any:
        for mask_BI, backprop_block in reversed(backprops):
            dY_BI = dY_BI + backprop_block(ops.as_contig(dY_BI if mask_BI is None else dY_BI * mask_BI))
        return backprop_tok2vec(Cut(backprop_attention(dY_BI), lengths.tolist()))

    return Y_BI, backprop


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    tok2vec, attention, *blocks = model.layers
    tok2vec.initialize(X=X)
    width = tok2vec.get_dim("nO")
    for layer in (model, attention, *attention.layers, *blocks):
        for dim in ("nO", "nI"):
            if dim in layer.dim_names:
                layer.set_dim(dim, width, force=True)
    for layer in (attention, *blocks):
        layer.initialize()


def Attention(key: Model[Any, Any] | None = None) -> Model[Any, Any]:
    """Sum the rows of each document, weighted by the softmax of their dot products with a learnt query.

    Args:
        key: Maps rows to keys; None uses the rows themselves.

    Shapes:
        (X_NI, lengths_B) -> Y_BI, with Q_I
    """
    return Model(
        "attention",
        forward_attention,
        init=init_attention,
        layers=[] if key is None else [key],
        dims={"nO": None},
        params={"Q": None},
        attrs={"param_shapes": shapes_of_attention},
    )


def forward_attention(
    model: Model[Any, Any], inputs: tuple[Any, Any], is_train: bool
) -> tuple[Any, Callable[[Any], Any]]:
    ops, (X_NI, lengths_B) = model.ops, inputs
    Q_I = model.get_param("Q")
    if not len(X_NI):
        return ops.alloc2f(len(lengths_B), len(Q_I)), lambda dY_BI: X_NI
    K_NI, backprop_key = model.layers[0](X_NI, is_train) if model.layers else (X_NI, None)
    weights_N1 = ops.softmax_sequences(ops.gemm(K_NI, Q_I.reshape(-1, 1)), lengths_B)

    def backprop(dY_BI: Any) -> Any:
        dY_NI = ops.backprop_reduce_sum(ops.as_contig(dY_BI), lengths_B)
        d_weights_N1 = ops.xp.einsum("ni,ni->n", X_NI, dY_NI).reshape(-1, 1)
        d_scores_N1 = ops.backprop_softmax_sequences(d_weights_N1, weights_N1, lengths_B)
        model.inc_grad("Q", ops.gemm(K_NI, d_scores_N1, trans1=True).reshape(-1))
        dK_NI = d_scores_N1 * Q_I
        dY_NI *= weights_N1
        dY_NI += dK_NI if backprop_key is None else backprop_key(dK_NI)
        return dY_NI

    return ops.reduce_sum(X_NI * weights_N1, lengths_B), backprop


def shapes_of_attention(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    return [(model, "Q", (model.get_dim("nO"),))]


def init_attention(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    Q_I = model.ops.xp.random.uniform(-0.1, 0.1, model.get_dim("nO"))
    model.set_param("Q", model.ops.asarray(Q_I, dtype="float32"))
    for key in model.layers:
        key.initialize()
