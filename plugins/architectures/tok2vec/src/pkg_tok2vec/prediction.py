"""Prediction of a windowed maxout encoder: the arithmetic of `encode` with bounded memory.

The rows go through all blocks one stretch at a time, so that all values stay in the processor's cache and memory does
not grow with the length of a document. A stretch includes as many neighbouring rows on each side as a token can see;
the results of these are incomplete and discarded.

Axes as in `numerics`, and
    M   rows with padding; in a stretch, including its neighbours
    K   cached words
    S   slots of a window: 2 · window_size + 1
    Q   P · O
    C   width of a window: (2 · window_size + 1) · I
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from thinc.api import Model, Ops

from pkg_tok2vec import numerics
from pkg_tok2vec.windows import PairedWindows, Windows, products_of_windows

#: Number of rows that go through all blocks at a time.
STRETCH = 1024


@dataclass
class _Block:
    """The weights of one block; `W` in the form that `windows` prepares."""

    W: Any
    G_O: Any
    beta_O: Any


def encode(model: Model[Any, Any], Xs: Sequence[Any]) -> numerics.Cut:
    """Run the blocks of a maxout encoder over documents.

    Args:
        model: The model of `MaxoutWindowEncoder`.
        Xs: One array (length, I) per document.

    Returns:
        One array (length, I) per document.
    """
    lengths = [len(X) for X in Xs]
    X_NI = numerics.flatten(model.ops, Xs, model.get_dim("nI"))
    if not len(X_NI) or not model.layers:
        return numerics.Cut(X_NI, lengths)
    ops, width, reach = model.ops, X_NI.shape[1], model.attrs["receptive_field"]
    positions_N, n_padded = numerics.padded_positions(ops, lengths, reach)
    n_padded += n_padded % 2  # rows are processed in pairs
    n_columns = model.layers[0].layers[0].get_param("b").size
    n_rows = min(n_padded, STRETCH + 2 * (reach + reach % 2))
    windows = products_of_windows(ops, n_rows, width, model.layers[0].attrs["window_size"], n_columns)
    blocks, by_word = _prepared(model, Xs, windows)
    best_MO = ops.xp.empty((n_rows, width), dtype="float32")
    if by_word is not None:
        words_MS = by_word.windows(Xs.repeated.slot_N, positions_N, n_padded)  # type: ignore[attr-defined]
    Z_MI = ops.alloc2f(n_padded, width)
    Z_MI[positions_N] = X_NI
    Y_MO = ops.alloc2f(n_padded, width)
    for start, end, low, high in _stretches(n_padded, reach + reach % 2):
        X_MI = windows.arrange(Z_MI[low:high])
        for index, block in enumerate(blocks):
            if index == 0 and by_word is not None:
                pieces_MQ = by_word.pieces(windows.arrange(words_MS[low:high]))
            else:
                pieces_MQ = windows.multiply(X_MI, block.W)
            _finish(ops, X_MI, pieces_MQ, block, best_MO[: len(X_MI)])
        Y_MO[start:end] = windows.restore(X_MI)[start - low : end - low]
    return numerics.Cut(Y_MO[positions_N], lengths)


def _prepared(
    model: Model[Any, Any], Xs: Sequence[Any], windows: Windows | PairedWindows
) -> tuple[list[_Block], _FirstBlockByWord | None]:
    """Prepare the weights and, if the words are cached, the first block's products of the words.

    The prepared weights are cached with the words: preparing them takes as long as predicting a short text.
    """
    inner = [block.layers[0] for block in model.layers]
    repeated = Xs.repeated if isinstance(Xs, numerics.Cut) else None
    if repeated is None:
        return [_block(layer, windows) for layer in inner], None
    weights = [layer.get_param(name) for layer in inner for name in ("W", "b", "G", "beta")]
    # Training changes arrays in place, including the scale of every block: compare its values.
    scales = model.ops.to_numpy(model.ops.xp.concatenate([layer.get_param("G") for layer in inner]))
    prepared: tuple[list[_Block], _FirstBlockByWord] | None
    prepared, old_weights, old_scales = repeated.memory.derived.get(model.id, (None, [], None))
    is_valid = prepared is not None and np.array_equal(old_scales, scales)
    if not is_valid or any(old is not new for old, new in zip(old_weights, weights, strict=True)):
        by_word = _FirstBlockByWord(inner[0], repeated.memory, model.layers[0].attrs["window_size"])
        prepared = [_block(layer, windows) for layer in inner], by_word
        repeated.memory.derived[model.id] = (prepared, weights, scales)
    assert prepared is not None
    prepared[1].extend()
    return prepared


def _block(layer: Model[Any, Any], windows: Windows | PairedWindows) -> _Block:
    W_CQ, b_Q = _as_matrix(layer)
    return _Block(windows.weights(W_CQ, b_Q), layer.get_param("G"), layer.get_param("beta"))


def _as_matrix(layer: Model[Any, Any]) -> tuple[Any, Any]:
    """Return the weights (C, Q) and the bias (Q) of a maxout layer's pieces."""
    W_POI, b_PO = layer.get_param("W"), layer.get_param("b")
    P, O, I = W_POI.shape
    return W_POI.reshape(P * O, I).T, b_PO.reshape(P * O)


