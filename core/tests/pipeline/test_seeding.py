"""One tree of random generators: what draws on one branch moves no other."""

from __future__ import annotations

import json
import random
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.pipeline.run import seeding
from kernel.pipeline.run.seeding import (
    Apart,
    begin_step,
    branch,
    fix_random_seed,
    random_states,
    set_random_states,
)


def test_numbers_go_on_where_the_states_were_taken():
    states = random_states()
    expected = np.random.random(3).tolist()
    np.random.random(5)

    set_random_states(states)

    assert np.random.random(3).tolist() == expected


def test_what_stands_apart_draws_the_same_whatever_is_drawn_between():
    def drawing():
        for _ in range(4):
            yield np.random.random()

    alone = list(Apart(drawing(), "seed"))
    between = []
    for number in Apart(drawing(), "seed"):
        between.append(number)
        np.random.random(7)

    assert alone == between
    assert alone != list(Apart(drawing(), "other"))


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_branches_of_one_seed_are_others_and_the_same_each_time(seed):
    names = ["data", "0", "1", "step 0", "step 1"]

    draws = [branch(seed, name).random() for name in names]

    assert draws == [branch(seed, name).random() for name in names]
    assert len(set(draws)) == len(names)


def test_what_stands_apart_tells_how_far_its_generators_have_come():
    def drawing():
        while True:
            random.random()
            yield np.random.random()

    one, other = Apart(drawing(), 1), Apart(drawing(), 1)
    for _ in range(3):
        next(one)
        assert one.state() != other.state()
        next(other)
        assert one.state() == json.loads(json.dumps(other.state()))


class Torch(SimpleNamespace):
    """As much of PyTorch as has to do with random states."""

    uint8 = "uint8"

    def __init__(self, n_devices=0):
        super().__init__(states=[0] * (1 + n_devices), cuda=self, n_devices=n_devices)

    def manual_seed(self, seed):
        self.states = [seed] * len(self.states)

    def tensor(self, values, dtype):
        assert dtype == "uint8"
        return np.array(values, dtype=dtype)

    def get_rng_state(self):
        return np.array([self.states[0]], dtype="uint8")

    def set_rng_state(self, state):
        self.states[0] = int(state[0])

    def is_available(self):
        return self.n_devices > 0

    def get_rng_state_all(self):
        return [np.array([state], dtype="uint8") for state in self.states[1:]]

    def set_rng_state_all(self, states):
        self.states[1:] = [int(state[0]) for state in states]


@pytest.mark.parametrize("n_devices", [0, 2])
def test_the_states_of_torch_are_kept_once_somebody_has_imported_it(monkeypatch, n_devices):
    torch = Torch(n_devices)
    monkeypatch.setitem(sys.modules, "torch", torch)
    fix_random_seed(7)
    states = json.loads(json.dumps(random_states()))
    torch.manual_seed(9)

    set_random_states(states)

    assert torch.states == [7] * (1 + n_devices)


def test_a_gpu_draws_in_each_step_what_seed_and_step_say(monkeypatch):
    seeds = []
    gpu = SimpleNamespace(random=SimpleNamespace(seed=seeds.append))
    monkeypatch.setattr(seeding, "get_current_ops", lambda: SimpleNamespace(xp=gpu))

    for step in (4, 5, 4):
        begin_step(1, step)
    begin_step(2, 4)

    assert seeds[0] == seeds[2]
    assert len(set(seeds)) == 3
