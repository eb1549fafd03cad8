"""The tagger's model: one linear layer and a softmax over each token's vector.

Axes
    N   tokens of the batch, all documents one after the other
    I   width of the token vectors
    L   labels
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from thinc.api import Model

from kernel.errors import ModelError
from kernel.limits import Labels
from kernel.pipeline.optim.finite import first_bad, no_scores, squares
from kernel.tokens import Doc
from pkg_tok2vec.numerics import Cut, flatten

#: Number of tokens to label at a time.
STRETCH = 512


def Tagger(
    tok2vec: Model[list[Doc], list[Any]], nO: Labels | None = None, normalize: bool = False
) -> Model[list[Doc], list[Any]]:
    """Score labels for each token.

    Args:
        tok2vec: Maps documents to one array (length, width) per document; often a listener.
        nO: Number of labels; None takes it from the data.
        normalize: Also turn scores into probabilities in prediction, which finding the best label does not need;
            training always does.

    Shapes:
        documents -> one array (length, L) per document
    """
    output = Model(
        "softmax",
        forward_softmax,
        init=init_softmax,
        dims={"nO": nO, "nI": None},
        params={"W": None, "b": None},
        attrs={"normalize": normalize},
    )
    return Model(
        "tagger",
        forward,
        init=init,
        layers=[tok2vec, output],
        dims={"nO": nO},
        refs={"tok2vec": tok2vec, "output": output},
        attrs={
            "resize_output": resize_output,
            "predict_labels": predict_labels,
            "param_shapes": param_shapes,
        },
    )


def forward(
    model: Model[Any, Any], docs: list[Doc], is_train: bool
) -> tuple[list[Any], Callable[[Any], Any]]:
    tok2vec, output = model.layers
    Xs, backprop_tok2vec = tok2vec(docs, is_train)
    lengths = [len(X) for X in Xs]
    X_NI = flatten(model.ops, Xs, output.get_dim("nI"))
    Y_NL, backprop_output = output(X_NI, is_train)

    def backprop(dYs: list[Any]) -> Any:
        dX_NI = backprop_output(flatten(model.ops, dYs, output.get_dim("nO")))
        return backprop_tok2vec(Cut(dX_NI, lengths))

    return Cut(Y_NL, lengths), backprop


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    tok2vec, output = model.layers
    if X is not None:
        tok2vec.initialize(X=X)
    if not model.has_dim("nO"):
        if Y is None:
            raise ModelError(
                "tagger: the number of labels is unknown; pass examples or labels to initialize()"
            )
        model.set_dim("nO", Y[0].shape[1])
    output.set_dim("nO", model.get_dim("nO"), force=True)
    output.set_dim("nI", tok2vec.get_dim("nO"))
    output.initialize()


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layers' parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    tok2vec, output = model.layers
    L, I = model.get_dim("nO"), tok2vec.get_dim("nO")
    return [(output, "W", (L, I)), (output, "b", (L,))]


def forward_softmax(model: Model[Any, Any], X_NI: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    ops, W_LI = model.ops, model.get_param("W")
    Y_NL = ops.affine(X_NI, W_LI, model.get_param("b"))
    if (is_train or model.attrs["normalize"]) and Y_NL.size:
        Y_NL = ops.softmax(Y_NL, inplace=True)

    def backprop(dY_NL: Any) -> Any:
        # The incoming gradient is that of cross-entropy by the scores before the softmax: probability - target.
        model.inc_grad("b", dY_NL.sum(axis=0))
        model.inc_grad("W", ops.gemm(dY_NL, X_NI, trans1=True))
        return ops.gemm(dY_NL, W_LI)

    return Y_NL, backprop


def predict_labels(model: Model[Any, Any], docs: list[Doc], name: str = "tagger") -> Any:
    """Predict the best label of each token, in stretches whose scores stay in the processor's cache.

    Args:
        model: The model of `Tagger`.
        docs: The documents.
        name: Name of the component, for messages.

    Returns:
        The index of each token's label, for all documents, int64 (N).

    Raises:
        NotFinite: A score is nan or inf.
    """
    tok2vec, output = model.layers
    xp, (L, I) = model.ops.xp, output.get_param("W").shape
    Xs = tok2vec.predict(docs)
    X_NI = flatten(model.ops, Xs, I)
    W_IL, b_L = model.ops.as_contig(output.get_param("W").T), output.get_param("b")
    best_N = xp.empty(len(X_NI), dtype="int64")
    scores_SL = xp.empty((min(STRETCH, len(X_NI)), L), dtype="float32")
    total: Any = 0.0
    with np.errstate(all="ignore"):
        for start in range(0, len(X_NI), STRETCH):
            X_SI = X_NI[start : start + STRETCH]
            Y_SL = xp.dot(X_SI, W_IL, out=scores_SL[: len(X_SI)])
            Y_SL += b_L
            total = total + squares(model.ops, Y_SL)
            best_N[start : start + STRETCH] = Y_SL.argmax(axis=1)
    if not float(total) < float("inf"):
        raise no_scores(name, docs, first_bad(model.ops, Xs))
    return best_N


def init_softmax(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    # Zeros make every label equally likely before the first update.
    model.set_param("W", model.ops.alloc2f(model.get_dim("nO"), model.get_dim("nI")))
    model.set_param("b", model.ops.alloc1f(model.get_dim("nO")))


def resize_output(model: Model[Any, Any], n_labels: int) -> None:
    """Enlarge the output to `n_labels`, keeping the weights of the existing labels."""
    output = model.get_ref("output")
    kept = {name: output.get_param(name) for name in ("W", "b") if output.has_param(name)}
    for name in kept:
        # Thinc allows a dimension to change only while no parameter is set.
        output.set_param(name, None)
    for layer in (model, output):
        layer.set_dim("nO", n_labels, force=True)
    for name, old in kept.items():
        wider = model.ops.alloc((n_labels, *old.shape[1:]))
        wider[: len(old)] = old
        output.set_param(name, wider)
        if output.has_grad(name):
            output.set_grad(name, model.ops.alloc(wider.shape))
