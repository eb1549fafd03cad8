"""A score that does not move is explained, once."""

from __future__ import annotations

import pytest

from kernel import Example
from kernel.training.fit import fit
from kernel.training.runs.diagnosis import is_stuck
from kernel.training.stopping import StopRule


def history(*scores):
    return [(score, step, 0) for step, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((0, 0, 0), True),
        ((0, 0), False),
        ((0, 0, 0, 0), False),
        ((0.4, 0.5, 0.5, 0.5), True),
        ((0.5, 0.5, 0.4), False),
        ((1.0, 1.0, 1.0), False),
        ((), False),
    ],
)
def test_a_score_is_stuck_after_so_many_evaluations_and_this_is_told_once(scores, expected):
    assert is_stuck(history(*scores), 3) is expected


def notes(run, streams):
    fit(run, **streams)
    return streams["stderr"].getvalue().splitlines()


def stuck(make_run, **changes):
    return make_run(rule=StopRule(max_steps=20), frozen=("tagger",), **changes)


def test_components_that_do_not_learn_are_named(make_run, streams):
    found = notes(stuck(make_run), streams)

    assert found[0] == (
        "note: no component learns: every component of the pipeline is frozen, disabled or without weights"
    )
    assert len(found) == 2
    assert found[1].startswith("note: the score has been 0.")
    assert "for 5 evaluations: no component learns, [training] frozen_components lists every" in found[1]


def test_weights_that_are_all_zero_are_named(make_run, streams):
    note = notes(stuck(make_run, score_weights={"tag_acc": 0.0}), streams)[-1]

    assert note.startswith("note: the score has been 0 for 5 evaluations: ")
    assert "no score counts, all [training.score_weights] are zero" in note


def test_a_score_that_is_not_measured_is_named(make_run, streams):
    note = notes(stuck(make_run, score_weights={"dep_las": 1.0}), streams)[-1]

    assert "no dep_las on the development corpus; the annotation or the component is missing" in note


def test_a_score_that_nothing_gives_is_named_at_the_first_evaluation(make_run, streams):
    weights = {"tag_ac": 0.5, "tag_acc": 0.5, "token_acc": 0.0, "dep_las": None}

    assert notes(make_run(score_weights=weights), streams) == [
        "note: [training.score_weights] tag_ac: no component computes this score, it counts as 0; "
        "did you mean 'tag_acc'?"
    ]


def test_labels_that_training_has_not_seen_are_named(make_run, streams):
    def dev(nlp):
        yield Example.from_dict(nlp.make_doc("one two"), {"tags": ["NEW", "NEW"]})

    note = notes(stuck(make_run, dev_corpus=dev), streams)[-1]

    assert "tags of the development corpus that no component knows: NEW" in note


def test_a_corpus_in_which_everything_is_outside_is_named(make_run, streams):
    note = notes(stuck(make_run, score_weights={"ents_f": 1.0}), streams)[-1]

    assert "the development corpus has no entities" in note
