"""Adam as Thinc computes it, block by block in the processor's cache.

A step touches every weight, whatever the size of the batch: with small batches the optimizer costs as much as the
model. Thinc goes over each array several times (clip, step, clear, decay), and its step computes one value at a time;
here all of it happens to a block of values while they are in cache.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import numpy as np
from thinc.api import Optimizer

from kernel.errors import NotFinite

#: A number, or a schedule of numbers.
Rate = float | list[float] | Generator[float, None, None]

#: What is wrong with a gradient that holds nan or inf.
NO_NUMBER = "a gradient is nan or inf; lower training.optimizer.learn_rate, or check the data"

#: Values of one block: weights, gradient, two moments and scratch of it fit into 1 MiB.
BLOCK = 32768


class BlockedAdam(Optimizer):  # type: ignore[misc, unused-ignore]
    """Thinc's `Optimizer` whose Adam step runs in blocks on the CPU.

    The moments are kept as plain discounted sums, M = b1 M + g and V = b2 V + g², which are Adam's divided by 1 - b1
    and 1 - b2; that is two passes less a step. Schedules and averages are Thinc's; where its rule is not Adam's with
    fixed betas on contiguous float32 arrays of NumPy, the step is Thinc's too.

    Source:
        Kingma & Ba 2015, Adam, algorithm 1, with the bias corrections in the rate as at the end of its section 2;
        Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization.
    """

    def __call__(
        self, key: tuple[int, str], weights: Any, gradient: Any, *, lr_scale: float = 1.0
    ) -> tuple[Any, Any]:
        """Make one step and clear the gradient, both in place.

        Args:
            key: Id of the layer and name of the parameter.
            weights: float32.
            gradient: Of the same shape.
            lr_scale: Multiplies the learning rate.

        Returns:
            The weights and the cleared gradient.
        """
        if not self._fits(weights, gradient):
            _clip_factor(gradient, 0.0)
            made: tuple[Any, Any] = super().__call__(key, weights, gradient, lr_scale=lr_scale)
            return made
        if self._is_new(key, weights):
            self.mom1[key] = np.zeros(weights.size, dtype=np.float32)
            self.mom2[key] = np.zeros(weights.size, dtype=np.float32)
            self.nr_update[key] = 0
        self.nr_update[key] += 1
        rate = lr_scale * self.learn_rate
        self._step(
            (weights.reshape(-1), gradient.reshape(-1), self.mom1[key], self.mom2[key]),
            rate=rate * _correction(self.b1, self.b2, self.nr_update[key]),
            shrink=_clip_factor(gradient, self.grad_clip),
            decay=1.0 - rate * self.L2,
        )
        if self.averages is not None:
            self._average(key, weights)
        return weights, gradient

    def _fits(self, weights: Any, gradient: Any) -> bool:
        return (
            not self.use_radam
            and self.b1 > 0.0
            and self.b2 > 0.0
            and not {"b1", "b2"} & set(self.schedules)
            and (self.L2 == 0 or self.L2_is_weight_decay)
            and _is_plain(weights)
            and _is_plain(gradient)
        )

    def _is_new(self, key: tuple[int, str], weights: Any) -> bool:
        """Whether a parameter was never stepped, or has another shape since: labels were added."""
        return key not in self.mom1 or self.mom1[key].size != weights.size

    def _step(self, arrays: tuple[Any, ...], *, rate: float, shrink: float, decay: float) -> None:
        """Step through the arrays block by block: weights, gradient and the two sums, all flat."""
        b1, b2 = np.float32(self.b1), np.float32(self.b2)
        eps = np.float32(self.eps / (1.0 - self.b2) ** 0.5)
        factor = np.float32(rate * (1.0 - self.b1) / (1.0 - self.b2) ** 0.5)
        kept, clipped = np.float32(decay), np.float32(shrink)
        scratch = np.empty(min(BLOCK, arrays[0].size), dtype=np.float32)
        for start in range(0, arrays[0].size, BLOCK):
            w, g, m, v = (array[start : start + BLOCK] for array in arrays)
            s = scratch[: w.size]
            if shrink != 1.0:
                g *= clipped
            # m = b1 m + g;  v = b2 v + g²;  w = decay (w - factor m / (√v + eps));  g = 0
            m *= b1
            m += g
            v *= b2
            np.multiply(g, g, out=s)
            v += s
            np.sqrt(v, out=s)
            s += eps
            np.divide(m, s, out=s)
            s *= factor
            w -= s
            if decay != 1.0:
                w *= kept
            g.fill(0.0)

    def _average(self, key: tuple[int, str], weights: Any) -> None:
        """Move the running average towards the weights, more slowly with every update, by Thinc's rule."""
        if key not in self.averages or self.averages[key].shape != weights.shape:
            self.averages[key] = np.zeros_like(weights)
        n_updates = self.nr_update[key]
        kept = min((1.0 + n_updates) / (10.0 + n_updates), 0.9999)
        self.averages[key] += np.float32(1.0 - kept) * (weights - self.averages[key])


def _is_plain(array: Any) -> bool:
    return type(array) is np.ndarray and array.dtype == np.float32 and array.flags.c_contiguous


def _correction(b1: float, b2: float, n_updates: int) -> float:
    """What makes up for moments that began at zero."""
    return float((1.0 - b2**n_updates) ** 0.5 / (1.0 - b1**n_updates))


def _clip_factor(gradient: Any, limit: float) -> float:
    """What to multiply a gradient by for its norm to be at most `limit`; a limit of 0 is none.

    Raises:
        NotFinite: The norm is no number. It is needed here anyway, so the check is for free.
    """
    flat = gradient.reshape(-1)
    norm = float(np.dot(flat, flat)) ** 0.5
    if not math.isfinite(norm):
        raise NotFinite(NO_NUMBER)
    return limit / norm if limit and norm >= limit else 1.0


def adam(
    learn_rate: Rate = 0.001,
    *,
    L2: Rate = 0.0,
    beta1: Rate = 0.9,
    beta2: Rate = 0.999,
    eps: Rate = 1e-8,
    grad_clip: Rate = 1.0,
    L2_is_weight_decay: bool = True,
    use_averages: bool = True,
) -> Optimizer:
    """Make an Adam optimizer.

    Every number may be a schedule, which moves on with each step of the training.

    Args:
        learn_rate: Step size.
        L2: Weight of the L2 penalty.
        beta1: Decay of the running mean of gradients.
        beta2: Decay of the running mean of squared gradients.
        eps: Added to the root of the squared gradients' mean.
        grad_clip: Norm that each parameter's gradient is scaled down to; 0 for no limit.
        L2_is_weight_decay: Shrink weights directly instead of adding the penalty's gradient.
        use_averages: Also keep a running average of the weights, which is evaluated and saved as the best model.
    """
    return BlockedAdam(
        learn_rate,
        L2=L2,
        beta1=beta1,
        beta2=beta2,
        eps=eps,
        grad_clip=grad_clip,
        L2_is_weight_decay=L2_is_weight_decay,
        use_averages=use_averages,
    )
