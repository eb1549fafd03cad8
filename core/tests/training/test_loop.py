"""The loop: what a step does and what it says."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, repeat

import numpy as np
import pytest
from thinc.api import Adam

from kernel.errors import ConfigError, NotFinite
from kernel.training.loop.batches import Batches
from kernel.training.loop.loop import steps
from kernel.training.stopping import StopRule


def take(run):
    """All steps of a run."""
    batches = Batches(run.nlp, run.train_corpus, run.batcher, max_epochs=run.rule.max_epochs, seed=run.seed)
    return list(steps(run, batches))


def weights(nlp, name="tagger"):
    return nlp.get_pipe(name).model.layers[1].get_param("W").copy()


def watched(run, name="tagger"):
    """Let a component note what it is asked to learn: for each update, its examples and its rate of dropout."""
    component, updates = run.nlp.get_pipe(name), []
    update = component.update

    def noting(examples, *, drop, **options):
        updates.append((examples, drop))
        return update(examples, drop=drop, **options)

    component.update = noting
    return updates


def test_it_learns(make_run):
    found = take(make_run(rule=StopRule(max_steps=12), dropout=0.0))

    assert found[-1].scores["tag_acc"] == 1.0
    assert found[-1].losses["tagger"] < found[0].losses["tagger"] * 2


def test_steps_are_counted_from_zero_to_max_steps(make_run):
    found = take(make_run())

    assert [(step.step, step.epoch) for step in found] == [(0, 0), (1, 0), (2, 0), (3, 0), (4, 1)]
    assert [step.stopped and step.stopped.code for step in found] == [None, None, None, None, "max_steps"]


def test_steps_that_the_frequency_divides_are_evaluated_and_the_last(make_run):
    found = take(make_run(rule=StopRule(max_steps=5)))

    assert [step.step for step in found if step.is_evaluated] == [0, 2, 4, 5]


def test_the_last_step_of_the_last_epoch_is_evaluated_too(make_run):
    found = take(make_run(rule=StopRule(max_epochs=1), eval_frequency=100))

    assert [(step.step, step.is_evaluated) for step in found] == [
        *zip(range(4), (True, False, False, False), strict=True),
        (3, True),
    ]
    assert found[-1].stopped.reason == "max_epochs 1 reached"


def test_the_last_step_is_not_evaluated_twice(make_run):
    found = take(make_run(rule=StopRule(max_epochs=1), eval_frequency=3))

    assert [step.step for step in found] == [0, 1, 2, 3]


def test_patience_ends_a_run_that_learns_nothing(make_run):
    found = take(make_run(rule=StopRule(patience=6), frozen=("tagger",)))

    assert found[-1].step == 6
    assert found[-1].stopped.reason == "patience: no better score for 6 steps"


def test_checkpoints_are_score_step_and_epoch(make_run):
    found = take(make_run())

    assert found[0].checkpoints == ((found[0].score, 0, 0),)
    assert [result[1:] for result in found[-1].checkpoints] == [(0, 0), (2, 0), (4, 1)]


def test_the_best_is_what_no_earlier_score_beats(make_run):
    scores = iter([0.5, 0.4, 0.5, 0.6])
    run = make_run(rule=StopRule(max_steps=6))
    run.nlp.evaluate = lambda examples, **options: {"tag_acc": next(scores)}

    assert [step.is_best for step in take(run) if step.is_evaluated] == [True, False, True, True]


def test_losses_are_summed_since_the_last_evaluation(make_run):
    run = make_run(rule=StopRule(max_steps=2))
    losses = iter([1.0, 2.0, 4.0])

    def update(examples, *, drop, sgd, losses, each=losses):
        losses["tagger"] = losses.get("tagger", 0.0) + next(each)

    run.nlp.get_pipe("tagger").update = update
    found = take(run)

    assert found[0].losses == {"tagger": 1.0}
    assert found[2].losses == {"tagger": 6.0}


def test_words_are_those_that_were_learned_from(make_run):
    run = make_run(rule=StopRule(max_epochs=2), eval_frequency=100)

    n_words = sum(len(eg.predicted) for eg in run.train_corpus(run.nlp))

    assert take(run)[-1].n_words == 2 * n_words


@pytest.mark.parametrize(
    ("dropout", "expected"),
    [(0.5, [0.5] * 5), (0, [0] * 5), ([0.3, 0.2], [0.3, 0.2, 0.2, 0.2, 0.2]), (repeat(0.1), [0.1] * 5)],
)
def test_dropout_is_a_number_or_a_schedule(make_run, dropout, expected):
    run = make_run(dropout=dropout)
    updates = watched(run)

    take(run)

    assert [drop for _, drop in updates] == expected


def test_a_batch_in_parts_gives_the_gradients_of_the_parts_summed(make_run):
    run = make_run(rule=StopRule(max_steps=1), accumulate_gradient=3)
    updates = watched(run)

    take(run)

    assert [len(batch) for batch, _ in updates] == [1] * 6
    assert list(run.optimizer.nr_update.values()) == [2, 2]


def test_frozen_components_stay_as_they_are(make_run):
    run = make_run(names=("frozen", "tagger"), frozen=("frozen",))
    before = weights(run.nlp, "frozen"), weights(run.nlp, "tagger")

    found = take(run)

    np.testing.assert_array_equal(before[0], weights(run.nlp, "frozen"))
    assert not np.array_equal(before[1], weights(run.nlp, "tagger"))
    assert set(found[0].losses) == {"tagger"}


def test_annotating_components_annotate_for_those_after_them(make_run):
    run = make_run(names=("first", "second"), annotating=("first",), rule=StopRule(max_steps=1))
    updates = watched(run, "second")

    take(run)

    assert len(updates) == 2
    assert all(eg.predicted.has_annotation("TAG") for batch, _ in updates for eg in batch)


def test_the_corpus_is_never_annotated(make_run):
    run = make_run(annotating=("tagger",))
    held = list(run.dev_corpus(run.nlp))

    take(replace(run, train_corpus=lambda nlp: held, dev_corpus=lambda nlp: held))

    assert not any(eg.predicted.has_annotation("TAG") for eg in held)


def test_before_update_is_called_with_the_step_to_come(make_run):
    calls = []

    take(make_run(before_update=lambda nlp, args: calls.append((nlp.pipe_names, args))))

    assert calls[0] == (["tagger"], {"step": 0, "epoch": 0})
    assert calls[-1] == (["tagger"], {"step": 4, "epoch": 1})


def test_the_learn_rate_follows_its_schedule(make_run):
    run = make_run(optimizer=Adam(chain([0.5, 0.4, 0.3], repeat(0.1)), L2=0.0))

    take(run)

    assert run.optimizer.learn_rate == 0.1


def test_the_averages_are_what_is_measured(make_run):
    run = make_run(frozen=("tagger",), rule=StopRule(max_steps=1))
    output = run.nlp.get_pipe("tagger").model.layers[1]
    right = np.array([[9.0, -9.0], [-9.0, 9.0]], dtype="float32")
    output.set_param("W", -right)
    own = take(run)[0].score

    run.optimizer.averages = {(output.id, "W"): right}
    averaged = take(run)[0].score

    assert (own, averaged) == (0.0, 1.0)
    np.testing.assert_array_equal(output.get_param("W"), -right)


def test_a_loss_that_is_no_number_ends_the_run_before_the_parameters_change(make_run):
    run = make_run()
    before = weights(run.nlp)

    def update(examples, *, drop, sgd, losses):
        losses["tagger"] = float("nan")

    run.nlp.get_pipe("tagger").update = update
    with pytest.raises(NotFinite) as caught:
        take(run)

    assert str(caught.value) == (
        "step 0, tagger: the loss is nan; lower training.optimizer.learn_rate, or check the data"
    )
    np.testing.assert_array_equal(before, weights(run.nlp))


def scored(examples, **options):
    """Scores of each sort: a number, one that is not there, one for each label."""
    return {"tag_acc": 0.5, "tag_none": None, "tag_per": {"LONG": {}}}


def test_weights_make_one_score(make_run):
    run = make_run(score_weights={"tag_acc": 0.5, "ents_f": 0.5, "tag_none": 0.25, "tag_per": None})
    run.nlp.get_pipe("tagger").scorer = scored

    first = take(run)[0]

    assert first.score == 0.25
    assert "tag_none" not in first.scores


def test_a_weighted_score_that_is_no_number_is_named(make_run):
    run = make_run(score_weights={"tag_per": 1.0})
    run.nlp.get_pipe("tagger").scorer = scored

    with pytest.raises(ConfigError) as caught:
        take(run)

    assert str(caught.value) == (
        "[training.score_weights] tag_per: the score is not a number, got dict; write tag_per = null to hide it"
    )


def test_the_same_seed_gives_the_same_run(make_run):
    def losses(seed):
        return [step.losses["tagger"] for step in take(make_run(seed=seed)) if step.is_evaluated]

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)


def noting_calibrations(run):
    """Let the tagger note, at each calibration, whether the examples were annotated."""
    seen = []
    run.nlp.get_pipe("tagger").calibrate = lambda examples: seen.append(
        all(eg.predicted.has_column("TAG") for eg in examples)
    )
    return seen


def test_components_calibrate_themselves_at_every_evaluation(make_run):
    run = make_run()
    seen = noting_calibrations(run)

    evaluated = [step for step in take(run) if step.is_evaluated]

    assert seen == [True] * len(evaluated)


def test_frozen_components_stay_as_they_are_calibrated(make_run):
    run = make_run(frozen=("tagger",))
    seen = noting_calibrations(run)

    take(run)

    assert seen == []
