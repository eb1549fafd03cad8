"""The check of a loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernel.pipeline.optim.losses import LabelLoss


def check_loss(loss: Any, *, labels: Sequence[str] = ("A", "B", "C"), n_rows: int = 5, seed: int = 0) -> None:
    """Assert that a loss keeps its contract.

    It gives a gradient of the guesses' shape and a finite number, leaves what it is given as it is, gives the same
    twice, wants nothing more where guesses are right, and its step makes guesses better.

    Args:
        loss: A product of `losses`.
        labels: Labels to bind it to, where it can be.
        n_rows: Guesses to compare.
        seed: Of the guesses.
    """
    rng = np.random.default_rng(seed)
    guesses_NL = rng.dirichlet(np.ones(len(labels)), size=n_rows).astype("float32")
    truths_NL = np.eye(len(labels), dtype="float32")[rng.integers(0, len(labels), n_rows)]
    given = guesses_NL.copy(), truths_NL.copy()
    compare = LabelLoss(loss, "check", exclusive=None)

    value, gradient = compare(guesses_NL, truths_NL, labels)

    assert np.isfinite(value), f"the loss must be a number, got {value}"
    assert np.isfinite(gradient).all(), "a gradient must hold numbers only"
    assert np.array_equal(given[0], guesses_NL), "a loss must leave the guesses as they are"
    assert np.array_equal(given[1], truths_NL), "a loss must leave the truth as it is"
    again, gradient_again = compare(guesses_NL, truths_NL, labels)
    assert (again, gradient_again.tobytes()) == (value, gradient.tobytes()), "the same must give the same"
    better, _ = compare(0.5 * guesses_NL + 0.5 * truths_NL, truths_NL, labels)
    assert better < value, f"better guesses must have a smaller loss, got {better} after {value}"
    right_N = truths_NL.argmax(axis=1)
    assert (gradient[np.arange(n_rows), right_N] < 0).all(), "a right label's guess must be pushed up"
