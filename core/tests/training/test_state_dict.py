"""What a run has learned, taken out as facts and arrays and put into another run that is made like it."""

from __future__ import annotations

import json
from itertools import count, islice

import numpy as np
import pytest
from thinc.api import Adam

from kernel.errors import CheckpointError
from kernel.pipeline.components.component import Component
from kernel.registry import registry
from kernel.training.runs.state_dict import CountedSchedule, collect, count_schedules, restore

OTHER_PIPELINE = "--resume: the checkpoint belongs to another pipeline, "
START_AGAIN = "; start again with --overwrite"


def rates():
    """A learning rate that is another one at each step."""
    return (0.1 / n for n in count(1))


@pytest.fixture
def begun(make_run):
    """Make a run whose optimizer counts its schedules, as `fit` does."""

    def make(**changes):
        changes.setdefault("optimizer", Adam(rates(), L2=0.0, use_averages=True))
        run = make_run(**changes)
        count_schedules(run.optimizer)
        return run

    return make


def learn(run, n_steps=1, **options):
    for _ in range(n_steps):
        run.nlp.update(list(run.train_corpus(run.nlp)), **{"sgd": run.optimizer, **options})
        run.optimizer.step_schedules()


def through_files(state):
    """Give a state as it comes out of a checkpoint's files."""
    facts, tensors = state
    return json.loads(json.dumps(facts)), {name: np.array(array) for name, array in tensors.items()}


def layer(run, name="tagger"):
    return run.nlp.get_pipe(name).model.layers[1]


def assert_equal_state(first, second):
    (facts, tensors), (other_facts, other_tensors) = collect(first), collect(second)
    assert facts == other_facts
    assert set(tensors) == set(other_tensors)
    for name, array in tensors.items():
        np.testing.assert_array_equal(array, other_tensors[name], err_msg=name)


def test_a_counted_schedule_gives_what_the_schedule_gives_and_counts():
    schedule = CountedSchedule(rates())

    assert list(islice(schedule, 3)) == [0.1, 0.05, 0.1 / 3]
    assert schedule.n_drawn == 3


def test_a_counted_schedule_goes_forward_to_where_another_one_is():
    schedule = CountedSchedule(iter("abcd"))
    next(schedule)

    schedule.advance(3)
    schedule.advance(2)  # it does not go back

    assert next(schedule) == "d"


def test_schedules_are_counted_from_the_first_time_on():
    optimizer = Adam(rates())
    count_schedules(optimizer)
    counted = dict(optimizer.schedules)

    count_schedules(optimizer)

    assert optimizer.schedules == counted
    assert all(isinstance(schedule, CountedSchedule) for schedule in counted.values())


def test_an_optimizer_without_schedules_is_left_alone():
    count_schedules(object())


def test_another_run_goes_on_to_the_same_parameters(begun):
    first, second = begun(), begun()
    learn(first, 3)

    restore(second, *through_files(collect(first)))

    assert_equal_state(first, second)
    for run in (first, second):
        learn(run, 2)
    assert_equal_state(first, second)
    assert first.optimizer.learn_rate == second.optimizer.learn_rate != Adam(rates()).learn_rate


def test_weights_moments_and_averages_are_named_by_component_and_place(begun):
    run = begun()
    learn(run)

    _, tensors = collect(run)

    kinds = ("weights", "mom1", "mom2", "averages")
    assert {*tensors} == {f"{kind}/tagger/2/{name}" for kind in kinds for name in ("W", "b")}
    assert all(isinstance(array, np.ndarray) for array in tensors.values())


def test_gradients_that_no_step_has_used_yet_go_on_too(begun):
    first, second = begun(), begun()
    learn(first, sgd=False)

    restore(second, *through_files(collect(first)))

    np.testing.assert_array_equal(layer(first).get_grad("W"), layer(second).get_grad("W"))
    assert layer(second).get_grad("W").any()


def test_of_frozen_components_nothing_is_taken(begun):
    run = begun(names=("cold", "tagger"), frozen=("cold",))
    learn(run, exclude=["cold"])

    facts, tensors = collect(run)

    assert not [name for name in (*tensors, *facts["attrs"]) if "cold" in name]


