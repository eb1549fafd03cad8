"""Tables of which a batch reads few rows: each row is stepped when it is next read.

Adam moves every weight at every step, also where the gradient is zero: the moments of earlier gradients fade away over
some hundred steps. An embedding table has thousands of rows and a batch reads a few hundred, so most of a step would go
into rows that nobody looks at. What a row misses while nobody does is known in closed form; it is made up for
when the row is read, and for all rows before anybody else sees the table.

Axes
    V   rows of a table
    O   width of a table
    R   some of its rows
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from thinc.api import Model

#: Steps after which all rows are brought up to date, which bounds what must be noted about steps.
MAX_STEPS = 512
#: Rows that are brought up to date at a time, to stay in the processor's cache.
CHUNK = 512
#: Batches whose rows are noted before the notes are put together.
MAX_NOTES = 32

_stepping: ContextVar[bool] = ContextVar("kernel_stepping", default=False)
_tables: WeakValueDictionary[int, LazyTables] = WeakValueDictionary()


@contextmanager
def stepping() -> Iterator[None]:
    """Let `Model.finish_update` hand tables to the optimizer as they are, inside this block."""
    token = _stepping.set(True)
    try:
        yield
    finally:
        _stepping.reset(token)


def read_rows(model: Model[Any, Any], name: str, rows: Any) -> Any:
    """Give a table whose named rows are up to date; the others must not be looked at.

    Args:
        model: The layer.
        name: Of its parameter (V, O).
        rows: Row numbers, of any shape; they may repeat.
    """
    tables = tables_before(model)
    return model.get_param(name) if tables is None else tables.read(name, rows)


def tables_before(model: Model[Any, Any]) -> LazyTables | None:
    """Give the tables that stand before a layer's parameters, put there if need be; None where another proxy does."""
    server: Any = model._params
    if server.proxy is None:
        server.proxy = LazyTables(model)
    return server.proxy if isinstance(server.proxy, LazyTables) else None


def add_to_rows(model: Model[Any, Any], name: str, rows_US: Any, dX_UO: Any) -> None:
    """Add gradients to rows of a table's gradient, in place.

    Args:
        model: The layer.
        name: Its parameter (V, O).
        rows_US: The rows that each gradient belongs to, int32.
        dX_UO: The gradients.
    """
    if not model.has_grad(name):
        model.set_grad(name, model.ops.alloc2f(*read_rows(model, name, rows_US).shape))
    gradient_VO = model.get_grad(name)
    for slot in range(rows_US.shape[1]):
        model.ops.scatter_add(gradient_VO, model.ops.as_contig(rows_US[:, slot]), dX_UO)
    tables = tables_before(model)
    if tables is not None:
        tables.note(name, rows_US)


def noted_rows(model: Model[Any, Any], name: str) -> Any | None:
    """Give the rows that `add_to_rows` has added to since the last step; None where others may have gradients, too."""
    tables = _tables.get(model.id)
    return None if tables is None else tables.peek_noted(name)


def note_rows(model: Model[Any, Any], name: str, rows: Any) -> None:
    """Say after setting a gradient that it is that of `noted_rows`: a step treats rows by that, not by what is zero."""
    tables = tables_before(model)
    if tables is not None:
        tables.note_only(name, rows)


def distinct(rows: Any, n_rows: int) -> Any:
    """Name each row once, in order; faster than sorting them where they are few of few."""
    is_named_V = np.zeros(n_rows, dtype=bool)
    is_named_V[rows] = True
    return np.flatnonzero(is_named_V)


def tables_of(key: tuple[int, str], weights: Any) -> LazyTables | None:
    """Find the tables of the layer that has these weights, if it reads them by `read_rows`."""
    tables = _tables.get(key[0])
    return tables if tables is not None and tables.peek(key[1]) is weights else None