def _finish(ops: Ops, X_MI: Any, pieces_MQ: Any, block: _Block, best_MO: Any) -> None:
    """Take the maximum over pieces, normalise it and add it to the block's input, in place."""
    xp, width = ops.xp, X_MI.shape[1]
    first_MO, *others = (pieces_MQ[:, at : at + width] for at in range(0, pieces_MQ.shape[1], width))
    xp.maximum(first_MO, others[0] if others else first_MO, out=best_MO)
    for other_MO in others[1:]:
        xp.maximum(best_MO, other_MO, out=best_MO)
    X_MI += numerics.layer_norm_in_place(ops, best_MO, block.G_O, block.beta_O)


def _stretches(n_rows: int, reach: int) -> Iterator[tuple[int, int, int, int]]:
    """Cut rows into stretches: yield start and end, and start and end with neighbours; all are even."""
    for start in range(0, n_rows, STRETCH):
        end = min(n_rows, start + STRETCH)
        yield start, end, max(0, start - reach), min(n_rows, end + reach)


class _FirstBlockByWord:
    """The first block's products, one per cached word and slot of the window.

    The product of a window is the sum of its words' products with the weights of their slots: for cached words, these
    are gathered and added instead of multiplying windows.

    Args:
        layer: The first block's maxout.
        memory: The cached words.
        window_size: Neighbours on each side of a window.
    """

    def __init__(self, layer: Model[Any, Any], memory: numerics.Memory, window_size: int) -> None:
        self._ops, self._memory, self._window_size = layer.ops, memory, window_size
        xp, width, self._slots = layer.ops.xp, memory.vectors_KO.shape[1], 2 * window_size + 1
        W_CQ, self._bias_Q = _as_matrix(layer)
        by_slot = [W_CQ[slot * width : (slot + 1) * width] for slot in range(self._slots)]
        self._W_IR = xp.concatenate(by_slot, axis=1)
        # Row 0 is the padding: a vector of zeros, whose only product is the bias in the middle slot.
        shape = (len(memory.vectors_KO) + 1, self._slots, len(self._bias_Q))
        self._products_KSQ = xp.zeros(shape, dtype="float32")
        self._products_KSQ[0, window_size] = self._bias_Q
        self._n_words = 0

    def extend(self) -> None:
        """Multiply the words that have been added since the last call."""
        # Threads may do this at the same time: each writes complete rows, with the same values.
        start, end = self._n_words, self._memory.n_words
        if start < end:
            new_KSQ = self._ops.xp.dot(self._memory.vectors_KO[start:end], self._W_IR)
            new_KSQ = new_KSQ.reshape(end - start, self._slots, -1)
            new_KSQ[:, self._window_size] += self._bias_Q
            self._products_KSQ[start + 1 : end + 1] = new_KSQ
            self._n_words = end

    def windows(self, slot_N: Any, positions_N: Any, n_padded: int) -> Any:
        """Return the rows of the products in the window around each row with padding, int32 (M, S)."""
        xp = self._ops.xp
        words_M = xp.zeros(n_padded + 2 * self._window_size, dtype="int32")
        words_M[positions_N + self._window_size] = slot_N + 1
        parts = [words_M[slot : slot + n_padded] * self._slots + slot for slot in range(self._slots)]
        return xp.stack(parts, axis=1)

    def pieces(self, rows_MS: Any) -> Any:
        """Sum the products of some windows: the values of all maxout pieces, (M, Q)."""
        return self._ops.gather_add(self._products_KSQ.reshape(-1, self._products_KSQ.shape[2]), rows_MS)
