"""When a run ends, and with which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.training.stopping import Stopped, StopRule, out_of_data, should_stop


def test_a_rule_without_limits_never_stops():
    assert should_stop(StopRule(), 10**9, [(0.9, 0, 0)]) is None


def test_it_stops_at_max_steps():
    rule = StopRule(max_steps=2000)

    assert should_stop(rule, 1999, []) is None
    assert should_stop(rule, 2000, []) == Stopped("max_steps", "max_steps 2000 reached")


def test_it_stops_after_patience_steps_without_a_better_score():
    rule = StopRule(patience=1600)
    checkpoints = [(0.5, 0, 0), (0.9, 200, 1), (0.8, 400, 2)]

    assert should_stop(rule, 1799, checkpoints) is None
    assert should_stop(rule, 1800, checkpoints) == Stopped(
        "patience", "patience: no better score for 1600 steps"
    )


def test_a_score_that_only_repeats_does_not_renew_the_patience():
    assert should_stop(StopRule(patience=100), 200, [(0.9, 100, 0), (0.9, 200, 0)]) is not None


def test_patience_waits_for_a_first_score():
    assert should_stop(StopRule(patience=1), 50, []) is None


@pytest.mark.parametrize(("max_epochs", "reason"), [(3, "max_epochs 3 reached"), (0, "the corpus ended")])
def test_batches_that_run_out_are_a_reason(max_epochs, reason):
    assert out_of_data(StopRule(max_epochs=max_epochs)).reason == reason


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(1, 10))
def test_patience_is_measured_from_the_earliest_best_score(scores, patience):
    checkpoints = [(score, step, 0) for step, score in enumerate(scores)]
    last = len(scores) - 1

    stopped = should_stop(StopRule(patience=patience), last, checkpoints)

    assert (stopped is not None) == (last - scores.index(max(scores)) >= patience)
