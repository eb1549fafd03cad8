"""Weights that do not belong to a model, or are damaged, are refused by file and array."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save
from thinc.api import Linear, Model, chain

from kernel.errors import CheckpointError, KernelError, ModelError, NotFinite
from kernel.pipeline.saving.weights import load_model, model_from_bytes, model_to_bytes, save_model

Header = dict[str, Any]
Tensors = dict[str, Any]


def network() -> Model[Any, Any]:
    model = chain(Linear(4), Linear())
    model.attrs.update(rows=[2], fixed_attrs=("rows",))
    model.set_ref("output", model.layers[1])
    return model


def initialized() -> Model[Any, Any]:
    return network().initialize(np.ones((2, 3), dtype="f"), np.ones((2, 5), dtype="f"))


def changed(data: bytes, change: Callable[[Header, Tensors], None]) -> bytes:
    """Write a file of weights anew, with another header or other arrays."""
    size = int.from_bytes(data[:8], "little")
    header = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["kernel"])
    tensors = {name: np.array(array) for name, array in load(data).items()}
    change(header, tensors)
    return save(tensors, metadata={"kernel": json.dumps(header)})


def set_nan(header: Header, tensors: Tensors) -> None:
    tensors["2/linear/W"][1, 2] = np.nan


def set_inf(header: Header, tensors: Tensors) -> None:
    tensors["1/linear/b"][0] = -np.inf


def double(header: Header, tensors: Tensors) -> None:
    tensors["1/linear/W"] = tensors["1/linear/W"].astype("float64")


def integers(header: Header, tensors: Tensors) -> None:
    tensors["1/linear/b"] = tensors["1/linear/b"].astype("int32")


def narrow(header: Header, tensors: Tensors) -> None:
    tensors["2/linear/W"] = tensors["2/linear/W"][:, :-1].copy()


def add(header: Header, tensors: Tensors) -> None:
    tensors["1/linear/Z"] = np.ones(3, dtype="f")


def declare(header: Header, tensors: Tensors) -> None:
    header["nodes"][1]["params"]["Z"] = False


def leave_out(header: Header, tensors: Tensors) -> None:
    del header["nodes"][1]["params"]["b"], tensors["1/linear/b"]


def lose(header: Header, tensors: Tensors) -> None:
    del tensors["1/linear/b"]


def later_format(header: Header, tensors: Tensors) -> None:
    header["format"] = 2


def no_sizes(header: Header, tensors: Tensors) -> None:
    header["nodes"][2]["dims"]["nO"] = None


def replace_function(header: Header, tensors: Tensors) -> None:
    header["nodes"][0]["attrs"]["build"] = 3


def fixed_attribute(header: Header, tensors: Tensors) -> None:
    header["nodes"][0]["attrs"]["rows"] = [3]


def other_reference(header: Header, tensors: Tensors) -> None:
    header["nodes"][0]["refs"]["output"] = 1


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            set_nan,
            CheckpointError,
            "the array '2/linear/W' holds numbers that are not finite, got nan at [1, 2]",
        ),
        (
            set_inf,
            CheckpointError,
            "the array '1/linear/b' holds numbers that are not finite, got -inf at [0]",
        ),
        (double, ModelError, "the array '1/linear/W' must be of float32, got float64"),
        (integers, ModelError, "the array '1/linear/b' must be of float32, got int32"),
        (
            narrow,
            ModelError,
            "the array '2/linear/W' does not fit the model, expected shape (5, 4), got (5, 3)",
        ),
        (add, ModelError, "unknown array '1/linear/Z', which the model does not have"),
        (declare, ModelError, "linear: unknown parameter 'Z', got ['W', 'b', 'Z']"),
        (leave_out, ModelError, "linear: missing parameter 'b', got ['W']"),
        (lose, CheckpointError, "the array '1/linear/b' is missing"),
        (later_format, CheckpointError, "the weights are of another format, expected 1, got 2"),
        (no_sizes, CheckpointError, "layer linear has weights, but not all of their dimensions"),
        (replace_function, ModelError, "attribute 'build' does not fit the model, got 3"),
        (fixed_attribute, ModelError, "attribute 'rows' does not fit the model, expected [2], got [3]"),
        (other_reference, ModelError, "reference 'output' does not fit the model, got 1"),
    ],
)
def test_weights_are_refused_by_file_and_array(
    tmp_path: Path, change: Callable[[Header, Tensors], None], error: type[KernelError], message: str
) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(changed(model_to_bytes(initialized()), change))
    model = network()
    model.attrs["build"] = len

    with pytest.raises(error) as caught:
        load_model(model, file)

    assert type(caught.value) is error
    assert str(caught.value).startswith(f"{file}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "nodes",
    [
        "3",
        "[3, 4, 5]",
        '[{"name": "a", "dims": {"nO": "x"}, "params": {}, "refs": {}, "attrs": {}}]',
        '[{"name": "a", "dims": {}, "params": {}, "refs": {"b": 7}, "attrs": {}}]',
        '[{"name": "a", "dims": {}, "params": {"W": 1}, "refs": {}, "attrs": {}}]',
        '[{"name": "a", "dims": {}, "params": {}, "refs": {}, "attrs": {}, "dtypes": {"W": "object"}}]',
        "[" * 100_000,
    ],
)
def test_a_header_of_another_form_is_damage(nodes: str) -> None:
    data = save({}, metadata={"kernel": '{"format": 1, "nodes": ' + nodes + "}"})

    with pytest.raises(CheckpointError, match="weights: not the weights of a model, or damaged"):
        model_from_bytes(Model("a", lambda *args: args), data)


def test_a_parameter_of_another_type_returns_as_it_was() -> None:
    def build() -> Model[Any, Any]:
        return Model("counts", lambda *args: args, params={"n": None})

    model, other = build(), build()
    model.set_param("n", np.arange(3, dtype="uint64"))

    model_from_bytes(other, model_to_bytes(model))

    assert other.get_param("n").dtype == "uint64"


def test_a_type_that_a_layer_states_counts() -> None:
    model = Model(
        "counts",
        lambda *args: args,
        params={"n": None},
        attrs={"param_dtypes": (("n", "uint64"),)},
    )
    model.set_param("n", np.arange(3, dtype="uint64"))
    data = model_to_bytes(model)

    def as_numbers(header: Header, tensors: Tensors) -> None:
        tensors["0/counts/n"] = tensors["0/counts/n"].astype("float32")

    model.set_param("n", None)
    with pytest.raises(ModelError, match="the array '0/counts/n' must be of uint64, got float32"):
        model_from_bytes(model, changed(data, as_numbers))


def test_large_numbers_are_finite() -> None:
    model, other = Linear(2, 2).initialize(), Linear(2, 2)
    model.set_param("W", np.full((2, 2), 3e38, dtype="f"))

    model_from_bytes(other, model_to_bytes(model))

    assert other.get_param("W").max() == np.float32(3e38)


def test_weights_that_are_not_finite_are_not_saved(tmp_path: Path) -> None:
    model = initialized()
    save_model(model, tmp_path / "model.safetensors")
    before = (tmp_path / "model.safetensors").read_bytes()
    model.layers[0].get_param("W")[0, 1] = np.inf

    with pytest.raises(NotFinite, match=r"cannot be saved, got inf at \[0, 1\] of '1/linear/W'"):
        save_model(model, tmp_path / "model.safetensors")

    assert (tmp_path / "model.safetensors").read_bytes() == before
