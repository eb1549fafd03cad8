"""Classifiers over reductions of a document's token vectors: the first, the last, the largest values, the mean.

Axes
    N   tokens of the batch, all documents one after the other
    M   documents that have tokens
    B   documents
    I   width of the token vectors
    K   width of all reductions side by side
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from thinc.api import Model, Ops

from kernel.errors import ModelError
from kernel.limits import Labels
from kernel.tokens import Doc
from pkg_textcat.output import Classifier, DocsToScores
from pkg_tok2vec.numerics import Cut, flatten


def TextCatReduce(
    tok2vec: Model[list[Doc], list[Any]],
    exclusive_classes: bool,
    use_reduce_first: bool,
    use_reduce_last: bool,
    use_reduce_max: bool,
    use_reduce_mean: bool,
    nO: Labels | None = None,
) -> DocsToScores:
    """Score labels by reductions of a document's token vectors, side by side.

    Args:
        tok2vec: Documents to one array (length, width) per document; often a listener.
        exclusive_classes: Whether a document has exactly one label.
        use_reduce_first: Use the vector of the first token.
        use_reduce_last: Use the vector of the last token.
        use_reduce_max: Use the largest value of each column.
        use_reduce_mean: Use the mean of all vectors.
        nO: Number of labels; taken from the data when None.

    Shapes:
        documents -> Y_BL

    Source:
        The reductions of `spacy.TextCatReduce.v1`.
    """
    uses = {
        "first": use_reduce_first,
        "last": use_reduce_last,
        "max": use_reduce_max,
        "mean": use_reduce_mean,
    }
    kinds = [kind for kind, is_used in uses.items() if is_used]
    if not kinds:
        raise ModelError(
            "TextCatReduce: no reduction is used, got false for all four; set use_reduce_mean = true"
        )
    return Classifier("textcat_reduce", Reductions(tok2vec, kinds), exclusive=exclusive_classes, nO=nO)


def TextCatCNN(
    tok2vec: Model[list[Doc], list[Any]], exclusive_classes: bool, nO: Labels | None = None
) -> DocsToScores:
    """Score labels by the mean of a document's token vectors.

    Args:
        tok2vec: Documents to one array (length, width) per document; often a listener.
        exclusive_classes: Whether a document has exactly one label.
        nO: Number of labels; taken from the data when None.

    Shapes:
        documents -> Y_BL
    """
    return Classifier("textcat_cnn", Reductions(tok2vec, ["mean"]), exclusive=exclusive_classes, nO=nO)


def Reductions(tok2vec: Model[list[Doc], list[Any]], kinds: Sequence[str]) -> DocsToScores:
    """Reduce the token vectors of each document; those of a document without tokens are zeros.

    Shapes:
        documents -> X_BK
    """
    return Model(
        "reductions",
        forward,
        init=init,
        layers=[tok2vec],
        dims={"nO": None},
        refs={"tok2vec": tok2vec},
        attrs={"kinds": list(kinds), "fixed_attrs": ("kinds",)},
    )


def forward(model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    ops, width = model.ops, model.layers[0].get_dim("nO")
    Xs, backprop_tok2vec = model.layers[0](docs, is_train)
    lengths = np.fromiter(map(len, docs), dtype=np.int32, count=len(docs))
    X_NI = flatten(ops, Xs, width)
    full, full_M = np.flatnonzero(lengths), ops.asarray(lengths[lengths > 0])
    full = ops.asarray(full)
    pools = [reduction(ops, kind, X_NI, full_M) for kind in model.attrs["kinds"]] if len(X_NI) else []
    Y_BK = ops.alloc2f(len(docs), model.get_dim("nO"))
    for place, (Y_MI, _) in enumerate(pools):
        Y_BK[full, place * width : (place + 1) * width] = Y_MI

    def backprop(dY_BK: Any) -> Any:
        dX_NI = ops.alloc2f(*X_NI.shape)
        for place, (_, backprop_pool) in enumerate(pools):
            dX_NI += backprop_pool(ops.as_contig(dY_BK[full, place * width : (place + 1) * width]))
        return backprop_tok2vec(Cut(dX_NI, lengths.tolist()))

    return Y_BK, backprop


def reduction(ops: Ops, kind: str, X_NI: Any, lengths_M: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Reduce the vectors of each document, none of them empty.

    Args:
        ops: Of the model.
        kind: first, last, max or mean.
        X_NI: The vectors.
        lengths_M: Tokens of each document, int32.
    """
    if kind == "mean":
        return ops.reduce_mean(X_NI, lengths_M), lambda dY_MI: ops.backprop_reduce_mean(dY_MI, lengths_M)
    if kind == "max":
        Y_MI, which_MI = ops.reduce_max(X_NI, lengths_M)
        return Y_MI, lambda dY_MI: ops.backprop_reduce_max(dY_MI, which_MI, lengths_M)
    ends_M = ops.xp.cumsum(lengths_M)
    places_M = ends_M - (lengths_M if kind == "first" else 1)

    def backprop(dY_MI: Any) -> Any:
        dX_NI = ops.alloc2f(*X_NI.shape)
        dX_NI[places_M] = dY_MI
        return dX_NI

    return X_NI[places_M], backprop


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    tok2vec = model.layers[0]
    tok2vec.initialize(X=X)
    model.set_dim("nO", tok2vec.get_dim("nO") * len(model.attrs["kinds"]), force=True)
