"""Encoders that turn word vectors into vectors in context, by windows of neighbours.

Each block sees `window_size` neighbours on either side and adds its output to its input; with `depth` blocks a token
sees depth · window_size neighbours on either side. Each document is padded with as many empty rows, so that documents
do not see each other.

Axes as in `numerics`, and
    C   width of a window: (2 · window_size + 1) · I
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from thinc.api import Model, glorot_uniform_init

from kernel.limits import Depth, Pieces, Width, Window, check_weights
from pkg_tok2vec import numerics, prediction
from pkg_tok2vec.dropout import dropout_mask
from pkg_tok2vec.maxout import MaxoutNorm, no_backprop


def MaxoutWindowEncoder(
    width: Width, window_size: Window, maxout_pieces: Pieces, depth: Depth
) -> Model[list[Any], list[Any]]:
    """Encode context by blocks of windowed maxout with layer norm and a residual connection.

    Args:
        width: Width of the input and output vectors. 96, or 128 to 300 for accuracy.
        window_size: Neighbours on each side that one block sees; 1 is usual.
        maxout_pieces: Pieces of each maxout; 2 or 3 are usual.
        depth: Number of blocks, 4 to 8; a token sees depth · window_size neighbours on each side.

    Shapes:
        one array (length, width) per document -> the same

    Source:
        The "standard" encoder of spaCy 3, `spacy.MaxoutWindowEncoder.v2`: same arithmetic, weights in planes.
    """
    C = width * (2 * window_size + 1)
    sizes = {"width": width, "window_size": window_size, "maxout_pieces": maxout_pieces, "depth": depth}
    check_weights(depth * maxout_pieces * width * C, **sizes)
    # LeCun et al. 1998, Efficient BackProp, section 4.6: the scale falls with the root of the fan-in. Thinc's does not:
    # it is four times as large for a width of 96, and learns more slowly.
    inner = [MaxoutNorm(width, C, maxout_pieces, limit=C**-0.5) for _ in range(depth)]
    return _window_encoder("maxout_window_encoder", width, window_size, inner, prediction.encode)


def MishWindowEncoder(width: Width, window_size: Window, depth: Depth) -> Model[list[Any], list[Any]]:
    """Encode context by blocks of windowed Mish with layer norm and a residual connection.

    Args:
        width: Width of the input and output vectors.
        window_size: Neighbours on each side that one block sees.
        depth: Number of blocks.

    Shapes:
        one array (length, width) per document -> the same

    Source:
        Misra 2019, Mish; wired like `spacy.MishWindowEncoder.v2`.
    """
    check_weights(
        depth * width * width * (2 * window_size + 1), width=width, window_size=window_size, depth=depth
    )
    inner = [MishNorm(width, width * (2 * window_size + 1)) for _ in range(depth)]
    return _window_encoder("mish_window_encoder", width, window_size, inner)


def _window_encoder(
    name: str,
    width: int,
    window_size: int,
    inner: Sequence[Model[Any, Any]],
    predict: Callable[..., Any] | None = None,
) -> Model[list[Any], list[Any]]:
    blocks = [_window_block(layer, width, window_size) for layer in inner]
    return Model(
        name,
        forward,
        init=init,
        layers=blocks,
        dims={"nI": width, "nO": width},
        attrs={
            "receptive_field": window_size * len(blocks),
            "predict": predict,
            "fixed_attrs": ("receptive_field",),
        },
    )


def forward(model: Model[Any, Any], Xs: list[Any], is_train: bool) -> tuple[list[Any], Callable[[Any], Any]]:
    if not is_train and model.attrs["predict"] is not None:
        return model.attrs["predict"](model, Xs), no_backprop
    lengths = [len(X) for X in Xs]
    X_NI = numerics.flatten(model.ops, Xs, model.get_dim("nI"))
    Y_NI, backprop_rows = _encode(model, X_NI, lengths, is_train)

    def backprop(dYs: list[Any]) -> list[Any]:
        return numerics.Cut(backprop_rows(numerics.flatten(model.ops, dYs, model.get_dim("nO"))), lengths)

    return numerics.Cut(Y_NI, lengths), backprop


def _encode(
    model: Model[Any, Any], X_NI: Any, lengths: Sequence[int], is_train: bool
) -> tuple[Any, Callable[[Any], Any]]:
    """Add padding between documents, run the blocks, and remove the padding."""
    positions_N, n_padded = numerics.padded_positions(model.ops, lengths, model.attrs["receptive_field"])
    Z_MI = model.ops.alloc2f(n_padded, X_NI.shape[1])
    Z_MI[positions_N] = X_NI
    callbacks = []
    for block in model.layers:
        Z_MI, callback = block(Z_MI, is_train)
        callbacks.append(callback)

    def backprop(dY_NI: Any) -> Any:
        dZ_MI = model.ops.alloc2f(n_padded, dY_NI.shape[1])
        dZ_MI[positions_N] = dY_NI
        for callback in reversed(callbacks):
            dZ_MI = callback(dZ_MI)
        return dZ_MI[positions_N]

    return Z_MI[positions_N], backprop


def init(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    """Scale the output of each block down, so that all blocks together add as much as a single one would.

    The outputs of the blocks are independent at the start, so their variances add up: dividing the variance by the
    depth divides the scale by its root.

    Source:
        Glorot & Bengio 2010, section 4.2.1, preserve the variance from layer to layer; this preserves it over a sum.
    """
    for block in model.layers:
        block.initialize()
        inner = block.layers[0]
        inner.set_param("G", inner.get_param("G") * len(model.layers) ** -0.5)


def init_block(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    model.layers[0].initialize()


def _window_block(inner: Model[Any, Any], width: int, window_size: int) -> Model[Any, Any]:
    return Model(
        "window_block",
        forward_block,
        init=init_block,
        layers=[inner],
        dims={"nI": width, "nO": width},
        attrs={"window_size": window_size, "dropout_rate": 0.0, "fixed_attrs": ("window_size",)},
    )


def forward_block(model: Model[Any, Any], X_NI: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    ops, window_size = model.ops, model.attrs["window_size"]
    windows_NC = ops.seq2col(X_NI, window_size) if window_size else X_NI
    Y_NI, backprop_inner = model.layers[0](windows_NC, is_train)
    mask_NI = dropout_mask(model, Y_NI.shape, is_train)
    if mask_NI is not None:
        Y_NI *= mask_NI
    Y_NI += X_NI

    def backprop(dY_NI: Any) -> Any:
        d_windows_NC = backprop_inner(dY_NI if mask_NI is None else dY_NI * mask_NI)
        dX_NI = ops.backprop_seq2col(d_windows_NC, window_size) if window_size else d_windows_NC
        return dX_NI + dY_NI

    return Y_NI, backprop


def MishNorm(nO: int, nI: int) -> Model[Any, Any]:
    """Project rows, apply Mish, and normalise the result.

    Args:
        nO: Width of the output.
        nI: Width of the input.

    Shapes:
        X_NI -> Y_NO, with W_OI, b_O, G_O and beta_O.
    """
    return Model(
        "mish_norm",
        forward_mish,
        init=init_mish,
        dims={"nO": nO, "nI": nI},
        params={"W": None, "b": None, "G": None, "beta": None},
        attrs={"param_shapes": shapes_of_mish},
    )


def forward_mish(model: Model[Any, Any], X_NI: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    ops = model.ops
    W_OI = model.get_param("W")
    Z_NO = ops.affine(X_NI, W_OI, model.get_param("b"))
    Y_NO, hat_NO, scale_N1 = numerics.layer_norm(
        ops, ops.mish(Z_NO), model.get_param("G"), model.get_param("beta")
    )

    def backprop(dY_NO: Any) -> Any:
        d_mish_NO, dG_O, dbeta_O = numerics.backprop_layer_norm(
            ops, dY_NO, hat_NO, scale_N1, model.get_param("G")
        )
        dZ_NO = ops.backprop_mish(d_mish_NO, Z_NO)
        model.inc_grad("G", dG_O)
        model.inc_grad("beta", dbeta_O)
        model.inc_grad("b", dZ_NO.sum(axis=0))
        model.inc_grad("W", ops.gemm(dZ_NO, X_NI, trans1=True))
        return ops.gemm(dZ_NO, W_OI)

    return Y_NO, backprop


def shapes_of_mish(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    O, I = model.get_dim("nO"), model.get_dim("nI")
    return [(model, "W", (O, I)), *((model, name, (O,)) for name in ("b", "G", "beta"))]


def init_mish(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    O, I = model.get_dim("nO"), model.get_dim("nI")
    model.set_param("W", glorot_uniform_init(model.ops, (O, I)))
    model.set_param("b", model.ops.alloc1f(O))
    model.set_param("G", model.ops.alloc1f(O) + 1)
    model.set_param("beta", model.ops.alloc1f(O))
