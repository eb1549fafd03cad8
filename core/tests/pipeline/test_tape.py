"""The tape: outputs down, gradients back, one batch long."""

from __future__ import annotations

import numpy as np
import pytest

from kernel.errors import ModelError
from kernel.pipeline.run.tape import Tape, current_tape


def test_is_current_only_inside_its_block() -> None:
    with Tape() as outer:
        with Tape() as inner:
            assert current_tape() is inner
        assert current_tape() is outer

    assert current_tape() is None


def test_gives_the_output_of_a_name_and_of_the_latest() -> None:
    tape = Tape()
    tape.put("tok2vec", ["doc"], "first")
    tape.put("transformer", ["doc"], "second")

    assert tape.get("tok2vec") == "first"
    assert tape.get("*") == "second"
    assert tape.names == ("tok2vec", "transformer")


def test_sums_the_gradients_of_all_listeners_and_runs_backward_once() -> None:
    tape, seen = Tape(), []
    tape.put("tok2vec", ["a", "b"], [np.zeros(2), np.zeros(1)], seen.append)

    tape.add_gradient("tok2vec", [np.array([1.0, 2.0]), np.array([3.0])])
    tape.add_gradient("*", [np.array([10.0, 20.0]), np.array([30.0])])
    tape.add_gradient("*", [np.array([0.5, 0.5]), np.array([0.5])])
    tape.backward()

    assert len(seen) == 1
    np.testing.assert_array_equal(seen[0][0], [11.5, 22.5])
    np.testing.assert_array_equal(seen[0][1], [33.5])


def test_never_changes_a_gradient_that_it_was_given() -> None:
    tape = Tape()
    tape.put("tok2vec", ["a"], np.zeros(2), lambda gradient: gradient)
    gradients = [np.ones(2), np.ones(2), np.ones(2)]

    for gradient in gradients:
        tape.add_gradient("tok2vec", gradient)

    np.testing.assert_array_equal(gradients, np.ones((3, 2)))


def test_runs_the_last_upstream_first_so_that_it_can_feed_an_earlier_one() -> None:
    tape, seen = Tape(), []
    tape.put("lower", ["a"], 0.0, seen.append)
    tape.put("upper", ["a"], 0.0, lambda gradient: tape.add_gradient("lower", gradient * 2))

    tape.add_gradient("upper", 21.0)
    tape.backward()

    assert seen == [42.0]


def test_runs_no_backward_where_nobody_added_a_gradient() -> None:
    tape, seen = Tape(), []
    tape.put("tok2vec", ["a"], 0.0, seen.append)

    tape.backward()

    assert seen == []


def test_ignores_gradients_of_an_output_that_learns_nothing() -> None:
    tape = Tape()
    tape.put("frozen", ["a"], 1.0)

    tape.add_gradient("frozen", 1.0)
    tape.backward()

    assert tape.get("frozen") == 1.0


def test_a_prediction_never_displaces_a_training_output() -> None:
    tape, seen = Tape(), []
    tape.put("tok2vec", ["a"], "trained", seen.append)

    tape.put("tok2vec", ["a"], "predicted")
    tape.add_gradient("tok2vec", 1.0)
    tape.backward()

    assert tape.get("tok2vec") == "trained"
    assert seen == [1.0]


def test_asks_for_what_is_missing_before_it_gives_up() -> None:
    tape = Tape(refill=lambda name: tape.put(name, ["a"], "made on demand"))

    assert tape.get("frozen") == "made on demand"


def test_names_the_output_that_nobody_shared() -> None:
    tape = Tape()
    tape.put("tok2vec", ["a"], 1.0)

    with pytest.raises(ModelError) as error:
        tape.get("transformer")

    assert str(error.value) == (
        "shared layer 'transformer': 'transformer' has shared no output in this batch, got ['tok2vec']; "
        "put its component before those that listen to it, and leave it enabled"
    )


def test_refuses_gradients_for_another_number_of_docs() -> None:
    tape = Tape()
    tape.put("tok2vec", ["a", "b"], [0.0, 0.0], lambda gradient: gradient)
    tape.add_gradient("tok2vec", [1.0, 1.0])

    with pytest.raises(ModelError, match="expected one array for each of 2 docs, got 1"):
        tape.add_gradient("tok2vec", [1.0])
