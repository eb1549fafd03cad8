"""Everything that a run has learned, as named tensors and plain facts: weights, moments, averages, schedules.

Thinc knows a parameter by the number of its layer, which differs from process to process. Here it is called
`component/index/parameter`, with the layer's place in `model.walk()`; what two components share is called by its
first place.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping
from typing import Any

import numpy as np

from kernel.contracts.capabilities import (
    model_of,
    offers_from_bytes,
    offers_rows_behind,
    offers_to_bytes,
    offers_update,
    schedules_of,
    updates_of,
)
from kernel.errors import CheckpointError
from kernel.pipeline.optim.lazy_rows import mark_touched, stepping, touched_rows
from kernel.pipeline.saving.shims import load_state_tensors, parameters, state_tensors
from kernel.pipeline.saving.weights import plain_attrs
from kernel.training.run import Run
from kernel.training.runs.state_checks import check_arrays

Tensors = dict[str, Any]

#: Numbers of an optimizer that a schedule may change.
_RATES = ("learn_rate", "b1", "b2", "eps", "L2", "grad_clip")
#: Arrays that an optimizer keeps for each parameter.
_SUMS = ("mom1", "mom2", "averages")
#: Arrays that say what rows of a table have missed.
_ROWS = ("last", "moved", "shrunk")


class CountedSchedule(Iterator[Any]):
    """A schedule that knows how far it has come, so that another one can be brought to the same place."""

    def __init__(self, schedule: Any) -> None:
        self._schedule = iter(schedule)
        self.n_drawn = 0

    def __next__(self) -> Any:
        """Give the next number."""
        value = next(self._schedule)
        self.n_drawn += 1
        return value

    def advance(self, n_drawn: int) -> None:
        """Go to where another one is."""
        while self.n_drawn < n_drawn:
            next(self)


def count_schedules(optimizer: Any) -> None:
    """Let an optimizer's schedules count from here on."""
    schedules = schedules_of(optimizer)
    for name, schedule in schedules.items():
        if not isinstance(schedule, CountedSchedule):
            schedules[name] = CountedSchedule(schedule)


def collect(run: Run) -> tuple[dict[str, Any], Tensors]:
    """Gather what a run has learned, as facts for JSON and as arrays of NumPy."""
    optimizer, tensors = run.optimizer, {}
    updates: dict[str, int] = {}
    gradients: list[str] = []
    for name, node, param in _parameters(run):
        key = (node.id, param)
        if node.has_param(param):
            # As it is: to step rows that nobody has read yet would change the rounding of what comes.
            with stepping():
                tensors[f"weights/{name}"] = _plain(node, node.get_param(param))
            if offers_rows_behind(optimizer):
                missed = optimizer.rows_behind(node, param)
                tensors |= {f"rows/{name}/{part}": array for part, array in missed.items()}
        if node.has_grad(param):
            gradients.append(name)
            gradient = _plain(node, node.get_grad(param))
            if gradient.any():  # an updater that has not applied it yet
                tensors[f"gradients/{name}"] = gradient
            if (noted := touched_rows(node, param)) is not None:
                tensors[f"noted/{name}"] = noted
        tensors |= _sums(optimizer, key, name, node.ops, updates)
    for name, node, shim in _shims(run):
        state = state_tensors(shim, name)
        tensors |= {f"shims/{name}/{part}": array for part, array in state.items()}
        for part in parameters(shim):
            tensors |= _sums(optimizer, (shim.id, part), f"{name}/{part}", node.ops, updates)
    for name, component in _without_model(run):
        tensors[f"bytes/{name}"] = np.frombuffer(component.to_bytes(), dtype=np.uint8)
    schedules = schedules_of(optimizer)
    facts = {
        "attrs": {name: plain_attrs(node) for name, node in _layers(run)},
        "updates": updates,
        "gradients": gradients,
        "rates": {
            name: float(getattr(optimizer, name))
            for name in dict.fromkeys([*_RATES, *schedules])
            if hasattr(optimizer, name)
        },
        "schedules": {
            name: schedule.n_drawn
            for name, schedule in schedules.items()
            if isinstance(schedule, CountedSchedule)
        },
    }
    return facts, tensors


