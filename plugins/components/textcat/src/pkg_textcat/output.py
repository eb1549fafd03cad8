"""Output layers of classifiers, which turn the scores of labels into probabilities.

Axes
    B   documents
    K   width of a document's pooled vector
    L   labels
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from thinc.api import Linear, Model, glorot_uniform_init, zero_init

from kernel.errors import ModelError
from kernel.tokens import Doc
from pkg_tok2vec.dropout import dropout_mask

#: The bias of a label added later: its probability is about e⁻¹⁰ at first, so that it hardly affects the others.
LATE_BIAS = -10.0

DocsToScores: TypeAlias = Model[list[Doc], Any]


def Activation(exclusive: bool) -> Model[Any, Any]:
    """Turn scores into probabilities, by softmax if labels are exclusive, else by sigmoid.

    As the last layer of a model, its backward pass takes the gradient of the scores, which for cross-entropy is
    probability - target; inside a model (`attrs["is_last"]` is False) it takes that of the probabilities.

    Shapes:
        X_BL -> Y_BL
    """
    return Model(
        "activation",
        forward_activation,
        attrs={"exclusive": exclusive, "is_last": True, "fixed_attrs": ("exclusive", "is_last")},
    )


def forward_activation(model: Model[Any, Any], X_BL: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    ops, exclusive = model.ops, model.attrs["exclusive"]
    if not X_BL.size:
        return X_BL, lambda dY_BL: dY_BL
    Y_BL = ops.softmax(X_BL) if exclusive else ops.sigmoid(X_BL)

    def backprop(dY_BL: Any) -> Any:
        if model.attrs["is_last"]:
            return dY_BL
        return ops.backprop_softmax(Y_BL, dY_BL) if exclusive else dY_BL * Y_BL * (1.0 - Y_BL)

    return Y_BL, backprop


def Classifier(
    name: str,
    pool: DocsToScores,
    *,
    exclusive: bool,
    nO: int | None,
    dropout: float = 0.0,
) -> DocsToScores:
    """Score labels by a linear layer over one vector per document.

    Args:
        name: Name of the model.
        pool: Maps documents to one vector each.
        exclusive: Whether a document has exactly one label.
        nO: Number of labels; None takes it from the data.
        dropout: Share of the scores to drop in training, until an update sets another rate.

    Shapes:
        documents -> Y_BL
    """
    # Zeros make every label equally likely before the first update.
    linear: Model[Any, Any] = Linear(nO=nO, init_W=zero_init if exclusive else glorot_uniform_init)
    return Model(
        name,
        forward,
        init=init,
        layers=[pool, linear, Activation(exclusive)],
        dims={"nO": nO},
        refs={"output_layer": linear},
        attrs={
            "multi_label": not exclusive,
            "resize_output": resize_output,
            "param_shapes": param_shapes,
            "dropout_rate": dropout,
            "drops_scores": bool(dropout),
        },
    )


def forward(model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    pool, linear, activation = model.layers
    X_BK, backprop_pool = pool(docs, is_train)
    Y_BL, backprop_linear = linear(X_BK, is_train)
    mask_BL = dropout_mask(model, Y_BL.shape, is_train and model.attrs["drops_scores"])
    if mask_BL is not None:
        Y_BL = Y_BL * mask_BL
    Y_BL, backprop_activation = activation(Y_BL, is_train)

    def backprop(dY_BL: Any) -> Any:
        dX_BL = backprop_activation(dY_BL)
        return backprop_pool(backprop_linear(dX_BL if mask_BL is None else dX_BL * mask_BL))

    return Y_BL, backprop


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    pool, linear, _ = model.layers
    set_n_labels(model, Y)
    pool.initialize(X=X, Y=Y)
    linear.set_dim("nO", model.get_dim("nO"), force=True)
    linear.set_dim("nI", pool.get_dim("nO"), force=True)
    linear.initialize()


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the linear layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    pool, linear, _ = model.layers
    L, K = model.get_dim("nO"), pool.get_dim("nO")
    return [(linear, "W", (L, K)), (linear, "b", (L,))]


def set_n_labels(model: Model[Any, Any], Y: Any) -> None:
    """Set the number of labels from a sample of the output, unless it is already set.

    Raises:
        ModelError: It is not set, and there is no sample.
    """
    if model.has_dim("nO"):
        return
    if Y is None:
        raise ModelError(
            f"{model.name}: the number of labels is unknown; pass examples or labels to initialize()"
        )
    model.set_dim("nO", Y.shape[1])


def resize_output(model: Model[Any, Any], n_labels: int) -> None:
    """Enlarge the output to `n_labels`, keeping the weights of the existing labels."""
    pool, linear, _ = model.layers
    if "resize_output" in pool.attrs:
        pool.attrs["resize_output"](pool, n_labels)
    width = pool.get_dim("nO") if pool.has_dim("nO") else None
    grow(linear, {"nO": n_labels, "nI": width}, (n_labels, width))
    model.set_dim("nO", n_labels, force=True)


def grow(layer: Model[Any, Any], dims: dict[str, int | None], shape: tuple[int | None, ...]) -> None:
    """Enlarge a layer with weights `W` and biases `b`, keeping the old values; new labels start at LATE_BIAS.

    Args:
        layer: The layer; if it is not initialized, only its dimensions are set.
        dims: Its new dimensions.
        shape: Shape of its new weights.
    """
    kept = {name: layer.get_param(name) for name in ("W", "b") if layer.has_param(name)}
    for name in kept:
        # Thinc allows a dimension to change only while no parameter is set.
        layer.set_param(name, None)
    for dim, size in dims.items():
        layer.set_dim(dim, size, force=True)
    for name, old in kept.items():
        wider = layer.ops.alloc(shape if name == "W" else (layer.get_dim("nO"),))
        wider[tuple(slice(size) for size in old.shape)] = old
        if name == "b":
            wider[len(old) :] = LATE_BIAS
        layer.set_param(name, wider)
        if layer.has_grad(name):
            layer.set_grad(name, layer.ops.alloc(wider.shape))
