"""The BiLSTM encoder is a layer like any other, and no document of a batch knows of the others."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from heavy import framework
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save
from thinc.api import Adam

from kernel.errors import CheckpointError, ModelError, NotFinite
from kernel.pipeline.components.params import swapped_params
from kernel.pipeline.saving.weights import model_from_bytes, model_to_bytes
from kernel.testing.models.layers import check_layer
from kernel.util import fix_random_seed
from pkg_torch.encoder import TorchBiLSTMEncoder

torch = framework("torch")
pytestmark = pytest.mark.heavy


def documents(*lengths, width=8, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(length, width)).astype("f") for length in lengths]


def made(seed=0, **changes):
    fix_random_seed(seed)
    return TorchBiLSTMEncoder(**{"width": 8, "depth": 2, "dropout": 0.0, **changes})


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_it_is_a_layer_like_any_other(depth):
    check_layer(made(depth=depth), documents(3, 1, 5))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 6), max_size=5), st.integers(0, 100))
def test_a_document_is_encoded_as_if_it_were_alone(lengths, seed):
    model, Xs = made(), documents(*lengths, seed=seed)

    together = model.predict(Xs)

    for X, Y in zip(Xs, together, strict=True):
        np.testing.assert_allclose(Y, model.predict([X])[0], atol=1e-6)


def test_a_word_sees_its_whole_document_from_both_sides():
    model, (X,) = made(), documents(9)
    first, last = X.copy(), X.copy()
    first[0] += 1
    last[-1] += 1

    (Y,) = model.predict([X])

    assert not np.allclose(model.predict([first])[0][-1], Y[-1])
    assert not np.allclose(model.predict([last])[0][0], Y[0])


def test_an_odd_width_is_a_mistake():
    with pytest.raises(
        ModelError, match=r"^TorchBiLSTMEncoder: width: expected an even number, got 7; use 8$"
    ):
        made(width=7)


def test_the_seed_decides_about_weights_and_dropout():
    def trained(seed):
        model = made(seed, dropout=0.5)
        Ys, backprop = model.begin_update(documents(4, 6))
        backprop(Ys)
        model.finish_update(Adam(0.1))
        return model_to_bytes(model)

    assert trained(0) == trained(0)
    assert trained(0) != trained(1)


def test_weights_are_plain_tensors_and_come_back():
    model, other, Xs = made(0), made(1), documents(3, 4)

    data = model_to_bytes(model)
    model_from_bytes(other, data)

    assert b"lstm.weight_ih_l0_reverse" in data
    assert b"pickle" not in data
    assert all(np.array_equal(Y, Z) for Y, Z in zip(model.predict(Xs), other.predict(Xs), strict=True))
    assert model_to_bytes(other) == data


def test_weights_of_another_shape_are_refused_by_name():
    what = "lstm.bias_hh_l1 of PackedLSTM does not fit the model, expected shape None, got (16,)"
    with pytest.raises(ModelError, match=re.escape(what)):
        model_from_bytes(made(depth=1), model_to_bytes(made(depth=2)))


def changed(data, change):
    """Write weights anew, with another array in the place of the first of the framework."""
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    arrays = {name: np.array(array) for name, array in load(data).items()}
    name = next(name for name in arrays if name.endswith("lstm.weight_hh_l0"))
    return save({**arrays, name: change(arrays[name])}, metadata=header)


@pytest.mark.parametrize(
    ("change", "error", "what"),
    [
        (
            lambda W: W * np.float32("nan"),
            CheckpointError,
            "the array 'lstm.weight_hh_l0' holds numbers that are not",
        ),
        (
            lambda W: W.astype("f8"),
            ModelError,
            "lstm.weight_hh_l0 of PackedLSTM must be of float32, got float64",
        ),
    ],
)
def test_weights_of_the_framework_are_checked_at_load(change, error, what):
    with pytest.raises(error, match=re.escape(what)):
        model_from_bytes(made(), changed(model_to_bytes(made()), change))


def test_weights_of_the_framework_that_are_not_finite_are_not_saved():
    model = made()
    module = next(node for node in model.walk() if node.shims).shims[0]._model
    with torch.no_grad():
        module.lstm.weight_hh_l0[0, 0] = float("inf")

    with pytest.raises(NotFinite, match=r"cannot be saved, got inf at \[0, 0\] of .*lstm\.weight_hh_l0"):
        model_to_bytes(model)


def test_averages_take_the_place_of_weights_for_a_while():
    model, optimizer, Xs = made(), Adam(0.1, use_averages=True), documents(3, 4)
    for _ in range(3):
        Ys, backprop = model.begin_update(Xs)
        backprop(Ys)
        model.finish_update(optimizer)
    own = model_to_bytes(model)

    with swapped_params([model], optimizer.averages):
        averaged = model_to_bytes(model)

    assert averaged != own
    assert model_to_bytes(model) == own
