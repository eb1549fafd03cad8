"""A component's own loss, `[components.NAME.loss]`: bound to its labels, and held to what it promises.

Axes
    N   things that get a label: tokens, documents, states
    L   labels
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernel.contracts import Loss
from kernel.contracts.capabilities import exclusive_of, offers_for_labels
from kernel.errors import ConfigAddress, ConfigError, KernelError, ModelError
from kernel.plugins.tables import one_line

#: What a loss, or a component, may be for, by whether labels exclude each other.
_CASES = {
    True: "one right label of many, such as kernel.CrossEntropy.v1",
    False: "any number of right labels, such as kernel.BinaryCrossEntropy.v1",
}


class LabelLoss:
    """Uses a loss for the labels of one component.

    Args:
        loss: Of the config.
        name: The component, for messages.
        exclusive: Whether one label of many is right; False where any number of them is. None leaves open which.

    Raises:
        ConfigError: The loss says that it is for the other case.
    """

    def __init__(self, loss: Loss, name: str, *, exclusive: bool | None = True) -> None:
        self.loss = loss
        self.name = name
        made_for = exclusive_of(loss)
        if None not in (made_for, exclusive) and made_for != exclusive:
            raise ConfigError(
                f"loss: expected one for {_CASES[bool(exclusive)]}, "
                f"got one for {_CASES[bool(made_for)]}; pkg-losses has both"
            )
        self._labels: tuple[str, ...] | None = None
        self._bound: Any = None

    def __call__(
        self, guesses_NL: Any, truths_NL: Any, labels: Sequence[str], known: Any | None = None
    ) -> tuple[float, Any]:
        """Compare guesses with the truth.

        Args:
            guesses_NL: Probabilities, float32.
            truths_NL: What they should be, float32.
            labels: One for each column.
            known: 1 where the truth is known and 0 elsewhere, float32 (N, L) or (N, 1); None for everywhere known.
                Nothing else teaches anything.

        Returns:
            The loss, and the gradient, (N, L).

        Raises:
            ConfigError: The loss does not fit the labels.
            ModelError: The loss fails, or gives something else than a gradient of this shape and a number.
        """
        if known is not None:
            truths_NL = truths_NL * known + guesses_NL * (1 - known)
        bound = self._for(tuple(labels))
        try:
            made = bound(guesses_NL, truths_NL)
        except KernelError:
            raise
        except Exception as error:
            raise ModelError(
                f"[components.{self.name}.loss]: the loss failed, got {one_line(error)}; see kernel.contracts.Loss"
            ) from error
        if not isinstance(made, tuple) or len(made) != 2 or np.shape(made[0]) != np.shape(guesses_NL):
            got = type(made).__name__
            if isinstance(made, tuple) and len(made) == 2:
                got = f"a gradient of shape {np.shape(made[0])}"
            raise ModelError(
                f"[components.{self.name}.loss]: a loss must return a gradient of shape {np.shape(guesses_NL)} and "
                f"the loss, got {got}; see kernel.contracts.Loss"
            )
        d_guesses_NL, loss = made
        if known is not None:
            d_guesses_NL = d_guesses_NL * known
        return float(loss), d_guesses_NL.astype("float32")

    def _for(self, labels: tuple[str, ...]) -> Loss:
        if labels != self._labels:
            try:
                self._bound = self.loss.for_labels(labels) if offers_for_labels(self.loss) else self.loss
            except ConfigError as error:
                raise error.within(ConfigAddress(f"components.{self.name}.loss"), joint=" ") from error
            self._labels = labels
        bound: Loss = self._bound
        return bound
