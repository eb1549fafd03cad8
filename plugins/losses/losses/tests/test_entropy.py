"""Losses: what they promise to every component, weights and smoothing."""

from __future__ import annotations

import numpy as np
import pytest

from kernel.errors import ConfigError, ModelError
from kernel.testing import check_loss
from pkg_losses.entropy import binary_cross_entropy, cross_entropy

GUESSES = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]], dtype="float32")
TRUTHS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], dtype="float32")


@pytest.mark.parametrize("make", [cross_entropy, binary_cross_entropy])
@pytest.mark.parametrize("settings", [{}, {"class_weights": {"B": 10.0}}, {"label_smoothing": 0.05}])
def test_it_keeps_the_contract_of_losses(make, settings):
    check_loss(make(**settings))


@pytest.mark.parametrize("make", [cross_entropy, binary_cross_entropy])
def test_without_settings_the_gradient_is_probability_less_truth(make):
    gradient, loss = make()(GUESSES, TRUTHS)

    np.testing.assert_array_equal(gradient, GUESSES - TRUTHS)
    assert loss == pytest.approx(float((gradient**2).sum()))


def test_a_weight_counts_for_the_rows_of_its_label():
    gradient, _ = cross_entropy({"B": 10.0}).for_labels("ABC")(GUESSES, TRUTHS)

    np.testing.assert_allclose(gradient, (GUESSES - TRUTHS) * [[1.0], [10.0]], rtol=1e-6)


def test_a_weight_of_independent_labels_counts_where_the_label_is_right():
    gradient, _ = binary_cross_entropy({"B": 10.0}).for_labels("ABC")(GUESSES, TRUTHS)

    np.testing.assert_allclose(gradient, (GUESSES - TRUTHS) * [[1, 1, 1], [1, 10, 1]], rtol=1e-6)


def test_smoothing_gives_the_other_labels_a_share():
    gradient, _ = cross_entropy(label_smoothing=0.1)(GUESSES, TRUTHS)

    np.testing.assert_allclose(GUESSES - gradient, [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05]], atol=1e-6)


def test_a_weight_may_be_for_a_pattern_of_labels():
    loss = cross_entropy({"*POS=INTJ*": 3.0, "X": 2.0}).for_labels(["A|POS=INTJ", "POS=INTJ", "X", "Y"])

    assert loss.weights == (3.0, 3.0, 2.0, 1.0)


def test_a_weight_for_no_label_is_named_with_the_nearest():
    with pytest.raises(ConfigError, match=r"class_weights: unknown label 'NOUM'; did you mean 'NOUN'"):
        cross_entropy({"NOUM": 2.0}).for_labels(["NOUN", "VERB"])


def test_weights_need_the_labels():
    with pytest.raises(ModelError, match="the labels are unknown"):
        cross_entropy({"A": 2.0})(GUESSES, TRUTHS)
