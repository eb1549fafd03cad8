"""The basic layer of this package: maxout followed by layer norm.

Axes as in `numerics`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model

from pkg_tok2vec import numerics


def MaxoutNorm(
    nO: int | None = None, nI: int | None = None, nP: int = 3, *, limit: float | None = None
) -> Model[Any, Any]:
    """Project rows by maxout and normalise them.

    Dropout is left to the enclosing layer, which knows whether the rows are tokens or distinct words.

    Args:
        nO: Width of the output; may be set later.
        nI: Width of the input; may be set later.
        nP: Maxout pieces.
        limit: Draw the initial weights from -limit to limit; None uses the scale of Thinc's maxout.

    Shapes:
        X_NI -> Y_NO, with W_POI, b_PO, G_O and beta_O.
    """
    return Model(
        "maxout_norm",
        forward,
        init=init,
        dims={"nO": nO, "nI": nI, "nP": nP},
        params={"W": None, "b": None, "G": None, "beta": None},
        attrs={"limit": limit, "param_shapes": param_shapes},
    )


def forward(model: Model[Any, Any], X_NI: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    ops = model.ops
    W_POI, b_PO = model.get_param("W"), model.get_param("b")
    best_NO, pieces_NPO = numerics.maxout(ops, X_NI, W_POI, b_PO)
    if not is_train:
        return numerics.layer_norm_in_place(
            ops, best_NO, model.get_param("G"), model.get_param("beta")
        ), no_backprop
    Y_NO, hat_NO, scale_N1 = numerics.layer_norm(ops, best_NO, model.get_param("G"), model.get_param("beta"))

    def backprop(dY_NO: Any) -> Any:
        P, O, I = W_POI.shape
        d_best_NO, dG_O, dbeta_O = numerics.backprop_layer_norm(
            ops, dY_NO, hat_NO, scale_N1, model.get_param("G")
        )
        d_pieces_NPO = numerics.backprop_maxout(ops, d_best_NO, best_NO, pieces_NPO)
        model.inc_grad("G", dG_O)
        model.inc_grad("beta", dbeta_O)
        model.inc_grad("b", d_pieces_NPO.sum(axis=0).reshape(P, O))
        model.inc_grad("W", ops.gemm(d_pieces_NPO, X_NI, trans1=True).reshape(P, O, I))
        return ops.gemm(d_pieces_NPO, W_POI.reshape(P * O, I))

    return Y_NO, backprop


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    P, O, I = (model.get_dim(name) for name in ("nP", "nO", "nI"))
    shapes = {"W": (P, O, I), "b": (P, O), "G": (O,), "beta": (O,)}
    return [(model, name, shape) for name, shape in shapes.items()]


def no_backprop(dY_NO: Any) -> Any:
    """Raise RuntimeError: the backward pass of a layer that was run for prediction."""
    raise RuntimeError("a prediction has no backward pass; call the layer with is_train=True")


def init(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    O, I, P = model.get_dim("nO"), model.get_dim("nI"), model.get_dim("nP")
    # Thinc scales by the first two axes of its weights, which are (O, P).
    limit = model.attrs["limit"] or (6.0 / (O + P)) ** 0.5
    W_POI = model.ops.xp.random.uniform(-limit, limit, (P, O, I))
    model.set_param("W", model.ops.asarray(W_POI, dtype="float32"))
    model.set_param("b", model.ops.alloc2f(P, O))
    model.set_param("G", model.ops.alloc1f(O) + 1)
    model.set_param("beta", model.ops.alloc1f(O))
