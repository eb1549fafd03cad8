"""Products of windows are the same whichever way they are taken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import NumpyOps

from pkg_tok2vec.windows import PairedWindows, Windows, products_of_windows

OPS = NumpyOps()
MOST_ROWS = 40


def products(ways, X_MI, W_CQ, b_Q):
    return ways.restore(ways.multiply(ways.arrange(X_MI), ways.weights(W_CQ, b_Q)))


def summed(X_MI, W_CQ, b_Q, window_size):
    """The definition, in double precision."""
    width = X_MI.shape[1]
    padded = np.pad(X_MI.astype("float64"), ((window_size, window_size), (0, 0)))
    slots = range(2 * window_size + 1)
    each = [padded[slot : slot + len(X_MI)] @ W_CQ[slot * width : (slot + 1) * width] for slot in slots]
    return sum(each) + b_Q


def some(width, window_size, n_columns, n_rows, seed):
    rng = np.random.default_rng(seed)
    shapes = [(n_rows, width), ((2 * window_size + 1) * width, n_columns), (n_columns,)]
    return [rng.normal(size=shape).astype("float32") for shape in shapes]


@given(
    window_size=st.integers(0, 3),
    width=st.integers(1, 9),
    n_columns=st.integers(1, 7),
    halves=st.lists(st.integers(1, MOST_ROWS // 2), min_size=1, max_size=4),
    seed=st.integers(0, 1000),
)
def test_products_are_sums_over_the_window_call_after_call(window_size, width, n_columns, halves, seed):
    ways = products_of_windows(OPS, MOST_ROWS, width, window_size, n_columns)

    for half in halves:
        X_MI, W_CQ, b_Q = some(width, window_size, n_columns, 2 * half, seed)
        found = products(ways, X_MI, W_CQ, b_Q)

        np.testing.assert_allclose(found, summed(X_MI, W_CQ, b_Q, window_size), atol=1e-4)


def test_pairs_are_taken_where_they_save_multiplications():
    assert isinstance(products_of_windows(OPS, 2, 4, 1, 4), PairedWindows)
    assert isinstance(products_of_windows(OPS, 2, 4, 2, 4), Windows)


@pytest.mark.parametrize("window_size", [0, 1, 2])
def test_arranged_rows_come_back_in_their_order(window_size):
    ways = products_of_windows(OPS, MOST_ROWS, 3, window_size, 3)
    rows = np.arange(24).reshape(8, 3)

    np.testing.assert_array_equal(ways.restore(ways.arrange(rows)), rows)


def test_pairs_lose_little_precision():
    X_MI, W_CQ, b_Q = some(96, 1, 288, MOST_ROWS, 0)
    exact = summed(X_MI, W_CQ, b_Q, 1)

    direct = products(Windows(OPS, MOST_ROWS, 96, 1, 288), X_MI, W_CQ, b_Q)
    paired = products(PairedWindows(OPS, MOST_ROWS, 96, 288), X_MI, W_CQ, b_Q)

    assert np.abs(paired - exact).max() < 4 * np.abs(direct - exact).max()
