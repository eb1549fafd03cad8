"""Lazy optimizer steps for tables of which a batch reads few rows: a row catches up when it is next read.

Adam changes every weight at every step, even if its gradient is zero: the moments of earlier gradients take some
hundred steps to fade. An embedding table has thousands of rows and a batch reads a few hundred, so most of each step
would be spent on rows that are not read. The steps that an unread row has missed have a closed form; they are applied
when the row is read, and to all rows before any other code sees the table.

Axes
    V   rows of a table
    O   width of a table
    R   selected rows
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from thinc.api import Model

#: Steps after which all rows catch up, which bounds the record of past steps.
MAX_STEPS = 512
#: Rows that catch up at a time, to stay in the processor's cache.
CHUNK = 512
#: Batches whose touched rows are collected before they are merged.
MAX_UNMERGED = 32

_stepping: ContextVar[bool] = ContextVar("kernel_stepping", default=False)
_tables: WeakValueDictionary[int, LazyTables] = WeakValueDictionary()


@contextmanager
def stepping() -> Iterator[None]:
    """Let `Model.finish_update` pass tables to the optimizer without catching up, inside a `with` block."""
    token = _stepping.set(True)
    try:
        yield
    finally:
        _stepping.reset(token)


def read_rows(model: Model[Any, Any], name: str, rows: Any) -> Any:
    """Return a table in which the given rows are up to date; the others must not be used.

    Args:
        model: The layer.
        name: The name of its parameter (V, O).
        rows: Row numbers, of any shape; they may repeat.
    """
    tables = lazy_tables(model)
    return model.get_param(name) if tables is None else tables.read(name, rows)


def lazy_tables(model: Model[Any, Any]) -> LazyTables | None:
    """Return the proxy of a layer's parameters, installing it if needed; None if the layer has another proxy."""
    server: Any = model._params
    if server.proxy is None:
        server.proxy = LazyTables(model)
    return server.proxy if isinstance(server.proxy, LazyTables) else None


def add_to_rows(model: Model[Any, Any], name: str, rows_US: Any, dX_UO: Any) -> None:
    """Add gradients to rows of a table's gradient, in place.

    Args:
        model: The layer.
        name: Its parameter (V, O).
        rows_US: The rows that each gradient is added to, int32.
        dX_UO: The gradients.
    """
    if not model.has_grad(name):
        model.set_grad(name, model.ops.alloc2f(*read_rows(model, name, rows_US).shape))
    gradient_VO = model.get_grad(name)
    for slot in range(rows_US.shape[1]):
        model.ops.scatter_add(gradient_VO, model.ops.as_contig(rows_US[:, slot]), dX_UO)
    tables = lazy_tables(model)
    if tables is not None:
        tables.touch(name, rows_US)


def touched_rows(model: Model[Any, Any], name: str) -> Any | None:
    """Return the rows that `add_to_rows` has added to since the last step; None if others may have gradients too."""
    tables = _tables.get(model.id)
    return None if tables is None else tables.touched(name)


def mark_touched(model: Model[Any, Any], name: str, rows: Any) -> None:
    """Restore which rows have a gradient, after setting it; the optimizer steps exactly these."""
    tables = lazy_tables(model)
    if tables is not None:
        tables.touch_only(name, rows)


def distinct(rows: Any, n_rows: int) -> Any:
    """Return the distinct rows in order; for small tables faster than sorting."""
    is_present_V = np.zeros(n_rows, dtype=bool)
    is_present_V[rows] = True
    return np.flatnonzero(is_present_V)


def tables_of(key: tuple[int, str], weights: Any) -> LazyTables | None:
    """Return the lazy tables of the layer with these weights; None if it does not use `read_rows`."""
    tables = _tables.get(key[0])
    return tables if tables is not None and tables.peek(key[1]) is weights else None


