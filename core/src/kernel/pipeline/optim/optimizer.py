"""Thinc's Adam, computed block by block in the processor's cache.

A step updates every weight, whatever the batch size: with small batches the optimizer costs as much as the model.
Thinc makes several passes over each array (clip, step, clear, decay) and computes the step one value at a time; here
all of them are applied to one block of values while it is in the cache. Tables that are read by rows are stepped by
rows.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from thinc.api import Model, Optimizer

from kernel.errors import NotFinite
from kernel.limits import Above, Amount, Share
from kernel.pipeline.optim.groups import Group, find, parameters, parse
from kernel.pipeline.optim.lazy_rows import LazySteps, LazyTables, lazy_tables, tables_of

#: A number, or a schedule of numbers.
Rate: TypeAlias = Amount | list[Amount] | Generator[float, None, None]
Portion: TypeAlias = Share | list[Share] | Generator[float, None, None]
Tiny: TypeAlias = Above | list[Above] | Generator[float, None, None]

#: The message about a gradient with nan or inf.
NO_NUMBER = "a gradient is nan or inf; lower training.optimizer.learn_rate, or check the data"

#: The running average includes every update up to the first number, then one in every second number: the weights
#: change little in between, and averaging needs all rows of all tables.
AVERAGED_EACH, AVERAGED = 64, 8

#: Values per block: its weights, gradient, two moments and scratch space fit into 1 MiB.
BLOCK = 32768


class BlockedAdam(Optimizer):  # type: ignore[misc, unused-ignore]
    """Thinc's `Optimizer` with an Adam step that runs in blocks on the CPU.

    The moments are kept as plain discounted sums, M = b1 M + g and V = b2 V + g², which are Adam's divided by 1 - b1
    and 1 - b2; that saves two passes per step. Schedules are Thinc's, and so are averages except for the updates they
    skip. Thinc also makes the step unless it is Adam with fixed betas on contiguous float32 NumPy arrays.

    Source:
        Kingma & Ba 2015, Adam, algorithm 1, with the bias corrections in the rate as at the end of its section 2;
        Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization.
    """

    learn_rate: float

    def __init__(self, learn_rate: Rate, *, groups: Sequence[Group] = (), **settings: Any) -> None:
        super().__init__(learn_rate, **settings)
        self.groups = tuple(groups)
        self._row_steps: dict[tuple[int, str], LazySteps] = {}
        self._group_of: dict[tuple[int, str], Group | None] = {}
        for group in self.groups:
            self._set_attr_or_schedule(group.attribute, group.learn_rate)

    def bind(self, component: str, model: Any) -> None:
        """Assign a component's parameters to groups, before any step; a shared parameter keeps its first group."""
        for key, param in parameters(model) if self.groups else ():
            if key not in self._group_of:
                self._group_of[key] = find(self.groups, component, param)

    def catch_up(self) -> None:
        """Apply all deferred steps on rows of tables, so that weights and moments are those of Adam."""
        for steps in self._row_steps.values():
            steps.catch_up()

    def rows_behind(self, model: Model[Any, Any], name: str) -> dict[str, Any]:
        """Return the steps that rows of a parameter have missed, for `leave_behind`; empty if all are up to date."""
        key = (model.id, name)
        steps = self._row_steps.get(key)
        return {} if steps is None or tables_of(key, steps.weights) is None else steps.state()

    def leave_behind(self, model: Model[Any, Any], name: str, missed: Mapping[str, Any]) -> None:
        """Restore the missed steps that `rows_behind` returned, given the same weights and moments."""
        tables = lazy_tables(model)
        if tables is not None:
            key, weights = (model.id, name), model.get_param(name)
            self._row_steps[key] = self._new_row_steps(key, weights)
            self._row_steps[key].restore(missed)
            tables.defer(name, self._row_steps[key])

    def _new_row_steps(self, key: tuple[int, str], weights: Any) -> LazySteps:
        sums = self.mom1[key].reshape(weights.shape), self.mom2[key].reshape(weights.shape)
        return LazySteps(weights, sums, (self.b1, self.b2), self._summed_eps)

    def __call__(
        self, key: tuple[int, str], weights: Any, gradient: Any, *, lr_scale: float = 1.0
    ) -> tuple[Any, Any]:
        """Step a parameter and clear its gradient, both in place.

        Args:
            key: Id of the layer and name of the parameter.
            weights: The parameter, float32.
            gradient: Its gradient, of the same shape.
            lr_scale: Factor of the learning rate.

        Returns:
            The weights and the cleared gradient.
        """
        group = self._group_of.get(key)
        if group is None:
            return self._apply(key, weights, gradient, lr_scale)
        if group.is_still:
            return self._skip(key, weights, gradient)
        rate = self.learn_rate
        self.learn_rate = getattr(self, group.attribute)
        try:
            return self._apply(key, weights, gradient, lr_scale)
        finally:
            self.learn_rate = rate

    def _skip(self, key: tuple[int, str], weights: Any, gradient: Any) -> tuple[Any, Any]:
        """Clear the gradient without making a step."""
        table = tables_of(key, weights)
        if table is not None and gradient.ndim == 2:
            gradient[table.pop_touched(key[1], gradient)] = 0.0
        else:
            gradient.fill(0.0)
        return weights, gradient

    def _apply(self, key: tuple[int, str], weights: Any, gradient: Any, lr_scale: float) -> tuple[Any, Any]:
        table = tables_of(key, weights)
        if not self._fits(weights, gradient):
            _clip_factor(gradient, 0.0)
            if table is not None:
                table.catch_up(key[1])
            stepped: tuple[Any, Any] = super().__call__(key, weights, gradient, lr_scale=lr_scale)
            return stepped
        if self._is_new(key, weights):
            self.mom1[key] = np.zeros(weights.size, dtype=np.float32)
            self.mom2[key] = np.zeros(weights.size, dtype=np.float32)
            self.nr_update[key] = 0
        self.nr_update[key] += 1
        rate = lr_scale * self.learn_rate
        factor = rate * _correction(self.b1, self.b2, self.nr_update[key])
        factor *= (1.0 - self.b1) / (1.0 - self.b2) ** 0.5
        decay = 1.0 - rate * self.L2
        if table is not None and weights.ndim == 2:
            self._step_rows(table, key, weights, gradient, factor=factor, decay=decay)
            if n_averaged := self._n_averaged(key):
                self._row_steps[key].catch_up()
                self._average(key, weights, n_averaged)
            return weights, gradient
        shrink = _clip_factor(gradient, self.grad_clip)
        arrays = (weights.reshape(-1), gradient.reshape(-1), self.mom1[key], self.mom2[key])
        for start in range(0, weights.size, BLOCK):
            w, g, m, v = (array[start : start + BLOCK] for array in arrays)
            self._step(w, g, m, v, factor=factor, shrink=shrink, decay=decay)
            g.fill(0.0)
        if n_averaged := self._n_averaged(key):
            self._average(key, weights, n_averaged)
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
        """Return whether a parameter was never stepped, or has changed its shape because labels were added."""
        return key not in self.mom1 or self.mom1[key].size != weights.size

    def _step(self, w: Any, g: Any, m: Any, v: Any, *, factor: float, shrink: float, decay: float) -> None:
        """Step one block in place: weights, gradient (overwritten) and the two sums."""
        # m = b1 m + g;  v = b2 v + g²;  w = decay (w - factor m / (√v + eps))
        if shrink != 1.0:
            g *= np.float32(shrink)
        m *= np.float32(self.b1)
        m += g
        v *= np.float32(self.b2)
        np.multiply(g, g, out=g)
        v += g
        np.sqrt(v, out=g)
        g += self._summed_eps
        np.divide(m, g, out=g)
        g *= np.float32(factor)
        w -= g
        if decay != 1.0:
            w *= np.float32(decay)

    @property
    def _summed_eps(self) -> Any:
        """The `eps` for the root of a sum of squares; Adam adds `eps` to the root of a mean."""
        return np.float32(self.eps / (1.0 - self.b2) ** 0.5)

    def _step_rows(
        self,
        table: LazyTables,
        key: tuple[int, str],
        weights: Any,
        gradient: Any,
        *,
        factor: float,
        decay: float,
    ) -> None:
        """Step the rows with a gradient; defer the step of the others until they are read."""
        steps = self._row_steps.get(key)
        if steps is None or steps.weights is not weights:
            steps = self._row_steps[key] = self._new_row_steps(key, weights)
        table.defer(key[1], steps)
        rows_R = table.pop_touched(key[1], gradient)
        g_RO = np.take(gradient, rows_R, axis=0)
        shrink = _clip_factor(g_RO, self.grad_clip)
        gradient[rows_R] = 0.0
        for chunk, (w_RO, m_RO, v_RO) in steps.step(rows_R, factor=factor, decay=decay):
            self._step(w_RO, g_RO[chunk], m_RO, v_RO, factor=factor, shrink=shrink, decay=decay)

    def _n_averaged(self, key: tuple[int, str]) -> int:
        """Return how many updates this one stands for in the running average; 0 if it is skipped."""
        n_updates = self.nr_update[key]
        if self.averages is None or (n_updates > AVERAGED_EACH and n_updates % AVERAGED):
            return 0
        return 1 if n_updates <= AVERAGED_EACH else AVERAGED

    def _average(self, key: tuple[int, str], weights: Any, n_averaged: int) -> None:
        """Move the running average towards the weights, by less with every update, following Thinc's rule."""
        if key not in self.averages or self.averages[key].shape != weights.shape:
            self.averages[key] = np.zeros_like(weights)
        end = self.nr_update[key] + 1
        kept = math.prod(min((1.0 + n) / (10.0 + n), 0.9999) for n in range(end - n_averaged, end))
        self.averages[key] += np.float32(1.0 - kept) * (weights - self.averages[key])


