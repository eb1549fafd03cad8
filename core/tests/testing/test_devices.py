"""Arrays that NumPy cannot touch, and models that run on them."""

from __future__ import annotations

import numpy as np
import pytest
from thinc.api import Linear, Maxout, Model, chain, get_current_ops

from kernel.testing import DeviceArray, on_a_device

MIXTURES = [
    lambda x, y: np.asarray(x),
    lambda x, y: np.concatenate([x, x]),
    lambda x, y: np.maximum(x, 0.0),
    lambda x, y: np.where(x > 0, x, x),
    lambda x, y: x + y,
    lambda x, y: y + x,
    lambda x, y: y @ x,
    lambda x, y: y == x,
    lambda x, y: x.__iadd__(y),
    lambda x, y: x[y > 0],
    lambda x, y: x.__setitem__(0, y[0]),
    lambda x, y: y.__setitem__(0, x[0]),
    lambda x, y: y[x > 0],
    lambda x, y: x.dot(y),
    lambda x, y: get_current_ops().xp.concatenate([x, y]),
    lambda x, y: get_current_ops().xp.maximum(x, y),
    lambda x, y: get_current_ops().xp.add.at(x, (x > 0).nonzero(), y),
]


@pytest.mark.parametrize("mix", MIXTURES)
def test_numpy_arrays_and_those_on_the_device_do_not_mix(mix):
    with on_a_device() as ops:
        x, y = ops.asarray(np.ones((2, 2), np.float32)), np.ones((2, 2), np.float32)

        with pytest.raises((TypeError, ValueError)):
            mix(x, y)


def test_what_is_computed_on_the_device_stays_there():
    with on_a_device() as ops:
        x = ops.asarray([[1.0, -2.0], [3.0, 4.0]])
        found = [
            x + 1, 2.0 * x, -x, x @ x.T, x > 0, x[0], x[x > 0], x[:, 1], x.sum(axis=1), x.sum(), x.reshape(4), x.T,
            ops.xp.maximum(x, 0), ops.xp.zeros(3), ops.xp.where(x > 0, x, 0), ops.xp.concatenate([x, x]),
            ops.xp.linalg.norm(x), ops.xp.maximum.accumulate(x), ops.gemm(x, x), *x,
        ]  # fmt: skip
        parts = [*ops.xp.split(x, 2), *x.nonzero()]

    assert {type(array) for array in (*found, *parts)} == {DeviceArray}
    assert (float(x.sum()), int(x[0, 0]), bool((x > 0).any()), len(x)) == (6.0, 1, True, 2)
    assert type(ops.to_numpy(x)) is np.ndarray


def test_writing_into_a_view_writes_into_the_whole():
    with on_a_device() as ops:
        x = ops.xp.zeros((2, 3))
        view = x[0]

        view += 1
        x[1, ops.asarray([0, 2])] = 5.0
        ops.xp.multiply(x[:, 0], 2.0, out=x[:, 1])

    assert x.get().tolist() == [[1.0, 2.0, 1.0], [5.0, 10.0, 5.0]]


def test_the_ops_from_before_come_back():
    before = get_current_ops()

    with on_a_device() as ops:
        assert get_current_ops() is ops

    assert get_current_ops() is before


def test_a_model_of_thincs_learns_there():
    with on_a_device() as ops:
        model: Model = chain(Maxout(nO=4, nP=2), Linear(nO=2))
        X = ops.asarray(np.ones((3, 5), np.float32))
        model.initialize(X=X, Y=ops.xp.zeros((3, 2), dtype="float32"))
        Y, backprop = model.begin_update(X)

        dX = backprop(ops.xp.ones_like(Y))

    assert type(Y) is type(dX) is type(model.layers[0].get_grad("W")) is DeviceArray