def restore(run: Run, facts: Mapping[str, Any], tensors: Tensors) -> None:
    """Put back what `collect` gave.

    Args:
        run: A run made from the same config: its pipeline has the same parameters, its optimizer is new.
        facts: The facts.
        tensors: The arrays.

    Raises:
        CheckpointError: They are those of another pipeline.
    """
    optimizer = run.optimizer
    known = {name for kind, _, name in (full.partition("/") for full in tensors) if kind == "weights"}
    places = list(_parameters(run))
    if known != {name for name, node, param in places if node.has_param(param)}:
        raise CheckpointError(
            "--resume: the checkpoint belongs to another pipeline, whose parameters have other names; begin anew "
            "with --overwrite"
        )
    for name, node, param in places:
        if name in known:
            _check_shape(node, param, name, tensors[f"weights/{name}"])
    types = {name: str(node.get_param(param).dtype) for name, node, param in places if node.has_param(param)}
    check_arrays(tensors, types, [name for name, _, _ in _shims(run)])
    for name, node, param in places:
        key = (node.id, param)
        if name in known:
            node.set_param(param, node.ops.asarray(tensors[f"weights/{name}"]))
        if name in facts["gradients"]:
            zeros = np.zeros_like(tensors[f"weights/{name}"])
            node.set_grad(param, node.ops.asarray(tensors.get(f"gradients/{name}", zeros)))
            if f"noted/{name}" in tensors:
                mark_touched(node, param, tensors[f"noted/{name}"])
        _put_sums(optimizer, key, name, node.ops, facts, tensors)
        if missed := {part: tensors[at] for part in _ROWS if (at := f"rows/{name}/{part}") in tensors}:
            optimizer.leave_behind(node, param, missed)
    for name, node in _layers(run):
        node.attrs.update(_known(plain_attrs(node), facts["attrs"].get(name, {}), name))
    for name, node, shim in _shims(run):
        prefix = f"shims/{name}/"
        state = {full[len(prefix) :]: t for full, t in tensors.items() if full.startswith(prefix)}
        load_state_tensors(shim, state, f"--resume: {name}")
        for part in parameters(shim):
            _put_sums(optimizer, (shim.id, part), f"{name}/{part}", node.ops, facts, tensors)
    for name, component in _without_model(run):
        component.from_bytes(tensors[f"bytes/{name}"].tobytes())
    schedules = schedules_of(optimizer)
    for name, n_drawn in _known(schedules, facts["schedules"], "the optimizer's schedules").items():
        schedules[name].advance(int(_number(n_drawn, name)))
    rates = {name for name in (*_RATES, *schedules) if hasattr(optimizer, name)}
    for name, value in _known(rates, facts["rates"], "the optimizer").items():
        setattr(optimizer, name, _number(value, name))


def _known(known: Container[str], given: Mapping[str, Any], what: str) -> Mapping[str, Any]:
    """See that a checkpoint sets nothing but what is there to be set."""
    for name in given:
        if name not in known:
            raise CheckpointError(
                f"--resume: the checkpoint belongs to another pipeline, {what} has nothing called {name!r}; begin anew "
                "with --overwrite"
            )
    return given


def _number(value: Any, name: str) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise CheckpointError(
            f"--resume: the checkpoint is damaged, expected a number for {name!r} of the optimizer, got {value!r:.60}; "
            "remove it to go on from the one before"
        )
    return float(value)


def _layers(run: Run) -> Iterator[tuple[str, Any]]:
    """Name the layers of what learns, each once."""
    seen = set()
    for name, component in _learning(run):
        model = model_of(component)
        for index, node in enumerate(model.walk() if model is not None else ()):
            if node.id not in seen:
                seen.add(node.id)
                yield f"{name}/{index}", node


def _parameters(run: Run) -> Iterator[tuple[str, Any, str]]:
    for name, node in _layers(run):
        yield from ((f"{name}/{param}", node, param) for param in node.param_names)


def _shims(run: Run) -> Iterator[tuple[str, Any, Any]]:
    for name, node in _layers(run):
        yield from ((f"{name}/{place}", node, shim) for place, shim in enumerate(node.shims))


def _sums(
    optimizer: Any, key: tuple[int, str], name: str, ops: Any, updates: dict[str, int]
) -> dict[str, Any]:
    """Gather what an optimizer keeps for one parameter, and note in `updates` how often it was stepped."""
    if key in (counted := updates_of(optimizer)):
        updates[name] = counted[key]
    kept = {kind: getattr(optimizer, kind, None) or {} for kind in _SUMS}
    return {
        f"{kind}/{name}": np.ascontiguousarray(ops.to_numpy(arrays[key]))
        for kind, arrays in kept.items()
        if key in arrays
    }


def _put_sums(
    optimizer: Any, key: tuple[int, str], name: str, ops: Any, facts: Mapping[str, Any], tensors: Tensors
) -> None:
    for kind in _SUMS:
        if (array := tensors.get(f"{kind}/{name}")) is not None:
            getattr(optimizer, kind)[key] = ops.asarray(array)
    if name in facts["updates"]:
        optimizer.nr_update[key] = facts["updates"][name]


def _without_model(run: Run) -> Iterator[tuple[str, Any]]:
    """Components that learn in their own way and can be written as bytes."""
    for name, component in _learning(run):
        learns = model_of(component) is None and offers_update(component)
        if learns and offers_to_bytes(component) and offers_from_bytes(component):
            yield name, component


def _learning(run: Run) -> Iterator[tuple[str, Any]]:
    yield from ((name, one) for name, one in run.nlp.pipeline if name not in run.frozen)


def _plain(node: Any, array: Any) -> Any:
    return np.ascontiguousarray(node.ops.to_numpy(array))


def _check_shape(node: Any, param: str, name: str, array: Any) -> None:
    if node.has_param(param) and node.get_param(param).shape != array.shape:
        raise CheckpointError(
            f"--resume: the checkpoint belongs to another pipeline, {name} has the shape {array.shape} there and "
            f"{node.get_param(param).shape} here; begin anew with --overwrite"
        )
