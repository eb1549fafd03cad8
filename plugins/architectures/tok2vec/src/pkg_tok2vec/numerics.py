"""Array functions shared by several layers: maxout, layer norm, and rows of several documents.

Axes
    N   rows: tokens of the batch, one after the other (or distinct words)
    I   width of the input
    O   width of the output
    P   maxout pieces
    B   documents

The weights of a maxout are stored in planes, `W_POI`: one block of columns per piece, so that the maximum over pieces
is an elementwise maximum of P contiguous blocks. Thinc stores `(O, P, I)`, where the maximum runs over an innermost
axis of length 3, which vectorises badly; the two are converted by a transposition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from thinc.api import Ops

#: Added to the variance; Thinc's layer norm adds the same.
EPSILON = 1e-8


def maxout(ops: Ops, X_NI: Any, W_POI: Any, b_PO: Any) -> tuple[Any, Any]:
    """Multiply by the weights of each piece and take the maximum.

    Returns:
        The maxima (N, O), and the values of all pieces (N, P·O) for the backward pass.

    Source:
        Goodfellow et al. 2013, Maxout Networks, section 3.
    """
    P, O, I = W_POI.shape
    Y_NPO = ops.gemm(X_NI, W_POI.reshape(P * O, I), trans2=True)
    Y_NPO += b_PO.reshape(P * O)
    best_NO = Y_NPO[:, :O]
    if P == 1:
        return best_NO, Y_NPO
    best_NO = ops.xp.maximum(best_NO, Y_NPO[:, O : 2 * O])
    for piece in range(2, P):
        ops.xp.maximum(best_NO, Y_NPO[:, piece * O : (piece + 1) * O], out=best_NO)
    return best_NO, Y_NPO


def backprop_maxout(ops: Ops, d_best_NO: Any, best_NO: Any, Y_NPO: Any) -> Any:
    """Pass each gradient to the first piece that has the maximum; overwrite and return `Y_NPO`."""
    O = best_NO.shape[1]
    P = Y_NPO.shape[1] // O
    taken_NO = ops.xp.zeros(best_NO.shape, dtype=bool)
    for piece in range(P):
        plane_NO = Y_NPO[:, piece * O : (piece + 1) * O]
        won_NO = plane_NO == best_NO
        won_NO &= ~taken_NO
        taken_NO |= won_NO
        ops.xp.multiply(d_best_NO, won_NO, out=plane_NO)
    return Y_NPO


def layer_norm(ops: Ops, X_NO: Any, G_O: Any, b_O: Any) -> tuple[Any, Any, Any]:
    """Normalise each row to mean 0 and variance 1, then scale and shift it.

    Returns:
        The output (N, O), the normalised rows (N, O), and the reciprocal of each row's standard deviation (N, 1).

    Source:
        Ba et al. 2016, Layer Normalization, equation 4.
    """
    hat_NO = X_NO - _row_means(ops, X_NO)
    scale_N1 = _normalise(ops, hat_NO)
    Y_NO = hat_NO * G_O
    Y_NO += b_O
    return Y_NO, hat_NO, scale_N1


def layer_norm_in_place(ops: Ops, X_NO: Any, G_O: Any, b_O: Any) -> Any:
    """Apply `layer_norm` in place and return the output: for prediction, which needs no intermediate results."""
    X_NO -= _row_means(ops, X_NO)
    _normalise(ops, X_NO)
    X_NO *= G_O
    X_NO += b_O
    return X_NO


def _row_means(ops: Ops, X_NO: Any) -> Any:
    # A matrix product sums rows three times as fast as a reduction over the short axis.
    width = X_NO.shape[1]
    return (X_NO @ ops.xp.full(width, 1.0 / width, dtype="float32"))[:, None]


def _normalise(ops: Ops, centred_NO: Any) -> Any:
    """Divide centred rows by their standard deviation, in place; return its reciprocal, (N, 1)."""
    variance_N = ops.xp.einsum("no,no->n", centred_NO, centred_NO) / centred_NO.shape[1] + EPSILON
    scale_N1 = (1.0 / ops.xp.sqrt(variance_N)).astype("float32")[:, None]
    centred_NO *= scale_N1
    return scale_N1


def backprop_layer_norm(ops: Ops, dY_NO: Any, hat_NO: Any, scale_N1: Any, G_O: Any) -> tuple[Any, Any, Any]:
    """Return the gradients of a layer norm's input, (N, O), scale, (O), and shift, (O)."""
    xp = ops.xp
    dG_O = xp.einsum("no,no->o", dY_NO, hat_NO)
    db_O = dY_NO.sum(axis=0)
    d_hat_NO = dY_NO * G_O
    along_N = xp.einsum("no,no->n", d_hat_NO, hat_NO) / hat_NO.shape[1]
    d_hat_NO -= _row_means(ops, d_hat_NO)
    d_hat_NO -= hat_NO * along_N[:, None]
    d_hat_NO *= scale_N1
    return d_hat_NO, dG_O, db_O


class Memory(Protocol):
    """Cached word vectors and values derived from them; see `word_cache.CachedWords`."""

    vectors_KO: Any
    n_words: int
    derived: dict[int, Any]


@dataclass(frozen=True)
class Repeated:
    """The source of rows that are copies of cached vectors.

    Attributes:
        memory: The cached vectors.
        slot_N: Slot of each row's vector in the cache, int32.
    """

    memory: Memory
    slot_N: Any


class Cut(list[Any]):
    """A list with a view of the rows of each document, which also keeps the underlying array.

    Args:
        whole: The rows of all documents, (N, O).
        lengths: Number of rows of each document.
        repeated: The source of the rows, if they are copies of cached vectors.
    """

    def __init__(self, whole: Any, lengths: Sequence[int], repeated: Repeated | None = None) -> None:
        self.whole, self.repeated = whole, repeated
        start = 0
        for length in lengths:
            self.append(whole[start : start + length])
            start += length


def flatten(ops: Ops, Xs: Sequence[Any], width: int) -> Any:
    """Concatenate the rows of all documents, (N, width); do not modify the result, which may be the original array."""
    if isinstance(Xs, Cut):
        return Xs.whole
    if not Xs:
        return ops.alloc2f(0, width)
    return Xs[0] if len(Xs) == 1 else ops.xp.concatenate(Xs)


def padded_positions(ops: Ops, lengths: Sequence[int], pad: int) -> tuple[Any, int]:
    """Return the position of each row with `pad` empty rows before, between and after the documents.

    Empty documents take no rows.

    Returns:
        The position of each row, int64 (N), and the number of rows with padding.
    """
    xp = ops.xp
    nonempty = [length for length in lengths if length]
    if not nonempty:
        return xp.zeros(0, dtype="int64"), 0
    lengths_B = xp.asarray(nonempty, dtype="int64")
    shift_N = xp.repeat(pad * xp.arange(1, len(nonempty) + 1, dtype="int64"), lengths_B)
    n_rows = sum(nonempty)
    return xp.arange(n_rows, dtype="int64") + shift_N, n_rows + pad * (len(nonempty) + 1)
