"""Search with a beam and learning from it, against looking at every sequence of actions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.pipeline.run.ops import KernelNumpyOps
from pkg_transitions import violation
from pkg_transitions.beam import Beams, replay, search

LENGTH = 5
N_ACTIONS = 3


@dataclass
class Hops:
    """States that hop over so many places; each knows where it is, its last hop, and where to stop."""

    at_S: Any
    last_S: Any
    stop_S: Any

    def __len__(self) -> int:
        return len(self.at_S)

    def keep(self, rows_S: Any) -> Hops:
        return Hops(self.at_S[rows_S], self.last_S[rows_S], self.stop_S[rows_S])

    def put(self, rows_S: Any, part: Hops) -> None:
        self.at_S[rows_S], self.last_S[rows_S] = part.at_S, part.last_S


class Hopping:
    """Action a hops over a + 1 places, none beyond the stop; gold is what each hop costs at each place."""

    def start(self, stops: list[int], copies: int = 1) -> Hops:
        stop_S = np.repeat(np.array(stops, dtype=int), copies)
        return Hops(np.zeros_like(stop_S), np.full_like(stop_S, -1), stop_S)

    def rearrange(self, states: Hops, rows_S: Any) -> None:
        states.put(slice(None), states.keep(rows_S))

    def is_final(self, states: Hops) -> Any:
        return states.at_S >= states.stop_S

    def valid(self, states: Hops) -> Any:
        return states.at_S[:, None] + 1 + np.arange(N_ACTIONS) <= states.stop_S[:, None]

    def apply(self, states: Hops, actions_S: Any) -> None:
        assert not self.is_final(states).any()
        states.at_S += actions_S + 1
        states.last_S[:] = actions_S

    def features(self, states: Hops) -> Any:
        return np.stack([states.at_S, states.last_S], axis=1)

    def costs(self, states: Hops, gold: Any) -> Any:
        return gold[states.at_S]


@dataclass
class Rows:
    """What a step of `Scores` keeps."""

    rows_SF: Any

    def keep(self, rows_S: Any) -> Rows:
        return Rows(self.rows_SF[rows_S])


class Scores:
    """A model that has a score for each place, last hop and next hop."""

    ops = KernelNumpyOps()

    def __init__(self, table: Any) -> None:
        self.table = table

    def predict(self, tokens_SF: Any) -> Any:
        return self.table[tokens_SF[:, 0], tokens_SF[:, 1]]

    def begin_update(self, tokens_SF: Any) -> tuple[Any, Rows]:
        return self.predict(tokens_SF), Rows(tokens_SF)

    def backprop(self, steps: list[Rows], d_scores: list[Any]) -> Any:
        d_table = np.zeros_like(self.table)
        for step, d_scores_SA in zip(steps, d_scores, strict=True):
            np.add.at(d_table, (step.rows_SF[:, 0], step.rows_SF[:, 1]), d_scores_SA)
        return d_table


def table(seed: int) -> Any:
    return np.random.default_rng(seed).normal(size=(LENGTH, N_ACTIONS + 1, N_ACTIONS), scale=2.0)


def sequences(
    scores: Any, stop: int, gold: Any, steps: int, at: int = 0, last: int = -1
) -> Iterator[tuple[float, bool, tuple[int, ...]]]:
    """Give every sequence of up to so many hops: log probability, whether all were cheapest, hops."""
    if at == stop or steps == 0:
        yield 0.0, True, ()
        return
    possible = list(range(min(N_ACTIONS, stop - at)))
    total = math.log(sum(math.exp(scores[at, last, a]) for a in possible))
    cheapest = min(gold[at, a] for a in possible)
    for a in possible:
        for rest, is_right, hops in sequences(scores, stop, gold, steps - 1, at + a + 1, a):
            is_cheapest = bool(gold[at, a] == cheapest)
            yield scores[at, last, a] - total + rest, is_cheapest and is_right, (a, *hops)


NO_GOLD = np.zeros((LENGTH, N_ACTIONS))
STOPS = st.lists(st.integers(0, LENGTH), max_size=4)


def found(beams: Beams) -> list[list[tuple[float, tuple[int, ...]]]]:
    """List the hypotheses of each group."""
    groups, first = [], 0
    for scores_K, n_steps in zip(beams.scores_GK, beams.steps_G.tolist(), strict=True):
        actions_KR = beams.actions_RK[first : first + n_steps].T.tolist()
        groups.append(
            [
                (score, tuple(a for a in actions if a >= 0))
                for score, actions in zip(scores_K.tolist(), actions_KR, strict=True)
                if score > -math.inf
            ]
        )
        first += n_steps
    return groups


@given(st.integers(0, 999), STOPS, st.integers(16, 20))
def test_a_wide_beam_finds_every_sequence_in_order(seed: int, stops: list[int], width: int) -> None:
    system, scores = Hopping(), table(seed)

    beams = search(Scores(scores), system, system.start(stops, width), width, 0.0)

    for stop, hypotheses in zip(stops, found(beams), strict=True):
        expected = sorted(sequences(scores, stop, NO_GOLD, LENGTH), reverse=True)
        assert [hops for _, hops in hypotheses] == [hops for _, _, hops in expected]
        assert [score for score, _ in hypotheses] == pytest.approx([score for score, _, _ in expected])
    assert np.allclose(np.exp(beams.scores_GK).sum(axis=1), 1.0)
    assert np.allclose(beams.probabilities(), np.exp(beams.scores_GK))


@given(st.integers(0, 999), STOPS, st.integers(1, 4))
def test_a_narrow_beam_finds_sequences_that_exist(seed: int, stops: list[int], width: int) -> None:
    system, scores = Hopping(), table(seed)

    beams = search(Scores(scores), system, system.start(stops, width), width, 0.0)

    for stop, hypotheses in zip(stops, found(beams), strict=True):
        all_scores = {hops: score for score, _, hops in sequences(scores, stop, NO_GOLD, LENGTH)}
        assert len({hops for _, hops in hypotheses}) == len(hypotheses) == min(width, len(all_scores))
        assert [score for score, _ in hypotheses] == pytest.approx([all_scores[h] for _, h in hypotheses])
        assert [score for score, _ in hypotheses] == sorted((s for s, _ in hypotheses), reverse=True)


@given(st.integers(0, 999), st.lists(st.integers(0, LENGTH), min_size=1, max_size=4))
def test_a_document_is_searched_alone_as_in_a_batch(seed: int, stops: list[int]) -> None:
    system, scores = Hopping(), table(seed)

    together = found(search(Scores(scores), system, system.start(stops, 3), 3, 0.01))

    alone = [found(search(Scores(scores), system, system.start([stop], 3), 3, 0.01))[0] for stop in stops]
    assert together == alone


@pytest.mark.parametrize(("density", "expected"), [(0.0, 3), (0.4, 2), (0.7, 1)])
def test_density_drops_what_is_far_less_probable_than_the_best(density: float, expected: int) -> None:
    scores, system = np.zeros((LENGTH, N_ACTIONS + 1, N_ACTIONS)), Hopping()
    # The sequences are 2, 0 1, 1 0 and 0 0 0, of which the last is as good as impossible.
    scores[0, -1], scores[1, 0] = np.log([0.3, 0.1, 0.6]), [-99, 0, 0]

    beams = search(Scores(scores), system, system.start([3], 3), 3, density)

    assert len(found(beams)[0]) == expected
    assert (beams.actions_RK[:, expected:] == -1).all()


@given(st.integers(0, 999), st.lists(st.integers(0, LENGTH), max_size=4, unique=True))
def test_the_best_hypothesis_is_replayed(seed: int, stops: list[int]) -> None:
    system, scores = Hopping(), table(seed)
    beams = search(Scores(scores), system, system.start(stops, 3), 3, 0.0)
    states = system.start(stops)
    taken: list[list[int]] = [[] for _ in stops]

    class Noting(Hopping):
        def apply(self, states: Hops, actions_S: Any) -> None:
            super().apply(states, actions_S)
            for stop, action in zip(states.stop_S.tolist(), actions_S.tolist(), strict=True):
                taken[stops.index(stop)].append(action)

    replay(Noting(), states, beams)

    assert [tuple(hops) for hops in taken] == [group[0][1] for group in found(beams)]


def loss(scores: Any, stop: int, gold: Any, steps: int) -> float:
    """By definition: the negative log of the share of right sequences of so many steps."""
    ends = list(sequences(scores, stop, gold, steps))
    return -math.log(sum(math.exp(s) for s, right, _ in ends if right) / sum(math.exp(s) for s, _, _ in ends))


def worst_step(scores: Any, stop: int, gold: Any) -> int:
    """By definition: where the best wrong sequence is farthest ahead; the last step where it never is."""
    ahead = []
    for steps in range(1, LENGTH + 1):
        ends = list(sequences(scores, stop, gold, steps))
        wrong = max((score for score, right, _ in ends if not right), default=-math.inf)
        # Rounded, since it stays the same once both are at their ends.
        ahead.append(round(wrong - max(score for score, right, _ in ends if right), 9))
    return LENGTH if max(ahead) <= 0 else ahead.index(max(ahead)) + 1


@settings(deadline=None)
@given(st.integers(0, 999), st.integers(1, LENGTH))
def test_learning_goes_down_the_slope_of_the_loss_at_the_worst_violation(seed: int, stop: int) -> None:
    system, scores, random = Hopping(), table(seed), np.random.default_rng(seed)
    gold = random.integers(0, 2, size=(LENGTH, N_ACTIONS))
    steps = worst_step(scores, stop, gold)

    _, slope = violation.learn(Scores(scores), system, system.start([stop, stop], 16), gold, 16, 0.0)

    direction = random.normal(size=scores.shape)
    change = loss(scores + 1e-4 * direction, stop, gold, steps) - loss(
        scores - 1e-4 * direction, stop, gold, steps
    )
    slope = np.zeros_like(scores) if slope is None else slope
    assert (slope * direction).sum() == pytest.approx(change / 2e-4, abs=1e-4)


@pytest.mark.parametrize("width", [2, 4])
def test_learning_from_narrow_beams_makes_the_right_sequences_win(width: int) -> None:
    system, random = Hopping(), np.random.default_rng(3)
    model, gold = Scores(table(3)), random.integers(0, 2, size=(LENGTH, N_ACTIONS))
    stops = [1, 3, 5, 4]

    for _ in range(200):
        _, slope = violation.learn(model, system, system.start(stops * 2, width), gold, width, 0.0)
        model.table -= 0.0 if slope is None else 0.3 * slope

    best = [group[0][1] for group in found(search(model, system, system.start(stops, width), width, 0.0))]
    for stop, hops in zip(stops, best, strict=True):
        assert hops in {h for _, right, h in sequences(model.table, stop, gold, LENGTH) if right}


def test_nothing_is_learnt_where_all_actions_cost_the_same() -> None:
    system = Hopping()

    learnt = violation.learn(Scores(table(1)), system, system.start([3, 5, 3, 5], 4), NO_GOLD, 4, 0.0)

    assert learnt == (0.0, None)


def test_nothing_is_learnt_from_nothing() -> None:
    system = Hopping()

    assert violation.learn(Scores(table(1)), system, system.start([0, 0], 4), NO_GOLD, 4, 0.0) == (0.0, None)
    assert violation.learn(Scores(table(1)), system, system.start([], 4), NO_GOLD, 4, 0.0) == (0.0, None)
