"""The biaffine parser's model: layers for sentence starts, arcs and labels over shared word vectors.

Axes
    N   tokens of the batch
    K   words
    I   width of the word vectors
    L   labels
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model

from kernel.errors import ModelError
from kernel.limits import Labels, Width, check_weights
from kernel.tokens import Doc
from pkg_biaffine.arcs import ArcScores
from pkg_biaffine.component import BiaffineComponent
from pkg_biaffine.context import ArcContext
from pkg_biaffine.labels import LabelScores, resize
from pkg_biaffine.starts import StartScores
from pkg_tok2vec.numerics import Cut, flatten


def BiaffineParser(
    tok2vec: Model[list[Doc], list[Any]],
    arc_width: Width = 128,
    label_width: Width = 64,
    nO: Labels | None = None,
) -> Model[list[Doc], Any]:
    """Score every arc between two words of a sentence, and its labels, by biaffine attention.

    A `parser` component with this model finds the best tree over all arcs; arcs may cross.

    Args:
        tok2vec: Maps documents to one array (length, width) per document; often a listener.
        arc_width: Width of the head and dependent representations that score arcs.
        label_width: The same for labels.
        nO: Number of labels; None takes it from the component.

    Shapes:
        documents -> token vectors X_NI, which the layers `starts`, `arcs` and `labels` take

    Source:
        Dozat & Manning 2017, Deep Biaffine Attention for Neural Dependency Parsing.
    """
    check_weights(label_width * label_width * (nO or 1), label_width=label_width, nO=nO)
    starts, arcs, labels = StartScores(label_width), ArcScores(arc_width), LabelScores(label_width, nO)
    context = ArcContext(arc_width)
    return Model(
        "biaffine_parser",
        forward,
        init=init,
        layers=[tok2vec, starts, context, arcs, labels],
        dims={"nO": nO},
        refs={"tok2vec": tok2vec, "starts": starts, "context": context, "arcs": arcs, "labels": labels},
        attrs={"resize_output": resize_output, "parser_component": BiaffineComponent},
    )


def forward(model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    Xs, backprop_tok2vec = model.layers[0](docs, is_train)
    lengths = [len(X) for X in Xs]
    X_NI = flatten(model.ops, Xs, model.layers[0].get_dim("nO"))
    return X_NI, lambda dX_NI: backprop_tok2vec(Cut(dX_NI, lengths))


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    tok2vec, starts, context, arcs, labels = model.layers
    if X is not None:
        tok2vec.initialize(X=X)
    if not model.has_dim("nO"):
        raise ModelError(
            "biaffine_parser: the number of labels is unknown; initialize the component with examples"
        )
    labels.set_dim("nO", model.get_dim("nO"), force=True)
    for layer in (starts, context, arcs, labels):
        layer.set_dim("nI", tok2vec.get_dim("nO"))
        layer.initialize()


def resize_output(model: Model[Any, Any], n_labels: int) -> None:
    """Enlarge the output to `n_labels`, keeping the weights of the existing labels."""
    model.set_dim("nO", n_labels, force=True)
    resize(model.get_ref("labels"), n_labels)
