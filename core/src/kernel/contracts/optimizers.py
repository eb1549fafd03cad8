"""What a run uses of its optimizer besides the step: mostly provided by Thinc's, the rest by the kernel's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol


class Averaging(Protocol):
    """An optimizer that keeps averages of parameters, used to evaluate and save."""

    #: Averages by layer id and parameter name; None if it keeps none.
    averages: Mapping[tuple[int, str], Any] | None


class Scheduled(Protocol):
    """An optimizer whose rates may be schedules; the updater advances them each step, checkpoints record the count."""

    #: The learning rate of the next step, shown in a run's header and diagnosis.
    learn_rate: float
    #: Schedules by the name of the rate, which is an attribute.
    schedules: dict[str, Iterator[float]]

    def step_schedules(self) -> None:
        """Advance every schedule by one value."""


class Adaptive(Protocol):
    """An optimizer that keeps sums per parameter, by layer id and name, like Adam; saved in checkpoints."""

    #: Number of steps of each parameter.
    nr_update: dict[tuple[int, str], int]
    #: Sums of the gradients.
    mom1: dict[tuple[int, str], Any]
    #: Sums of the squared gradients.
    mom2: dict[tuple[int, str], Any]


class Grouped(Protocol):
    """An optimizer with parameter groups that have their own learning rates, `[training.optimizer.groups]`."""

    groups: Sequence[Any]

    def bind(self, component: str, model: Any) -> None:
        """Assign a component's parameters to groups; called before each of its steps."""


class Deferring(Protocol):
    """An optimizer that defers steps on rows of tables until they are read; checkpoints hold the missed steps."""

    def rows_behind(self, model: Any, name: str) -> Mapping[str, Any]:
        """Return the steps that rows of a parameter have missed, as arrays."""

    def leave_behind(self, model: Any, name: str, missed: Mapping[str, Any]) -> None:
        """Restore the missed steps that `rows_behind` returned."""
