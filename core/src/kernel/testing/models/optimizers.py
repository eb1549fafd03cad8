"""What every optimizer must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def check_optimizer(make: Callable[[], Any], *, steps: int = 200, share: float = 0.5) -> Any:
    """Check that an optimizer goes downhill, forgets a gradient that it has used, and is no game of chance.

    Args:
        make: Makes the optimizer, with a learn rate for numbers around 1; called twice.
        steps: How often it may step.
        share: What may be left of the distance to the lowest point.

    Returns:
        The optimizer, for the test to look at.
    """
    import numpy as np
    from thinc.api import Optimizer

    ends = []
    for _ in range(2):
        optimizer = make()
        assert isinstance(optimizer, Optimizer), f"it is no Optimizer of Thinc's: {type(optimizer).__name__}"
        weights = np.linspace(-1, 1, 24, dtype="f").reshape(6, 4)
        start, goal = weights.copy(), np.full((6, 4), 0.5, dtype="f")
        for _ in range(steps):
            gradient = weights - goal
            weights, left = optimizer((1, "W"), weights, gradient)
            assert weights.shape == start.shape, f"it gives weights of the shape {weights.shape}"
            assert not np.any(left), "it gives the gradient back; the next step would count it twice"
            optimizer.step_schedules()
        assert np.isfinite(weights).all(), "the weights are not finite"
        ends.append(weights)
    before, after = (float(np.abs(one - goal).sum()) for one in (start, ends[0]))
    assert after <= share * before, f"after {steps} steps, {after / before:.0%} of the way is left"
    assert np.array_equal(ends[0], ends[1]), "two optimizers that are alike do not do the same"
    return optimizer
