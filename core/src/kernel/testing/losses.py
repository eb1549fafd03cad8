"""What every loss must do."""

from __future__ import annotations

from typing import Any


def check_loss(loss: Any, guesses: Any, truths: Any, *, at_best: Any = None) -> Any:
    """Check that a loss gives a number and a gradient of the guesses' shape, and changes neither side.

    Args:
        loss: What the factory made: with `get_grad`, `get_loss`, and a call that gives both.
        guesses: An array, or a list of arrays.
        truths: What they should be.
        at_best: Guesses that leave nothing to learn; a check more where given.

    Returns:
        The gradient, for the test to look at.
    """
    import numpy as np

    def parts(value: Any) -> list[Any]:
        return list(value) if isinstance(value, (list, tuple)) else [value]

    before = [np.array(part) for part in parts(guesses)]
    gradient, number = loss(guesses, truths)
    assert np.isscalar(number) or np.ndim(number) == 0, f"the loss is no number: {number!r:.80}"
    assert np.isfinite(number), f"the loss is {number}"
    assert len(parts(gradient)) == len(before), "there is not one gradient for each array of guesses"
    for one, guess in zip(parts(gradient), before, strict=True):
        assert one.shape == guess.shape, f"the gradient has the shape {one.shape}, the guesses {guess.shape}"
        assert np.isfinite(one).all(), "the gradient is not finite"
    for now, guess in zip(parts(guesses), before, strict=True):
        assert np.array_equal(now, guess), "it changes the guesses in place"
    for one, two in zip(parts(loss.get_grad(guesses, truths)), parts(gradient), strict=True):
        assert np.allclose(one, two), "get_grad gives another gradient than the call"
    assert np.isclose(loss.get_loss(guesses, truths), number), "get_loss gives another number than the call"
    if at_best is not None:
        left = max(float(np.abs(part).max()) for part in parts(loss.get_grad(at_best, truths)))
        assert left < 1e-4, f"where nothing is left to learn, the gradient is {left:.3g}"
    return gradient
