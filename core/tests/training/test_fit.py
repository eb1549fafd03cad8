"""A run from its first line to its last: what is said, kept and given back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kernel import load
from kernel.training.fit import fit
from kernel.training.stopping import StopRule


def said(streams) -> list[str]:
    return streams["stdout"].getvalue().splitlines()


def test_a_run_says_what_it_does_and_why_it_ended(make_run, streams):
    fit(make_run(names=("cold", "tagger"), frozen=("cold",), annotating=("cold",)), **streams)

    assert said(streams) == [
        "Pipeline: cold, tagger",
        "Frozen components: cold",
        "Set annotations on update for: cold",
        "Initial learn rate: 0.1",
        "stopped: max_steps 4 reached",
    ]


def test_the_logger_sees_every_step_of_the_components_that_learn(make_run, watcher, streams):
    fit(make_run(names=("cold", "tagger"), frozen=("cold",)), **streams)

    assert watcher.nlp_pipes == ["tagger"]
    assert [info and info["step"] for info in watcher.infos] == [0, None, 2, None, 4]
    assert watcher.is_closed


def test_best_and_last_are_pipelines_with_their_scores(make_run, tmp_path, watcher, streams):
    nlp = fit(make_run(rule=StopRule(max_steps=12)), tmp_path, **streams)

    best, last = load(tmp_path / "model-best"), load(tmp_path / "model-last")

    assert best.meta["performance"]["tag_acc"] == 1.0
    assert [token.tag_ for token in best("aaaaa a")] == ["LONG", "SHORT"]
    assert [token.tag_ for token in last("aaaaa a")] == [token.tag_ for token in nlp("aaaaa a")]
    assert watcher.evaluations[0]["output_path"] == str(tmp_path / "model-last")
    assert said(streams)[-2:] == [f"saved: {tmp_path / 'model-last'}", "stopped: max_steps 12 reached"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_run_keeps_what_it_has_and_says_so(make_run, tmp_path, watcher, streams, error):
    def interrupt(nlp, args):
        if args["step"] == 3:
            raise error

    with pytest.raises(error):
        fit(make_run(before_update=interrupt), tmp_path, **streams)

    load(tmp_path / "model-last")
    assert watcher.is_closed
    assert said(streams)[-2:] == [
        f"saved: {tmp_path / 'model-last'}",
        f"stopped: {error.__name__} after step 2",
    ]


def test_a_run_that_fails_at_once_keeps_nothing_and_says_so(make_run, tmp_path, streams):
    with pytest.raises(ZeroDivisionError):
        fit(make_run(before_update=lambda nlp, args: 1 / 0), tmp_path, **streams)

    assert list(tmp_path.iterdir()) == []
    assert said(streams)[-1] == "stopped: ZeroDivisionError before the first step ended"


def test_the_pipeline_comes_back_with_the_averages(make_run, streams):
    run = make_run(frozen=("tagger",), rule=StopRule(max_steps=1))
    output = run.nlp.get_pipe("tagger").model.layers[1]
    run.optimizer.averages = {(output.id, "W"): np.full((2, 2), 0.5, dtype="float32")}

    fit(run, **streams)

    assert output.get_param("W").tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_two_runs_with_one_seed_end_with_the_same_parameters(make_run, streams):
    def weights():
        nlp = fit(make_run(seed=3), **streams)
        return nlp.get_pipe("tagger").model.layers[1].get_param("W")

    np.testing.assert_array_equal(weights(), weights())


def test_the_development_corpus_is_read_once(make_run, streams):
    run = make_run()
    reads = []

    def corpus(nlp):
        reads.append(nlp)
        return run.train_corpus(nlp)

    fit(replace(run, dev_corpus=corpus), **streams)

    assert len(reads) == 1


def test_an_empty_development_corpus_is_named_before_the_first_step(make_run, watcher, streams):
    from kernel.errors import DataError

    with pytest.raises(DataError, match=r"^\[training\] dev_corpus: the corpus has no examples"):
        fit(make_run(dev_corpus=lambda nlp: iter(())), **streams)

    assert watcher.infos == []
