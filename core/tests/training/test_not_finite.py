"""Numbers that are none end a run at that step, and say where they came from."""

from __future__ import annotations

import json

import numpy as np
import pytest
from thinc.api import Adam

from kernel import blank, load
from kernel.errors import NotFinite
from kernel.tokens import DocBin
from kernel.training.fit import fit
from kernel.training.stopping import StopRule


@pytest.fixture
def broken_run(make_run):
    """A run whose tagger gives a gradient, or a loss, that is no number at its fourth update."""

    def make(what: str):
        run = make_run(rule=StopRule(max_steps=9), accumulate_gradient=1)
        tagger = run.nlp.get_pipe("tagger")
        right = tagger.get_loss
        n_updates = iter(range(99))

        def get_loss(examples, scores):
            loss, d_scores = right(examples, scores)
            if next(n_updates) == 3:
                return (np.inf, d_scores) if what == "loss" else (loss, d_scores * np.float32("nan"))
            return loss, d_scores

        tagger.get_loss = get_loss
        return run

    return make


def weights(run):
    return run.nlp.get_pipe("tagger").model.layers[1].get_param("W")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            "loss",
            "tagger: the loss is inf; lower training.optimizer.learn_rate, or check the data; the documents",
        ),
        (
            "gradient",
            "tagger: a gradient is nan or inf; lower training.optimizer.learn_rate, or check the data; ",
        ),
    ],
)
def test_the_run_ends_at_that_step_and_names_component_and_documents(
    broken_run, tmp_path, streams, what, message
):
    (tmp_path / "manifest.json").write_text('{"format": 1}', "utf-8")
    run = broken_run(what)

    with pytest.raises(NotFinite) as caught:
        fit(run, tmp_path, **streams)

    assert str(caught.value).startswith(f"step 3, {message}")
    assert str(caught.value).endswith(f"; they are in {tmp_path / 'not-finite-step-3.spacy'}")
    assert np.isfinite(weights(run)).all()
    assert streams["stdout"].getvalue().splitlines()[-1] == "stopped: NotFinite after step 2"
    stopped = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["stopped"]
    assert stopped == {"code": "not_finite", "reason": "NotFinite after step 2", "step": 2}


def test_the_batch_is_written_down_as_a_corpus(broken_run, tmp_path, streams):
    with pytest.raises(NotFinite) as caught:
        fit(broken_run("gradient"), tmp_path, **streams)

    docs = list(DocBin().from_disk(tmp_path / "not-finite-step-3.spacy").get_docs(blank("xx").vocab))
    assert [doc.text for doc in docs] == [eg.reference.text for eg in caught.value.examples]
    assert repr(docs[0].text) in str(caught.value)
    assert docs[0][0].tag_ in ("LONG", "SHORT")


def test_without_a_folder_the_documents_are_named(broken_run, streams):
    with pytest.raises(NotFinite, match=r"^step 3, tagger: a gradient .*; the documents were 'a"):
        fit(broken_run("gradient"), **streams)


def test_a_score_that_is_no_number_is_named(make_run, streams):
    run = make_run()
    run.nlp.evaluate = lambda examples, **options: {"tag_acc": float("nan")}

    with pytest.raises(NotFinite) as caught:
        fit(run, **streams)

    assert str(caught.value) == (
        "[training.score_weights] tag_acc: expected a finite score, got nan; check the losses before it"
    )


def test_weights_that_are_none_are_not_saved_over_those_before(make_run, tmp_path, streams):
    def spoil(nlp, facts):
        if facts["step"] == 4:
            weights_of = nlp.get_pipe("tagger").model.layers[1]
            weights_of.set_param("W", weights_of.get_param("W") * np.float32("nan"))

    (tmp_path / "manifest.json").write_text('{"format": 1}', "utf-8")
    optimizer = Adam(0.1, use_averages=False)
    run = make_run(rule=StopRule(max_steps=9), before_update=spoil, optimizer=optimizer)

    with pytest.raises(NotFinite, match=r"^step 4, tagger: the loss is nan; "):
        fit(run, tmp_path, **streams)

    assert load(tmp_path / "model-last").pipe_names == ["tagger"]
    assert "saved: " not in streams["stdout"].getvalue()
