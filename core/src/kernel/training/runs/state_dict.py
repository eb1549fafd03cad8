"""Collect and restore the learned state of a run: weights, moments, averages, schedules.

Thinc identifies a parameter by its layer's id, which differs between processes. Here its name is
`component/index/parameter`, where index is the layer's position in `model.walk()`; a parameter that components share
has the name of its first position.
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
#: Arrays that describe the pending updates of lazy rows.
_ROWS = ("last", "moved", "shrunk")


class CountedSchedule(Iterator[Any]):
    """A schedule that counts its values, so that another one can be advanced to the same position."""

    def __init__(self, schedule: Any) -> None:
        self._schedule = iter(schedule)
        self.n_drawn = 0

    def __next__(self) -> Any:
        """Return the next value."""
        value = next(self._schedule)
        self.n_drawn += 1
        return value

    def advance(self, n_drawn: int) -> None:
        """Advance until `n_drawn` values have been drawn."""
        while self.n_drawn < n_drawn:
            next(self)


def count_schedules(optimizer: Any) -> None:
    """Replace an optimizer's schedules by ones that count their values."""
    schedules = schedules_of(optimizer)
    for name, schedule in schedules.items():
        if not isinstance(schedule, CountedSchedule):
            schedules[name] = CountedSchedule(schedule)


def collect(run: Run) -> tuple[dict[str, Any], Tensors]:
    """Return the learned state of a run, as facts for JSON and as NumPy arrays."""
    optimizer, tensors = run.optimizer, {}
    updates: dict[str, int] = {}
    gradients: list[str] = []
    for name, node, param in _parameters(run):
        key = (node.id, param)
        if node.has_param(param):
            # As is: updating lazy rows early would change the rounding of later steps.
            with stepping():
                tensors[f"weights/{name}"] = _plain(node, node.get_param(param))
            if offers_rows_behind(optimizer):
                missed = optimizer.rows_behind(node, param)
                tensors |= {f"rows/{name}/{part}": array for part, array in missed.items()}
        if node.has_grad(param):
            gradients.append(name)
            gradient = _plain(node, node.get_grad(param))
            if gradient.any():  # the updater has not applied it yet
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
    """Restore what `collect` returned.

    Args:
        run: A run built from the same config: its pipeline has the same parameters, its optimizer is new.
        facts: The facts.
        tensors: The arrays.

    Raises:
        CheckpointError: They belong to another pipeline.
    """
    optimizer = run.optimizer
    saved = {name for kind, _, name in (full.partition("/") for full in tensors) if kind == "weights"}
    targets = list(_parameters(run))
    if saved != {name for name, node, param in targets if node.has_param(param)}:
        raise CheckpointError(
            "--resume: the checkpoint belongs to another pipeline, whose parameters have other names; start again "
            "with --overwrite"
        )
    for name, node, param in targets:
        if name in saved:
            _check_shape(node, param, name, tensors[f"weights/{name}"])
    types = {name: str(node.get_param(param).dtype) for name, node, param in targets if node.has_param(param)}
    check_arrays(tensors, types, [name for name, _, _ in _shims(run)])
    for name, node, param in targets:
        key = (node.id, param)
        if name in saved:
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
        node.attrs.update(_expected(plain_attrs(node), facts["attrs"].get(name, {}), name))
    for name, node, shim in _shims(run):
        prefix = f"shims/{name}/"
        state = {full[len(prefix) :]: t for full, t in tensors.items() if full.startswith(prefix)}
        load_state_tensors(shim, state, f"--resume: {name}")
        for part in parameters(shim):
            _put_sums(optimizer, (shim.id, part), f"{name}/{part}", node.ops, facts, tensors)
    for name, component in _without_model(run):
        component.from_bytes(tensors[f"bytes/{name}"].tobytes())
    schedules = schedules_of(optimizer)
    for name, n_drawn in _expected(schedules, facts["schedules"], "the optimizer's schedules").items():
        schedules[name].advance(int(_number(n_drawn, name)))
    rates = {name for name in (*_RATES, *schedules) if hasattr(optimizer, name)}
    for name, value in _expected(rates, facts["rates"], "the optimizer").items():
        setattr(optimizer, name, _number(value, name))


def _expected(names: Container[str], values: Mapping[str, Any], what: str) -> Mapping[str, Any]:
    """Return the values of a checkpoint, after a check that the pipeline has all their names."""
    for name in values:
        if name not in names:
            raise CheckpointError(
                f"--resume: the checkpoint belongs to another pipeline, {what} has no {name!r}; start again with "
                "--overwrite"
            )
    return values


def _number(value: Any, name: str) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise CheckpointError(
            f"--resume: the checkpoint is damaged, expected a number for {name!r} of the optimizer, got {value!r:.60}; "
            "remove it to resume from the one before"
        )
    return float(value)


def _layers(run: Run) -> Iterator[tuple[str, Any]]:
    """Yield name and layer of the components that learn, each layer once."""
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
        yield from ((f"{name}/{index}", node, shim) for index, shim in enumerate(node.shims))


def _sums(
    optimizer: Any, key: tuple[int, str], name: str, ops: Any, updates: dict[str, int]
) -> dict[str, Any]:
    """Return what an optimizer keeps for one parameter, and count its updates in `updates`."""
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
    """Yield the components that learn without a model and can be serialized to bytes."""
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
            f"{node.get_param(param).shape} here; start again with --overwrite"
        )