class Tally(Component):
    """Learns how many examples it has seen, without a model."""

    n_seen = 0

    def __call__(self, doc):
        return doc

    def update(self, examples, *, losses=None, **options):
        self.n_seen += len(examples)
        return losses

    def to_bytes(self, **options):
        return str(self.n_seen).encode()

    def from_bytes(self, bytes_data, **options):
        self.n_seen = int(bytes_data)
        return self


def test_a_component_that_learns_without_a_model_goes_on_by_its_bytes(begun):
    registry.factories.register("toy_tally_of_bytes", func=lambda nlp, name: Tally(name))
    first, second = begun(), begun()
    for run in (first, second):
        run.nlp.add_pipe("toy_tally_of_bytes", name="tally")
    learn(first, 2)

    restore(second, *through_files(collect(first)))

    assert second.nlp.get_pipe("tally").n_seen == first.nlp.get_pipe("tally").n_seen == 24


@pytest.fixture
def state(begun):
    """The state of a run after a step, as it comes out of a file."""
    run = begun()
    learn(run)
    return through_files(collect(run))


def refused(run, facts, tensors):
    """Give what a state is refused with, which has changed no weights."""
    before = layer(run).get_param("W").copy()
    with pytest.raises(CheckpointError) as caught:
        restore(run, facts, tensors)
    np.testing.assert_array_equal(before, layer(run).get_param("W"))
    return str(caught.value)


def test_the_parameters_of_other_components_are_refused(begun, state):
    assert refused(begun(names=("tagger", "second")), *state) == (
        f"{OTHER_PIPELINE}whose parameters have other names{START_AGAIN}"
    )


def test_parameters_of_another_shape_are_refused_by_name(begun, state):
    facts, tensors = state
    tensors["weights/tagger/2/W"] = np.zeros((3, 2), dtype="float32")

    assert refused(begun(), facts, tensors) == (
        f"{OTHER_PIPELINE}tagger/2/W has the shape (3, 2) there and (2, 2) here{START_AGAIN}"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"mom1/tagger/2/W": np.zeros(7, dtype="float32")},
            "mom1/tagger/2/W: expected float32 of shape (2, 2)",
        ),
        (
            {"mom1/tagger/9/W": np.zeros(4, dtype="float32")},
            "mom1/tagger/9/W: expected an array of a parameter",
        ),
        (
            {"weights/tagger/2/b": np.zeros(2)},
            "weights/tagger/2/b: expected float32 of shape (2,), got float64",
        ),
    ],
)
def test_an_array_that_does_not_fit_is_refused_by_name(begun, state, change, message):
    facts, tensors = state

    told = refused(begun(), facts, {**tensors, **change})

    assert told.startswith(f"--resume: the checkpoint is damaged or belongs to another pipeline, {message}")
    assert told.endswith(START_AGAIN)


@pytest.mark.parametrize(
    ("where", "name", "what"),
    [
        ("rates", "mom1", "the optimizer"),
        ("schedules", "nobody", "the optimizer's schedules"),
    ],
)
def test_nothing_is_set_that_is_not_there_to_be_set(begun, state, where, name, what):
    facts, tensors = state
    facts[where][name] = 1

    with pytest.raises(CheckpointError) as caught:
        restore(begun(), facts, tensors)

    assert str(caught.value) == f"{OTHER_PIPELINE}{what} has no {name!r}{START_AGAIN}"


@pytest.mark.parametrize("value", ["0.1", None, True, float("inf")])
@pytest.mark.parametrize(("where", "name"), [("rates", "learn_rate"), ("schedules", "learn_rate")])
def test_what_is_no_number_is_refused_by_name(begun, state, where, name, value):
    facts, tensors = state
    facts[where][name] = value

    with pytest.raises(CheckpointError) as caught:
        restore(begun(), facts, tensors)

    assert str(caught.value) == (
        f"--resume: the checkpoint is damaged, expected a number for {name!r} of the optimizer, got {value!r}; "
        "remove it to resume from the one before"
    )
