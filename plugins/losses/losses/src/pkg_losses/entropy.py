"""Cross-entropy with class weights and label smoothing, for one right label of many and for any number of them.

Axes
    N   things that get a label
    L   labels
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from kernel.errors import ConfigError, ModelError, did_you_mean
from kernel.limits import Amount, Share

#: Takes guesses, truths and the labels' weights (None where all are 1), and gives the gradient.
Gradient = Callable[[Any, Any, Any], Any]


def cross_entropy(class_weights: dict[str, Amount] | None = None, label_smoothing: Share = 0.0) -> Entropy:
    """Compare probabilities that sum to 1 with the one right label.

    Args:
        class_weights: Label, or a pattern of labels such as "*POS=INTJ*", to how much its examples count; others
            count 1.
        label_smoothing: Share of the probability that goes to the other labels, 0 to 1.

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
    """Compare the probability of each label, on its own, with whether it is right.

    Args:
        class_weights: Label, or a pattern of labels, to how much it counts where it is right; others count 1, as it
            does where it is wrong.
        label_smoothing: How far right and wrong move towards one half, 0 to 1.
    """

    def gradient(guesses_NL: Any, truths_NL: Any, weights_L: Any) -> Any:
        d_NL = guesses_NL - (truths_NL * (1.0 - label_smoothing) + 0.5 * label_smoothing)
        return d_NL if weights_L is None else d_NL * (1.0 + truths_NL * (weights_L - 1.0))

    return Entropy(gradient, class_weights or {}, exclusive=False)


@dataclass(frozen=True)
class Entropy:
    """A loss of which the gradient, before softmax or sigmoid, is probability less truth, times a weight.

    Args:
        gradient: Computes it.
        class_weights: By label, or pattern of labels.
        exclusive: Whether it is for one right label of many; False for any number.
        weights: Of the labels it is bound to, in their order; None before.
    """

    gradient: Gradient
    class_weights: Mapping[str, float]
    exclusive: bool
    weights: tuple[float, ...] | None = None

    def for_labels(self, labels: Sequence[str]) -> Entropy:
        """Bind it to the labels of a component.

        Raises:
            ConfigError: A weight is for none of them.
        """
        for pattern, weight in self.class_weights.items():
            if not any(_means(pattern, label) for label in labels):
                advice = did_you_mean(pattern, labels) or f"; the labels are {', '.join(labels[:20])}"
                raise ConfigError(f"class_weights: no label is called {pattern!r}, got {weight!r}{advice}")
        found = [[w for pattern, w in self.class_weights.items() if _means(pattern, one)] for one in labels]
        weights = tuple(float(ws[0]) if ws else 1.0 for ws in found)
        return replace(self, weights=weights)

    def __call__(self, guesses: Any, truths: Any) -> tuple[Any, float]:
        """Give the gradient and the sum of its squares."""
        if self.class_weights and self.weights is None:
            raise ModelError("class_weights: the labels are unknown; call for_labels(labels) first")
        d_guesses = self.gradient(guesses, truths, self._weights_for(guesses)).astype("float32")
        return d_guesses, float((d_guesses * d_guesses).sum())

    def _weights_for(self, guesses_NL: Any) -> Any:
        """Give the weights, float32 (L), where the guesses are; None where all are 1."""
        if self.weights is None or not self.class_weights:
            return None
        weights_L = guesses_NL[:0].sum(axis=0) + 1
        for place, weight in enumerate(self.weights):
            if weight != 1.0:
                weights_L[place] = weight
        return weights_L


def _means(pattern: str, label: str) -> bool:
    return pattern == label or fnmatchcase(label, pattern)
