"""Cross-entropy with class weights and label smoothing, for exclusive labels and for any number of labels.

Axes
    N   labelled items
    L   labels
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from kernel.errors import ConfigError, ModelError, did_you_mean
from kernel.limits import Amount, Share

#: Takes guesses, truths and the weights of labels (None if all are 1); returns the gradient.
Gradient = Callable[[Any, Any, Any], Any]


def cross_entropy(class_weights: dict[str, Amount] | None = None, label_smoothing: Share = 0.0) -> Entropy:
    """Create the cross-entropy loss for exclusive labels, whose probabilities sum to 1.

    Args:
        class_weights: Maps labels, or patterns of labels such as "*POS=INTJ*", to the weights of their examples;
            others have a weight of 1.
        label_smoothing: Share of the target probability to spread over the other labels, 0 to 1.

    Source:
        King & Zeng 2001, Logistic Regression in Rare Events Data, equation 7, for the weights; Szegedy et al. 2016,
        Rethinking the Inception Architecture, section 7, for the smoothing.
    """

    def gradient(guesses_NL: Any, truths_NL: Any, weights_L: Any) -> Any:
        n_others = max(guesses_NL.shape[1] - 1, 1)
        rest = label_smoothing / n_others
        d_NL = guesses_NL - (truths_NL * (1.0 - label_smoothing - rest) + rest if rest else truths_NL)
        return d_NL if weights_L is None else d_NL * (truths_NL @ weights_L)[:, None]

    return Entropy(gradient, class_weights or {}, exclusive=True)


def binary_cross_entropy(
    class_weights: dict[str, Amount] | None = None, label_smoothing: Share = 0.0
) -> Entropy:
    """Create the binary cross-entropy loss, for any number of labels.

    Args:
        class_weights: Maps labels, or patterns of labels, to their weights where they are correct; others, and wrong
            labels, have a weight of 1.
        label_smoothing: How far to move the targets 0 and 1 towards one half, 0 to 1.
    """

    def gradient(guesses_NL: Any, truths_NL: Any, weights_L: Any) -> Any:
        d_NL = guesses_NL - (truths_NL * (1.0 - label_smoothing) + 0.5 * label_smoothing)
        return d_NL if weights_L is None else d_NL * (1.0 + truths_NL * (weights_L - 1.0))

    return Entropy(gradient, class_weights or {}, exclusive=False)


@dataclass(frozen=True)
class Entropy:
    """A loss whose gradient, before softmax or sigmoid, is probability - target, times a weight.

    Args:
        gradient: Computes the gradient.
        class_weights: Weights by label or pattern of labels.
        exclusive: Whether the loss is for exclusive labels; False for any number of labels.
        weights: Weights of the labels, in order; None before `for_labels`.
    """

    gradient: Gradient
    class_weights: Mapping[str, float]
    exclusive: bool
    weights: tuple[float, ...] | None = None

    def for_labels(self, labels: Sequence[str]) -> Entropy:
        """Return the loss bound to the labels of a component.

        Raises:
            ConfigError: A key of `class_weights` matches no label.
        """
        for pattern in self.class_weights:
            if not any(_matches(pattern, label) for label in labels):
                advice = did_you_mean(pattern, labels) or f"; the labels are {', '.join(labels[:20])}"
                raise ConfigError(f"class_weights: unknown label {pattern!r}{advice}")
        matches = [
            [w for pattern, w in self.class_weights.items() if _matches(pattern, one)] for one in labels
        ]
        weights = tuple(float(ws[0]) if ws else 1.0 for ws in matches)
        return replace(self, weights=weights)

    def __call__(self, guesses: Any, truths: Any) -> tuple[Any, float]:
        """Return the gradient and the sum of its squares.

        Raises:
            ModelError: There are class weights, and `for_labels` was not called.
        """
        if self.class_weights and self.weights is None:
            raise ModelError("class_weights: the labels are unknown; call for_labels(labels) first")
        d_guesses = self.gradient(guesses, truths, self._weights_for(guesses)).astype("float32")
        return d_guesses, float((d_guesses * d_guesses).sum())

    def _weights_for(self, guesses_NL: Any) -> Any:
        """Return the weights, float32 (L), on the device of the guesses; None if all are 1."""
        if self.weights is None or not self.class_weights:
            return None
        weights_L = guesses_NL[:0].sum(axis=0) + 1
        for index, weight in enumerate(self.weights):
            if weight != 1.0:
                weights_L[index] = weight
        return weights_L


def _matches(pattern: str, label: str) -> bool:
    return pattern == label or fnmatchcase(label, pattern)
