"""Weights: safetensors of a Thinc model and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from thinc.api import Linear, Model, Relu, chain, clone

from kernel.errors import CheckpointError, ModelError
from kernel.pipeline.components.params import swapped_params
from kernel.pipeline.saving.weights import load_model, model_from_bytes, model_to_bytes, save_model


def network(width: int = 4) -> Model[Any, Any]:
    return chain(Relu(width), Relu(width), Linear())


def initialized(width: int = 4) -> Model[Any, Any]:
    return network(width).initialize(np.ones((2, 3), dtype="f"), np.ones((2, 5), dtype="f"))


def test_a_model_without_shapes_becomes_the_saved_one(tmp_path: Path) -> None:
    model, other = initialized(), network()
    X_NI = np.linspace(-1, 1, 12, dtype="f").reshape(4, 3)

    save_model(model, tmp_path / "model.safetensors")
    load_model(other, tmp_path / "model.safetensors")

    np.testing.assert_array_equal(model.predict(X_NI), other.predict(X_NI))
    assert other.layers[-1].get_dim("nO") == 5


def test_equal_weights_give_equal_bytes() -> None:
    model, other = initialized(), network()

    model_from_bytes(other, model_to_bytes(model))

    assert model_to_bytes(other) == model_to_bytes(model)


def test_loaded_parameters_can_be_trained() -> None:
    other = network()
    model_from_bytes(other, model_to_bytes(initialized()))

    Y_NO, backprop = other.begin_update(np.ones((2, 3), dtype="f"))
    backprop(Y_NO)
    other.finish_update(
        lambda key, weights, gradient: (np.subtract(weights, gradient, out=weights), gradient)
    )

    assert np.isfinite(other.layers[0].get_param("W")).all()


def test_plain_attributes_and_references_return() -> None:
    def build(**attrs: Any) -> Model[Any, Any]:
        layer = Linear(2, 2)
        return Model("outer", lambda *args: args, layers=[layer], attrs=attrs, refs={"inner": None})

    model = build(seed=7, names=["a"], build=len)
    model.layers[0].initialize()
    model.set_ref("inner", model.layers[0])
    other = build(seed=0)

    model_from_bytes(other, model_to_bytes(model))

    assert other.attrs == {"seed": 7, "names": ["a"]}
    assert other.get_ref("inner") is other.layers[0]


def test_a_model_without_parameters_can_be_saved() -> None:
    model = Model("nothing", lambda *args: args)

    model_from_bytes(model, model_to_bytes(model))

    assert model.param_names == ()


def test_a_layer_that_occurs_several_times_is_saved_once() -> None:
    layer = Linear(2, 2)
    model = chain(layer, layer).initialize()

    other = chain(*(lambda shared: (shared, shared))(Linear(2, 2)))
    model_from_bytes(other, model_to_bytes(model))

    np.testing.assert_array_equal(other.layers[1].get_param("W"), layer.get_param("W"))


def test_another_width_is_named_with_node_and_both_sizes() -> None:
    with pytest.raises(ModelError) as error:
        model_from_bytes(network(8), model_to_bytes(initialized(4)), source="tagger")

    assert str(error.value).endswith(
        "relu nO does not fit the model, expected 8, got 4; build the model from the config that the weights "
        "were saved with"
    )


def test_another_architecture_is_named_by_its_first_node() -> None:
    other = chain(Linear(4), Relu(4), Linear())
    other.name = initialized().name

    with pytest.raises(ModelError, match=r"node 1 is 'relu' there and 'linear' here"):
        model_from_bytes(other, model_to_bytes(initialized()))


def test_a_deeper_model_is_refused() -> None:
    deep = clone(Relu(4), 3)
    shallow = clone(Relu(4), 2)
    shallow.name = deep.name

    with pytest.raises(ModelError, match="expected 3 nodes, got 4"):
        model_from_bytes(shallow, model_to_bytes(deep.initialize(np.ones((1, 4), dtype="f"))))


@pytest.mark.parametrize("keep", [0, 7, 40, -1])
def test_damaged_bytes_are_an_error_that_names_the_file(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(model_to_bytes(initialized())[:keep])

    with pytest.raises(CheckpointError, match=r"model\.safetensors: not the weights of a model, or damaged"):
        load_model(network(), path)


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"gone\.safetensors: the weights cannot be read, No such file"):
        load_model(network(), tmp_path / "gone.safetensors")


def test_a_shim_takes_part_through_its_tensors() -> None:
    class Shim:
        def __init__(self, value: float) -> None:
            self.value = np.array([value], dtype="f")

        def state_tensors(self) -> dict[str, Any]:
            return {"value": self.value}

        def load_state_tensors(self, tensors: dict[str, Any]) -> None:
            self.value = tensors["value"]

    saved = Model("framework", lambda *args: args, shims=[Shim(3.0)])
    loaded = Model("framework", lambda *args: args, shims=[Shim(0.0)])

    model_from_bytes(loaded, model_to_bytes(saved))

    assert loaded.shims[0].value.tolist() == [3.0]


def test_a_shim_that_only_pickles_is_refused() -> None:
    model = Model("framework", lambda *args: args, shims=[object()])

    with pytest.raises(ModelError, match="framework: object cannot be saved as plain tensors"):
        model_to_bytes(model)


def test_swapped_params_return_even_after_an_error() -> None:
    model = initialized()
    layer = model.layers[0]
    own = layer.get_param("W")
    average = np.zeros_like(own)

    def fail_inside() -> None:
        with swapped_params([model, layer], {(layer.id, "W"): average}):
            assert layer.get_param("W") is average
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        fail_inside()

    assert layer.get_param("W") is own