def _is_plain(array: Any) -> bool:
    return type(array) is np.ndarray and array.dtype == np.float32 and array.flags.c_contiguous


def _correction(b1: float, b2: float, n_updates: int) -> float:
    """Return the bias correction for moments that started at zero."""
    return float((1.0 - b2**n_updates) ** 0.5 / (1.0 - b1**n_updates))


def _clip_factor(gradient: Any, limit: float) -> float:
    """Return the factor that limits a gradient's norm to `limit`; 0 means no limit.

    Raises:
        NotFinite: The norm is not finite. It is needed here anyway, so the check costs nothing.
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
    beta1: Portion = 0.9,
    beta2: Portion = 0.999,
    eps: Tiny = 1e-8,
    grad_clip: Rate = 1.0,
    L2_is_weight_decay: bool = True,
    use_averages: bool = True,
    groups: Mapping[str, Any] = {},
) -> Optimizer:
    """Create an Adam optimizer.

    Every number may be a schedule, which advances with each training step.

    Args:
        learn_rate: Step size.
        L2: Weight of the L2 penalty.
        beta1: Decay of the running mean of gradients.
        beta2: Decay of the running mean of squared gradients.
        eps: Added to the root of the running mean of squared gradients.
        grad_clip: Largest norm of each parameter's gradient; 0 for no limit.
        L2_is_weight_decay: Decay the weights directly instead of adding the penalty's gradient.
        use_averages: Also keep a running average of the weights, which is evaluated and saved as the best model.
        groups: Parameter groups with their own learning rates, by name. `components` and `params` are patterns for
            component names and "layer/parameter" names; `learn_rate` is a number or a schedule, 0 to freeze. A
            parameter belongs to the first group that matches.
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
        groups=parse(groups),
    )