class LazySteps:
    """Adam's steps on one table, applied to each row when it is read.

    Between two reads a row of weights w with moments m and v has gradient 0. After k such steps Adam's moments are
    b1^k m and b2^k v, and w has moved along m / √v by a sum that depends only on the steps (eps is scaled down with √v,
    which differs from Adam only where v is as small as eps²). That sum is kept for each step at which a row may have
    been last up to date.

    Args:
        weights: (V, O), float32, changed in place.
        sums: The discounted sums of gradients and of squared gradients, (V, O) each, changed in place.
        betas: Their discount factors.
        eps: Added to the root of the sum of squares.
    """

    def __init__(self, weights: Any, sums: tuple[Any, Any], betas: tuple[float, float], eps: float) -> None:
        self.weights, self._sums, self._eps = weights, sums, np.float32(eps)
        steps = np.arange(MAX_STEPS + 1)
        self._fading1, self._fading2 = (np.power(beta, steps).astype(np.float32) for beta in betas)
        self._fading = np.power(betas[0] / betas[1] ** 0.5, steps)
        self._last_V = np.zeros(len(weights), dtype=np.int32)
        self._begin()

    def _begin(self) -> None:
        self._n_steps = 0
        self._last_V.fill(0)
        # By the step at which a row was last up to date: how far it moved along m / √v, and its factor of decay.
        self._moved = np.zeros(MAX_STEPS + 1)
        self._shrunk = np.ones(MAX_STEPS + 1)

    def catch_up(self) -> None:
        """Bring all rows up to date and forget the steps, as if there had been none."""
        if not self._n_steps:
            return
        self._catch_up_stale(np.flatnonzero(self._last_V != self._n_steps))
        self._begin()

    def state(self) -> dict[str, Any]:
        """Return the steps that rows have missed, as arrays; empty if all rows are up to date."""
        if not self._n_steps:
            return {}
        recorded = slice(self._n_steps + 1)
        return {
            "last": self._last_V.copy(),
            "moved": self._moved[recorded].copy(),
            "shrunk": self._shrunk[recorded].copy(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore what `state` returned, for the same weights and moments."""
        self._begin()
        self._n_steps = len(state["moved"]) - 1
        self._last_V[:] = state["last"]
        self._moved[: self._n_steps + 1] = state["moved"]
        self._shrunk[: self._n_steps + 1] = state["shrunk"]

    def catch_up_rows(self, rows_R: Any) -> None:
        """Bring the given rows, which must be distinct, up to date."""
        self._catch_up_stale(rows_R[self._last_V[rows_R] != self._n_steps])

    def _catch_up_stale(self, stale_R: Any) -> None:
        for start in range(0, len(stale_R), CHUNK):
            self._catch_up_chunk(stale_R[start : start + CHUNK])

    def _catch_up_chunk(self, rows_R: Any) -> None:
        last_R = self._last_V[rows_R]
        missed_R = self._n_steps - last_R
        m_RO, v_RO = (np.take(table, rows_R, axis=0) for table in self._sums)
        move_RO = np.sqrt(v_RO)
        move_RO += self._eps
        np.divide(m_RO, move_RO, out=move_RO)
        move_RO *= self._moved[last_R].astype(np.float32)[:, None]
        w_RO = np.take(self.weights, rows_R, axis=0)
        w_RO *= self._shrunk[last_R].astype(np.float32)[:, None]
        w_RO -= move_RO
        m_RO *= self._fading1[missed_R][:, None]
        v_RO *= self._fading2[missed_R][:, None]
        self.weights[rows_R], self._sums[0][rows_R], self._sums[1][rows_R] = w_RO, m_RO, v_RO
        self._last_V[rows_R] = self._n_steps

    def step(self, rows_R: Any, *, factor: float, decay: float) -> Iterator[tuple[slice, tuple[Any, ...]]]:
        """Make one step: yield the rows with a gradient in chunks, as copies for the caller to step in place.

        Args:
            rows_R: The rows with a nonzero gradient, without duplicates.
            factor: How far the other rows move along m / √v.
            decay: Factor that the weights are multiplied by.

        Yields:
            A slice of `rows_R`, and copies of the weights and moments of those rows.
        """
        self.catch_up_rows(rows_R)
        if self._n_steps == MAX_STEPS:
            self.catch_up()
        now = self._n_steps + 1
        moved = self._moved[:now]
        moved += factor * self._fading[now:0:-1]
        moved *= decay
        self._shrunk[:now] *= decay
        self._n_steps = now
        for start in range(0, len(rows_R), CHUNK):
            some = slice(start, start + CHUNK)
            some_R = rows_R[some]
            tables = (self.weights, *self._sums)
            copies = tuple(np.take(table, some_R, axis=0) for table in tables)
            yield some, copies
            for table, copy in zip(tables, copies, strict=True):
                table[some_R] = copy
            self._last_V[some_R] = now


class LazyTables:
    """A proxy of Thinc's parameter server that defers optimizer steps on the tables of one layer.

    Ordinary access to a parameter first applies all deferred steps; only `read_rows` and the optimizer bypass that.

    Args:
        model: The layer.
    """

    def __init__(self, model: Model[Any, Any]) -> None:
        self._server: Any = model._params
        self._model_id = model.id
        self._steps: dict[str, LazySteps] = {}
        # None: any row of the gradient may be nonzero.
        self._touched: dict[str, list[Any] | None] = {}
        _tables[model.id] = self

    def read(self, name: str, rows: Any) -> Any:
        """Return a parameter in which only the given rows are up to date."""
        steps = self._steps.get(name)
        if steps is not None:
            steps.catch_up_rows(distinct(rows, len(steps.weights)))
        return self.peek(name)

    def peek(self, name: str) -> Any:
        """Return a parameter without catching up."""
        return self._server._params.get((self._model_id, name))

    def touch(self, name: str, rows: Any) -> None:
        """Record that rows of a gradient are nonzero."""
        touched = self._touched.setdefault(name, [])
        if touched is None:
            return
        touched.append(rows)
        if len(touched) > MAX_UNMERGED:
            touched[:] = [self._distinct(name, touched)]

    def touched(self, name: str) -> Any | None:
        """Return the rows recorded as nonzero; None if any row of the gradient may be."""
        touched = self._touched.get(name, [])
        return None if touched is None else self._distinct(name, touched)

    def touch_only(self, name: str, rows: Any) -> None:
        """Record that only these rows of a gradient are nonzero."""
        self._touched[name] = [rows]

    def pop_touched(self, name: str, gradient: Any) -> Any:
        """Return the distinct rows of a gradient that may be nonzero, and clear the record."""
        touched = self._touched.pop(name, [])
        if touched is None:
            return np.flatnonzero(gradient.any(axis=1))
        return self._distinct(name, touched)

    def _distinct(self, name: str, touched: list[Any]) -> Any:
        flat = [np.zeros(0, dtype=np.int32), *(rows.reshape(-1) for rows in touched)]
        return distinct(np.concatenate(flat), len(self.peek(name)))

    def catch_up(self, name: str) -> None:
        """Apply all deferred steps to a parameter."""
        if name in self._steps:
            self._steps[name].catch_up()

    def defer(self, name: str, steps: LazySteps) -> None:
        """Defer the steps of a parameter until it is read."""
        if self._steps.get(name) is not steps:
            self.catch_up(name)
            self._steps[name] = steps

    def get_param(self, model_id: int, name: str) -> Any:
        """Return a parameter with all steps applied."""
        if not _stepping.get():
            self.catch_up(name)
        return self._server._params[model_id, name]

    def set_param(self, model_id: int, name: str, value: Any) -> None:
        """Apply all steps to the parameter that is replaced, because it may be set again later."""
        if self.peek(name) is not value:
            self.catch_up(name)
            self._steps.pop(name, None)

    def set_grad(self, model_id: int, name: str, value: Any) -> None:
        """Set a gradient."""
        self._touched[name] = None
        self._server._grads[model_id, name] = value

    def inc_grad(self, model_id: int, name: str, value: Any) -> None:
        """Add to a gradient, in any row."""
        self._touched[name] = None
        gradient = self._server._grads.get((model_id, name))
        if gradient is None:
            self._server._grads[model_id, name] = value.copy()
        else:
            gradient += value
