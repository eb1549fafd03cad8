"""Products of windows with weights, for prediction: a convolution over rows.

The window of a row is the row itself and `window_size` neighbours on each side; there are zeros beyond the ends.

Axes as in `numerics`, and
    M   rows
    H   half of the rows: pairs of neighbours
    Q   columns of the product
    C   width of a window: (2 · window_size + 1) · I
"""

from __future__ import annotations

from typing import Any

from thinc.api import Ops


def products_of_windows(
    ops: Ops, n_rows: int, width: int, window_size: int, n_columns: int
) -> Windows | PairedWindows:
    """Return the implementation with the fewest multiplications.

    Args:
        ops: The model's ops.
        n_rows: Maximum number of rows at a time; even.
        width: I.
        window_size: Neighbours on each side of a window.
        n_columns: Q.
    """
    if window_size == 1:
        return PairedWindows(ops, n_rows, width, n_columns)
    return Windows(ops, n_rows, width, window_size, n_columns)


class Windows:
    """Copies each window to a row of a matrix and multiplies it.

    Args: As for `products_of_windows`.
    """

    def __init__(self, ops: Ops, n_rows: int, width: int, window_size: int, n_columns: int) -> None:
        xp = ops.xp
        self._xp, self._width, self._reach = xp, width, window_size
        self._windows_MC = xp.zeros((n_rows, (2 * window_size + 1) * width + 1), dtype="float32")
        self._windows_MC[:, -1] = 1.0
        self._products_MQ = xp.empty((n_rows, n_columns), dtype="float32")

    def weights(self, W_CQ: Any, b_Q: Any) -> Any:
        """Prepare weights and bias for `multiply`, (C + 1, Q)."""
        return self._xp.concatenate([W_CQ, b_Q[None]])

    def arrange(self, rows: Any) -> Any:
        """Copy rows to the order that `multiply` expects."""
        return rows.copy()

    def restore(self, arranged: Any) -> Any:
        """Return rows to their original order."""
        return arranged

    def multiply(self, X_MI: Any, weights: Any) -> Any:
        """Multiply the window around each row, (M, Q); the result is valid until the next call."""
        n_rows, width, reach = len(X_MI), self._width, self._reach
        windows_MC = self._windows_MC[:n_rows]
        for slot in range(2 * reach + 1):
            shift = slot - reach
            columns = windows_MC[:, slot * width : (slot + 1) * width]
            first, last = max(0, -shift), max(0, min(n_rows, n_rows - shift))
            columns[:first] = 0.0
            columns[last:] = 0.0
            columns[first:last] = X_MI[first + shift : last + shift]
        return self._xp.dot(windows_MC, weights, out=self._products_MQ[:n_rows])


class PairedWindows:
    """Multiplies pairs of neighbouring windows of three rows with four products of rows instead of six.

    The windows of a pair are the rows (a, b, c) and (b, c, d); with the weights u, v, w of the three slots

        a u + b v + c w = (a - c) u + (b + c)(u + v + w)/2 + (c - b)(u - v + w)/2
        b u + c v + d w = (b + c)(u + v + w)/2 - (c - b)(u - v + w)/2 - (b - d) w

    The first rows of all pairs are stored together, then the second ones, so that sums run over whole arrays.

    Args: As for `products_of_windows`, with a `window_size` of 1.

    Source:
        Winograd 1980, Arithmetic Complexity of Computations, and Lavin & Gray 2016, Fast Algorithms for Convolutional
        Neural Networks, section 4.1: F(2, 3), here with rows and matrices instead of numbers.
    """

    def __init__(self, ops: Ops, n_rows: int, width: int, n_columns: int) -> None:
        xp = ops.xp
        self._xp, self._width, self._n_columns = xp, width, n_columns
        self._sums = xp.empty(4 * n_rows // 2 * (width + 1), dtype="float32")
        self._products = xp.empty(4 * n_rows // 2 * n_columns, dtype="float32")

    def weights(self, W_CQ: Any, b_Q: Any) -> Any:
        """Prepare weights and bias for `multiply`, (4, I + 1, Q); the bias is in the product that both rows share."""
        u_IQ, v_IQ, w_IQ = W_CQ.reshape(3, self._width, -1)
        weights = self._xp.zeros((4, self._width + 1, self._n_columns), dtype="float32")
        weights[0, :-1] = u_IQ
        weights[1, :-1] = (u_IQ + v_IQ + w_IQ) / 2
        weights[2, :-1] = (u_IQ - v_IQ + w_IQ) / 2
        weights[3, :-1] = w_IQ
        weights[1, -1] = b_Q
        return weights

    def arrange(self, rows: Any) -> Any:
        """Copy an even number of rows: the first rows of all pairs, then the second ones."""
        return self._xp.concatenate([rows[0::2], rows[1::2]])

    def restore(self, arranged: Any) -> Any:
        """Return rows to their original order."""
        half = len(arranged) // 2
        return self._xp.stack([arranged[:half], arranged[half:]], axis=1).reshape(arranged.shape)

    def multiply(self, X_MI: Any, weights: Any) -> Any:
        """Multiply the window around each row, (M, Q), rows arranged; the result is valid until the next call."""
        xp, half, width = self._xp, len(X_MI) // 2, self._width
        sums_4HC = self._sums[: 4 * half * (width + 1)].reshape(4, half, width + 1)
        products_4HQ = self._products[: 4 * half * self._n_columns].reshape(4, half, self._n_columns)
        first_HI, second_HI = X_MI[:half], X_MI[half:]
        sums_4HC[:, :, -1] = 1.0
        before_HI, both_HI, apart_HI, after_HI = sums_4HC[:, :, :-1]
        xp.negative(second_HI[:1], out=before_HI[:1])
        xp.subtract(second_HI[:-1], second_HI[1:], out=before_HI[1:])
        xp.add(first_HI, second_HI, out=both_HI)
        xp.subtract(second_HI, first_HI, out=apart_HI)
        xp.subtract(first_HI[:-1], first_HI[1:], out=after_HI[:-1])
        after_HI[-1:] = first_HI[-1:]
        for sums_HC, W_CQ, products_HQ in zip(sums_4HC, weights, products_4HQ, strict=True):
            xp.dot(sums_HC, W_CQ, out=products_HQ)
        of_first_HQ, shared_HQ, turned_HQ, of_second_HQ = products_4HQ
        of_first_HQ += shared_HQ
        of_first_HQ += turned_HQ
        shared_HQ -= turned_HQ
        shared_HQ -= of_second_HQ
        return products_4HQ[:2].reshape(-1, self._n_columns)
