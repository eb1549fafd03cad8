"""The check of losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernel.pipeline.optim.losses import LabelLoss


def check_loss(loss: Any, *, labels: Sequence[str] = ("A", "B", "C"), n_rows: int = 5, seed: int = 0) -> None:
    """Check that a loss returns a finite number and a gradient, changes nothing, and rewards better guesses.

    Args:
        loss: The factory's product.
        labels: Labels to bind it to, if it supports that.
        n_rows: Number of guesses.
        seed: Seed of the guesses.
    """
    rng = np.random.default_rng(seed)
    guesses_NL = rng.dirichlet(np.ones(len(labels)), size=n_rows).astype("float32")
    truths_NL = np.eye(len(labels), dtype="float32")[rng.integers(0, len(labels), n_rows)]
    before = guesses_NL.copy(), truths_NL.copy()
    compare = LabelLoss(loss, "check", exclusive=None)

    value, gradient = compare(guesses_NL, truths_NL, labels)

    assert np.isfinite(value), f"the loss must be finite, got {value}"
    assert np.isfinite(gradient).all(), "the gradient must be finite"
    assert np.array_equal(before[0], guesses_NL), "the loss must not change the guesses"
    assert np.array_equal(before[1], truths_NL), "the loss must not change the truths"
    again, gradient_again = compare(guesses_NL, truths_NL, labels)
    assert (again, gradient_again.tobytes()) == (value, gradient.tobytes()), (
        "a second call must give the same"
    )
    better, _ = compare(0.5 * guesses_NL + 0.5 * truths_NL, truths_NL, labels)
    assert better < value, f"better guesses must have a smaller loss, got {better} after {value}"
    right_N = truths_NL.argmax(axis=1)
    assert (gradient[np.arange(n_rows), right_N] < 0).all(), (
        "the gradient of the correct label must be negative"
    )
