"""The check of schedules."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice


def check_schedule(schedule: Iterator[float], steps: int = 1000) -> list[float]:
    """Check that a schedule yields finite numbers and does not end.

    Args:
        schedule: The factory's product.
        steps: How many numbers to take.

    Returns:
        The numbers, for further assertions.
    """
    numbers = list(islice(schedule, steps))

    assert len(numbers) == steps, f"the schedule ends after {len(numbers)} of {steps} steps"
    assert all(math.isfinite(number) for number in numbers), "a number of the schedule is not finite"
    return numbers
