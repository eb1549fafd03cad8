"""The check of optimizers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def check_optimizer(make: Callable[[], Any], *, steps: int = 200, share: float = 0.5) -> Any:
    """Check that an optimizer descends, clears used gradients, and is deterministic.

    Args:
        make: Creates the optimizer, with a learning rate suitable for weights around 1; called twice.
        steps: Maximum number of steps.
        share: Maximum proportion of the distance to the minimum that may be left.

    Returns:
        The optimizer, for further assertions.
    """
    import numpy as np
    from thinc.api import Optimizer

    results = []
    for _ in range(2):
        optimizer = make()
        assert isinstance(optimizer, Optimizer), f"it is not a Thinc Optimizer: {type(optimizer).__name__}"
        weights = np.linspace(-1, 1, 24, dtype="f").reshape(6, 4)
        start, goal = weights.copy(), np.full((6, 4), 0.5, dtype="f")
        for _ in range(steps):
            gradient = weights - goal
            weights, left = optimizer((1, "W"), weights, gradient)
            assert weights.shape == start.shape, f"it returns weights of shape {weights.shape}"
            assert not np.any(left), "it does not clear the gradient; the next step would count it twice"
            optimizer.step_schedules()
        assert np.isfinite(weights).all(), "the weights are not finite"
        results.append(weights)
    before, after = (float(np.abs(array - goal).sum()) for array in (start, results[0]))
    assert after <= share * before, f"after {steps} steps, {after / before:.0%} of the distance is left"
    assert np.array_equal(results[0], results[1]), "two equal optimizers give different weights"
    return optimizer
