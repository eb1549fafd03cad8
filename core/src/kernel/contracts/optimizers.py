"""What a run asks of its optimizer beyond stepping: most is in Thinc's, the rest in the kernel's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol


class Averaging(Protocol):
    """An optimizer that keeps averages of parameters, with which a run evaluates and saves."""

    #: Layer id and name of a parameter to its average; None where it keeps none.
    averages: Mapping[tuple[int, str], Any] | None


class Scheduled(Protocol):
    """An optimizer whose rates may be schedules: the updater advances them each step, a checkpoint counts them."""

    #: The rate of the next step, which a run's header and its diagnosis tell.
    learn_rate: float
    #: Name of a rate, which is an attribute, to its schedule.
    schedules: dict[str, Iterator[float]]

    def step_schedules(self) -> None:
        """Take the next number of every schedule."""


class Adaptive(Protocol):
    """An optimizer that keeps sums for each parameter, by layer id and name, as Adam does: a checkpoint has them."""

    #: How often a parameter was stepped.
    nr_update: dict[tuple[int, str], int]
    #: Sums of its gradients.
    mom1: dict[tuple[int, str], Any]
    #: Sums of their squares.
    mom2: dict[tuple[int, str], Any]


class Grouped(Protocol):
    """An optimizer that steps groups of parameters at rates of their own, `[training.optimizer.groups]`."""

    groups: Sequence[Any]

    def bind(self, component: str, model: Any) -> None:
        """Find the groups of a component's parameters; called before each of its steps."""


class Deferring(Protocol):
    """An optimizer that steps rows of tables when they are next read: a checkpoint has what they have missed."""

    def rows_behind(self, model: Any, name: str) -> Mapping[str, Any]:
        """Say what rows of a parameter have missed, as arrays."""

    def leave_behind(self, model: Any, name: str, missed: Mapping[str, Any]) -> None:
        """Go on where `rows_behind` was said."""
