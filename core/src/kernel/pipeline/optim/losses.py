"""The loss of a component, `[components.NAME.loss]`: bound to its labels, with its results checked.

Axes
    N   labelled items: tokens, documents, states
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

#: The cases a loss or a component supports, by whether labels exclude each other.
_CASES = {
    True: "one right label of many, such as kernel.CrossEntropy.v1",
    False: "any number of right labels, such as kernel.BinaryCrossEntropy.v1",
}


class LabelLoss:
    """A loss bound to the labels of one component.

    Args:
        loss: The loss from the config.
        name: The component's name, for messages.
        exclusive: True if exactly one of many labels is right, False if any number may be; None accepts either loss.

    Raises:
        ConfigError: The loss declares that it is for the other case.
    """

    def __init__(self, loss: Loss, name: str, *, exclusive: bool | None = True) -> None:
        self.loss = loss
        self.name = name
        declared = exclusive_of(loss)
        if None not in (declared, exclusive) and declared != exclusive:
            raise ConfigError(
                f"loss: expected one for {_CASES[bool(exclusive)]}, "
                f"got one for {_CASES[bool(declared)]}; pkg-losses has both"
            )
        self._labels: tuple[str, ...] | None = None
        self._bound: Any = None

    def __call__(
        self, guesses_NL: Any, truths_NL: Any, labels: Sequence[str], known: Any | None = None
    ) -> tuple[float, Any]:
        """Compute the loss and its gradient.

        Args:
            guesses_NL: Probabilities, float32.
            truths_NL: Target values, float32.
            labels: One per column.
            known: 1 where the truth is known and 0 elsewhere, float32 (N, L) or (N, 1); None if it is known everywhere.
                Unknown items contribute nothing.

        Returns:
            The loss, and its gradient (N, L).

        Raises:
            ConfigError: The loss does not fit the labels.
            ModelError: The loss fails, or does not return a gradient of this shape and a number.
        """
        if known is not None:
            truths_NL = truths_NL * known + guesses_NL * (1 - known)
        bound = self._for(tuple(labels))
        try:
            result = bound(guesses_NL, truths_NL)
        except KernelError:
            raise
        except Exception as error:
            raise ModelError(
                f"[components.{self.name}.loss]: the loss failed, got {one_line(error)}; see kernel.contracts.Loss"
            ) from error
        if not isinstance(result, tuple) or len(result) != 2 or np.shape(result[0]) != np.shape(guesses_NL):
            got = type(result).__name__
            if isinstance(result, tuple) and len(result) == 2:
                got = f"a gradient of shape {np.shape(result[0])}"
            raise ModelError(
                f"[components.{self.name}.loss]: a loss must return a gradient of shape {np.shape(guesses_NL)} and "
                f"the loss, got {got}; see kernel.contracts.Loss"
            )
        d_guesses_NL, loss = result
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
