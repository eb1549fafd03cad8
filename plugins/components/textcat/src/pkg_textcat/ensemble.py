"""A classifier that combines a bag of words with token vectors in context.

Axes
    B   documents
    I   width of the token vectors
    L   labels
    K   I + L
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model

from kernel.limits import Labels
from kernel.tokens import Doc
from pkg_textcat.attention import Attended
from pkg_textcat.output import Classifier, DocsToScores
from pkg_tok2vec.maxout import MaxoutNorm


def TextCatEnsemble(
    tok2vec: Model[list[Doc], list[Any]],
    linear_model: Model[list[Doc], Any],
    nO: Labels | None = None,
) -> DocsToScores:
    """Score labels by a linear layer over the output of a bag of words and a weighted mean of the token vectors.

    Args:
        tok2vec: Maps documents to one array (length, width) per document; often a listener.
        linear_model: The bag of words, which also determines whether labels are exclusive.
        nO: Number of labels; None takes it from the data.

    Shapes:
        documents -> Y_BL

    Source:
        The layers of `spacy.TextCatEnsemble.v2`.
    """
    for layer in linear_model.layers:
        if "is_last" in layer.attrs:
            layer.attrs["is_last"] = False
    pool = SideBySide(Attended(tok2vec, [MaxoutNorm()]), linear_model)
    exclusive = not linear_model.attrs["multi_label"]
    return Classifier("textcat_ensemble", pool, exclusive=exclusive, nO=nO)


def SideBySide(attended: DocsToScores, linear_model: DocsToScores) -> DocsToScores:
    """Concatenate the outputs of two models of documents.

    Shapes:
        documents -> X_BK
    """
    return Model(
        "side_by_side",
        forward,
        init=init,
        layers=[attended, linear_model],
        dims={"nO": None},
        attrs={"resize_output": resize_output},
    )


def forward(model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    attended, linear_model = model.layers
    X_BI, backprop_attended = attended(docs, is_train)
    X_BL, backprop_linear = linear_model(docs, is_train)
    width = X_BI.shape[1]

    def backprop(dX_BK: Any) -> Any:
        backprop_linear(model.ops.as_contig(dX_BK[:, width:]))
        return backprop_attended(model.ops.as_contig(dX_BK[:, :width]))

    return model.ops.xp.concatenate([X_BI, X_BL], axis=1), backprop


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    for layer in model.layers:
        layer.initialize(X=X, Y=Y)
    _set_width(model)


def resize_output(model: Model[Any, Any], n_labels: int) -> None:
    """Enlarge the output of the linear model, which is the last columns, to `n_labels`."""
    linear_model = model.layers[1]
    linear_model.attrs["resize_output"](linear_model, n_labels)
    if model.has_dim("nO"):
        _set_width(model)


def _set_width(model: Model[Any, Any]) -> None:
    model.set_dim("nO", sum(layer.get_dim("nO") for layer in model.layers), force=True)
