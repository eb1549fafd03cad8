"""Classifiers over reductions of a document's token vectors: first, last, maximum and mean.

Axes
    N   tokens of the batch, all documents one after the other
    M   documents that have tokens
    B   documents
    I   width of the token vectors
    K   width of the concatenated reductions
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
    """Score labels by the concatenated reductions of a document's token vectors.

    Args:
        tok2vec: Maps documents to one array (length, width) per document; often a listener.
        exclusive_classes: Whether a document has exactly one label.
        use_reduce_first: Use the vector of the first token.
        use_reduce_last: Use the vector of the last token.
        use_reduce_max: Use the maximum of each column.
        use_reduce_mean: Use the mean of all vectors.
        nO: Number of labels; None takes it from the data.

    Shapes:
        documents -> Y_BL

    Raises:
        ModelError: No reduction is used.

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
            "TextCatReduce: expected at least one reduction, got false for all four; set use_reduce_mean = true"
        )
    return Classifier("textcat_reduce", Reductions(tok2vec, kinds), exclusive=exclusive_classes, nO=nO)


def TextCatCNN(
    tok2vec: Model[list[Doc], list[Any]], exclusive_classes: bool, nO: Labels | None = None
) -> DocsToScores:
    """Score labels by the mean of a document's token vectors.

    Args:
        tok2vec: Maps documents to one array (length, width) per document; often a listener.
        exclusive_classes: Whether a document has exactly one label.
        nO: Number of labels; None takes it from the data.

    Shapes:
        documents -> Y_BL
    """
    return Classifier("textcat_cnn", Reductions(tok2vec, ["mean"]), exclusive=exclusive_classes, nO=nO)


def Reductions(tok2vec: Model[list[Doc], list[Any]], kinds: Sequence[str]) -> DocsToScores:
    """Concatenate reductions of each document's token vectors; zeros for a document without tokens.

    Args:
        tok2vec: Maps documents to one array (length, width) per document.
        kinds: "first", "last", "max" or "mean", in order.

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
    lengths_M = ops.asarray(lengths[lengths > 0])
    rows = ops.asarray(np.flatnonzero(lengths))
    pools = [reduction(ops, kind, X_NI, lengths_M) for kind in model.attrs["kinds"]] if len(X_NI) else []
    Y_BK = ops.alloc2f(len(docs), model.get_dim("nO"))
    for index, (Y_MI, _) in enumerate(pools):
        Y_BK[rows, index * width : (index + 1) * width] = Y_MI

    def backprop(dY_BK: Any) -> Any:
        dX_NI = ops.alloc2f(*X_NI.shape)
        for index, (_, backprop_pool) in enumerate(pools):
            dX_NI += backprop_pool(ops.as_contig(dY_BK[rows, index * width : (index + 1) * width]))
        return backprop_tok2vec(Cut(dX_NI, lengths.tolist()))

    return Y_BK, backprop


def reduction(ops: Ops, kind: str, X_NI: Any, lengths_M: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Reduce the vectors of each document, none of which may be empty.

    Args:
        ops: The model's ops.
        kind: "first", "last", "max" or "mean".
        X_NI: The token vectors.
        lengths_M: Number of tokens of each document, int32.

    Returns:
        One vector per document, (M, I), and the backward pass.
    """
    if kind == "mean":
        return ops.reduce_mean(X_NI, lengths_M), lambda dY_MI: ops.backprop_reduce_mean(dY_MI, lengths_M)
    if kind == "max":
        Y_MI, which_MI = ops.reduce_max(X_NI, lengths_M)
        return Y_MI, lambda dY_MI: ops.backprop_reduce_max(dY_MI, which_MI, lengths_M)
    ends_M = ops.xp.cumsum(lengths_M)
    tokens_M = ends_M - (lengths_M if kind == "first" else 1)

    def backprop(dY_MI: Any) -> Any:
        dX_NI = ops.alloc2f(*X_NI.shape)
        dX_NI[tokens_M] = dY_MI
        return dX_NI

    return X_NI[tokens_M], backprop


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    tok2vec = model.layers[0]
    tok2vec.initialize(X=X)
    model.set_dim("nO", tok2vec.get_dim("nO") * len(model.attrs["kinds"]), force=True)
