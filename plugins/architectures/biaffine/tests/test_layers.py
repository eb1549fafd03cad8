"""The layers that score arcs, labels and sentence starts, and their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from thinc.api import Model, Ragged

from kernel.pipeline.run.ops import kernel_ops
from kernel.testing.models.layers import check_layer
from pkg_biaffine.arc_features import score_between
from pkg_biaffine.arcs import ArcScores
from pkg_biaffine.context import ArcContext, crossings
from pkg_biaffine.distance import N_DISTANCES, distances
from pkg_biaffine.labels import LabelScores
from pkg_biaffine.starts import StartScores

RANDOM = np.random.default_rng(0)
X_KI = RANDOM.normal(size=(12, 6)).astype(np.float32)
#: Segments of different lengths, so that there is padding.
SEGMENTS = Ragged(X_KI, np.array([2, 7, 3], dtype=np.int32))
LAYERS = {
    "arcs": (lambda: ArcScores(5), SEGMENTS),
    "context": (lambda: ArcContext(5), SEGMENTS),
    "starts": (lambda: StartScores(5), (X_KI, RANDOM.random(12).astype(np.float32))),
    "labels": (lambda: LabelScores(5, 4), (X_KI, np.array([0, 0, 1, 4, 4, 4, 11, 2, 8, 8, 8, 3]))),
}


def randomised(model: Model[Any, Any], X: Any) -> Model[Any, Any]:
    """Give a layer parameters that stay when it is initialized: most begin with zeros, which hide mistakes."""
    model.initialize(X=X)
    random = np.random.default_rng(3)
    for node in model.walk():
        for name in node.param_names:
            values = random.normal(scale=0.5, size=node.get_param(name).shape)
            node.set_param(name, values.astype(np.float32))
    model.init = None
    return model


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    make, X = LAYERS[name]
    with kernel_ops():
        check_layer(randomised(make(), X), X)


def test_segments_do_not_see_each_other() -> None:
    with kernel_ops():
        model = randomised(ArcContext(5), SEGMENTS)

    _, together, crossing_K = model.predict(SEGMENTS)
    _, alone, own_K = model.predict(Ragged(X_KI[2:9], np.array([7], dtype=np.int32)))

    assert np.allclose(together.dataXd[2:9], alone.dataXd, atol=1e-5)
    assert np.allclose(crossing_K[2:9], own_K, atol=1e-5)


def test_what_lies_between_counts_on_each_side() -> None:
    things = np.array([[[1.0], [2.0], [4.0], [8.0]]], dtype=np.float32)
    meaning = np.array([[[1.0, 100.0]] * 4], dtype=np.float32)

    scores = score_between(np, things, meaning)[0]

    assert scores[2].tolist() == [3.0, 2.0, 0.0, 0.0, 0.0]  # the root, then words 0 to 3
    assert scores[0].tolist() == [0.0, 0.0, 0.0, 200.0, 600.0]


def test_distances_are_grouped_on_each_side() -> None:
    found = distances(60)

    assert found[30, [0, 30, 29, 32, 33]].tolist() == [0, 1, 2, 11, 12]
    assert set(np.unique(found)) == set(range(N_DISTANCES))


def test_arcs_cross_what_lies_between_their_words() -> None:
    P = np.zeros((1, 4, 5), dtype=np.float32)
    P[0, 0, 3], P[0, 3, 2], P[0, 1, 0] = (
        0.5,
        1.0,
        1.0,
    )  # from word 0 to word 2, from 3 to 1, from 1 to the root

    assert crossings(np, P).tolist() == [[0.0, 0.5, 1.5, 1.0]]