class LazySteps:
    """Adam's steps on one table, made for each row when they matter.

    Between two readings a row of weights w with moments m and v has gradient 0. By Adam its moments are then b1^k m and
    b2^k v after k steps, and w has moved along m / √v by a sum that depends on the steps alone (eps fades with √v,
    which differs from Adam only where v is as small as eps²). The sum is kept for each step since when a row can have
    been left alone.

    Args:
        weights: (V, O), float32, changed in place.
        sums: The discounted sums of gradients and of their squares, (V, O) each, changed in place.
        betas: Their discounts.
        eps: What is added to the root of the sum of squares.
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
        # By the step since which a row has been left alone: how far it went along m / √v, and what it shrank to.
        self._moved = np.zeros(MAX_STEPS + 1)
        self._shrunk = np.ones(MAX_STEPS + 1)

    def settle(self) -> None:
        """Bring all rows up to date, and forget the steps: from here on it is as if there had been none."""
        if not self._n_steps:
            return
        self._settle_stale(np.flatnonzero(self._last_V != self._n_steps))
        self._begin()

    def state(self) -> dict[str, Any]:
        """Say what rows have missed, as arrays; nothing where all are up to date."""
        if not self._n_steps:
            return {}
        noted = slice(self._n_steps + 1)
        return {
            "last": self._last_V.copy(),
            "moved": self._moved[noted].copy(),
            "shrunk": self._shrunk[noted].copy(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take what `state` gave for the same weights and moments."""
        self._begin()
        self._n_steps = len(state["moved"]) - 1
        self._last_V[:] = state["last"]
        self._moved[: self._n_steps + 1] = state["moved"]
        self._shrunk[: self._n_steps + 1] = state["shrunk"]

    def settle_some(self, rows_R: Any) -> None:
        """Bring some rows up to date, none of them named twice."""
        self._settle_stale(rows_R[self._last_V[rows_R] != self._n_steps])

    def _settle_stale(self, stale_R: Any) -> None:
        for start in range(0, len(stale_R), CHUNK):
            self._settle(stale_R[start : start + CHUNK])

    def _settle(self, rows_R: Any) -> None:
        last_R = self._last_V[rows_R]
        left_R = self._n_steps - last_R
        m_RO, v_RO = (np.take(table, rows_R, axis=0) for table in self._sums)
        move_RO = np.sqrt(v_RO)
        move_RO += self._eps
        np.divide(m_RO, move_RO, out=move_RO)
        move_RO *= self._moved[last_R].astype(np.float32)[:, None]
        w_RO = np.take(self.weights, rows_R, axis=0)
        w_RO *= self._shrunk[last_R].astype(np.float32)[:, None]
        w_RO -= move_RO
        m_RO *= self._fading1[left_R][:, None]
        v_RO *= self._fading2[left_R][:, None]
        self.weights[rows_R], self._sums[0][rows_R], self._sums[1][rows_R] = w_RO, m_RO, v_RO
        self._last_V[rows_R] = self._n_steps

    def step(self, rows_R: Any, *, factor: float, decay: float) -> Iterator[tuple[slice, tuple[Any, ...]]]:
        """Make one step: yields chunks of the rows with a gradient, as copies for the caller to step in place.

        Args:
            rows_R: The rows whose gradient is not zero, without repetition.
            factor: By which the others move along m / √v.
            decay: What weights are multiplied by.

        Yields:
            Which of the rows, and copies of their weights and moments.
        """
        self.settle_some(rows_R)
        if self._n_steps == MAX_STEPS:
            self.settle()
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
    """Stands before the parameters of one layer, as the proxy of Thinc's parameter server.

    Whoever asks for a parameter gets it with all steps made; only `read_rows` and an optimizer know better.

    Args:
        model: The layer.
    """

    def __init__(self, model: Model[Any, Any]) -> None:
        self._server: Any = model._params
        self._model_id = model.id
        self._steps: dict[str, LazySteps] = {}
        # None: all rows of the gradient may be other than zero.
        self._noted: dict[str, list[Any] | None] = {}
        _tables[model.id] = self

    def read(self, name: str, rows: Any) -> Any:
        """Give a parameter of which only some rows are up to date."""
        steps = self._steps.get(name)
        if steps is not None:
            steps.settle_some(distinct(rows, len(steps.weights)))
        return self.peek(name)

    def peek(self, name: str) -> Any:
        """Give a parameter as it is."""
        return self._server._params.get((self._model_id, name))

    def note(self, name: str, rows: Any) -> None:
        """Remember which rows of a gradient are not zero."""
        noted = self._noted.setdefault(name, [])
        if noted is None:
            return
        noted.append(rows)
        if len(noted) > MAX_NOTES:
            noted[:] = [self._distinct(name, noted)]

    def peek_noted(self, name: str) -> Any | None:
        """Say which rows are noted; None where all rows of the gradient may be other than zero."""
        noted = self._noted.get(name, [])
        return None if noted is None else self._distinct(name, noted)

    def note_only(self, name: str, rows: Any) -> None:
        """Remember that other rows of a gradient are zero."""
        self._noted[name] = [rows]

    def noted(self, name: str, gradient: Any) -> Any:
        """Say which rows of a gradient may not be zero, none twice, and forget them."""
        noted = self._noted.pop(name, [])
        if noted is None:
            return np.flatnonzero(gradient.any(axis=1))
        return self._distinct(name, noted)

    def _distinct(self, name: str, noted: list[Any]) -> Any:
        flat = [np.zeros(0, dtype=np.int32), *(rows.reshape(-1) for rows in noted)]
        return distinct(np.concatenate(flat), len(self.peek(name)))

    def settle(self, name: str) -> None:
        """Make all steps that are due."""
        if name in self._steps:
            self._steps[name].settle()

    def defer(self, name: str, steps: LazySteps) -> None:
        """Leave the steps of a parameter to its readers."""
        if self._steps.get(name) is not steps:
            self.settle(name)
            self._steps[name] = steps

    def get_param(self, model_id: int, name: str) -> Any:
        """Give a parameter with all steps made."""
        if not _stepping.get():
            self.settle(name)
        return self._server._params[model_id, name]

    def set_param(self, model_id: int, name: str, value: Any) -> None:
        """Make all steps on what is replaced: it may come back."""
        if self.peek(name) is not value:
            self.settle(name)
            self._steps.pop(name, None)

    def set_grad(self, model_id: int, name: str, value: Any) -> None:
        """Set a gradient."""
        self._noted[name] = None
        self._server._grads[model_id, name] = value

    def inc_grad(self, model_id: int, name: str, value: Any) -> None:
        """Add to all of a gradient."""
        self._noted[name] = None
        held = self._server._grads.get((model_id, name))
        if held is None:
            self._server._grads[model_id, name] = value.copy()
        else:
            held += value
