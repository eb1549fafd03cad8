"""A schedule of batch sizes that grows by a factor with every batch."""

import kernel


@kernel.registry.schedules("my_custom_schedule.v1")
def my_custom_schedule(start: int = 1, factor: float = 1.001):
    while True:
        yield start
        start = start * factor
