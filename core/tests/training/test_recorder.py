"""What becomes of the steps of a run: saved, reported, kept to go on from, and at the end accounted for."""

from __future__ import annotations

import json
from itertools import islice

import numpy as np
import pytest

from kernel import load
from kernel.errors import CheckpointError, DataError, FrozenChanged, NotFinite
from kernel.tokens import DocBin
from kernel.training.loggers.report import Report
from kernel.training.loop.batches import Batches
from kernel.training.loop.replayable_batches import ReplayableBatches
from kernel.training.run import Header, Retention, Step
from kernel.training.runs import checkpoint
from kernel.training.runs.output import OutputFolder
from kernel.training.runs.recorder import RunRecorder
from kernel.training.stopping import Stopped, StopRule

INTERRUPTED = Stopped("interrupted", "SIGTERM after step 3")


def plain(number: int) -> Step:
    """A step that was not evaluated."""
    return Step(0, number, {"tagger": 1.0}, 10, 1.0)


def evaluated(number: int, score: float = 0.5, *, is_best: bool = False, before=()) -> Step:
    checkpoints = (*before, (score, number, 0))
    return Step(
        0, number, {"tagger": 1.0}, 10, 1.0, score, {"tag_acc": score}, is_best, checkpoints=checkpoints
    )


class Notes:
    """A logger that remembers the steps and where they were saved, why the run ended, and where it goes on."""

    def __init__(self) -> None:
        self.heard, self.stopped, self.place = [], None, 0

    def setup(self, nlp, stdout, stderr):
        return self, self.finalize

    def __call__(self, info):
        self.heard.append(info and (info["step"], info.get("output_path")))

    def finalize(self, stopped):
        self.stopped = stopped

    def state(self):
        return self.place + len(self.heard)

    def restore(self, state):
        self.place = state


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
def recorder(make_run, tmp_path, streams, notes):
    """Make a recorder of a run that saves into `tmp_path`, or nowhere; keyword arguments change the run."""

    def make(output=tmp_path, **changes):
        run = make_run(logger=notes.setup, **changes)
        place = None if output is None else OutputFolder.of(output)
        batches = ReplayableBatches(Batches(run.nlp, run.train_corpus, run.batcher), 0)
        report = Report(run.logger, Header.of(run), run.nlp, streams["stdout"], streams["stderr"])
        return RunRecorder(run, place, batches, report, streams["stdout"], streams["stderr"])

    return make


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def kept_steps(folder):
    return sorted(int(place.name.removeprefix("step-")) for place in checkpoint.places(folder))


def said(streams, name="stdout"):
    return streams[name].getvalue().splitlines()


# -- steps ---------------------------------------------------------------------------------------------------


def test_an_evaluated_step_is_saved_reported_and_kept_to_go_on_from(recorder, tmp_path, notes):
    recorder()(evaluated(2, is_best=True))

    assert names(tmp_path) == ["checkpoints", "model-best", "model-last"]
    assert notes.heard == [(2, str(tmp_path / "model-last"))]
    assert kept_steps(tmp_path) == [2]
    assert load(tmp_path / "model-last").meta["performance"] == {"tag_acc": 0.5, "tagger_loss": 1.0}


def test_a_step_that_was_not_evaluated_is_only_reported(recorder, tmp_path, notes):
    recorder()(plain(1))

    assert names(tmp_path) == []
    assert notes.heard == [None]


def test_a_step_that_is_not_the_best_leaves_the_best_as_it_is(recorder, tmp_path):
    record = recorder()
    record(evaluated(0, 0.9, is_best=True))
    record(evaluated(2, 0.5, before=[(0.9, 0, 0)]))

    scores = {
        name: load(tmp_path / name).meta["performance"]["tag_acc"] for name in ("model-best", "model-last")
    }
    assert scores == {"model-best": 0.9, "model-last": 0.5}


def test_checkpoints_may_be_left_at_every_so_many_steps_instead(recorder, tmp_path):
    record = recorder(keeping=Retention(every_steps=3, keep_last=9))

    for step in (evaluated(0), plain(1), evaluated(2), plain(3)):
        record(step)

    assert kept_steps(tmp_path) == [0, 3]


def test_no_checkpoint_is_left_where_none_is_kept(recorder, tmp_path):
    recorder(keeping=Retention(keep_last=0))(evaluated(2))

    assert names(tmp_path) == ["model-last"]


def test_the_checkpoint_of_a_step_is_written_once(recorder, tmp_path):
    record, step = recorder(), evaluated(2)
    record(step)
    (tmp_path / "checkpoints" / "step-00000002" / "state.json").unlink()

    record.save_checkpoint(step)

    assert names(tmp_path / "checkpoints" / "step-00000002") == ["arrays.safetensors", "checksums.json"]


def test_without_a_folder_steps_are_reported_and_nothing_is_written(recorder, tmp_path, notes, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record = recorder(None)
    assert record.start(None, resume=False) is None

    record(evaluated(2, is_best=True))
    record.finish(None)

    assert notes.heard == [(2, None)]
    assert names(tmp_path) == []


def test_a_folder_that_is_gone_stops_the_run_at_the_first_step_to_be_saved(recorder, tmp_path):
    record = recorder(tmp_path / "run")
    (tmp_path / "run").rmdir()

    with pytest.raises(CheckpointError, match="the run's folder disappeared during the run; restore it"):
        record(evaluated(0))


def test_what_is_worth_knowing_of_the_scores_is_said_once(recorder, streams):
    record = recorder(None, score_weights={"tag_ac": 1.0})
    record(evaluated(0))
    record(evaluated(2, before=[(0.5, 0, 0)]))

    assert said(streams, "stderr") == [
        "note: [training.score_weights] tag_ac: no component computes this score, it counts as 0; did you "
        "mean 'tag_acc'?"
    ]


# -- the beginning -------------------------------------------------------------------------------------------


def manifest_of(output, **facts):
    (output / "manifest.json").write_text(json.dumps({"format": 1, **facts}), "utf-8")


def facts_of(output):
    return json.loads((output / "manifest.json").read_text("utf-8"))


def test_a_run_begins_before_its_first_step_and_notes_where_its_logger_did(recorder, tmp_path, notes):
    manifest_of(tmp_path)
    notes.place = 5

    assert recorder().start(None, resume=False) is None

    assert facts_of(tmp_path)["logger"]["logger"]["state"] == 5


def test_a_run_that_was_killed_before_its_first_checkpoint_lets_its_logger_begin_again(
    recorder, tmp_path, notes
):
    manifest_of(tmp_path)
    notes.place = 5
    recorder().start(None, resume=False)
    notes.place = 9

    assert recorder().start(None, resume=True) is None

    assert notes.place == 5


def test_a_run_goes_on_after_the_step_of_its_checkpoint(recorder, tmp_path, notes):
    first = recorder()
    list(islice(first.batches, 3))
    weights = first.run.nlp.get_pipe("tagger").model.layers[1]
    weights.set_param("W", np.full((2, 2), 0.25, dtype="float32"))
    first(evaluated(2))
    second = recorder()

    step = second.start(checkpoint.newest(tmp_path), resume=True)

    assert (step.step, step.checkpoints) == (2, ((0.5, 2, 0),))
    assert second.run.nlp.get_pipe("tagger").model.layers[1].get_param("W").tolist() == [[0.25] * 2] * 2
    assert second.run.nlp.meta["performance"]["tag_acc"] == 0.5
    assert second.batches.state() == first.batches.state()
    assert notes.place == 1


def test_a_checkpoint_of_other_batches_is_refused(recorder, tmp_path):
    first = recorder()
    list(islice(first.batches, 3))
    first(evaluated(2))

    with pytest.raises(
        DataError, match=r"^--resume: the batches differ from those of the run up to step 2; "
    ):
        recorder(train_corpus=lambda nlp: list(first.run.train_corpus(nlp))[1:]).start(
            checkpoint.newest(tmp_path), resume=True
        )


# -- the end -------------------------------------------------------------------------------------------------


def test_the_end_is_said_to_the_logger_the_manifest_and_the_user(recorder, tmp_path, notes, streams):
    manifest_of(tmp_path)
    record = recorder(rule=StopRule(max_steps=2))
    record(evaluated(2))

    record.finish(None)

    stopped = {"code": "max_steps", "reason": "max_steps 2 reached", "step": 2}
    assert notes.stopped == facts_of(tmp_path)["stopped"] == stopped
    assert list(facts_of(tmp_path)["models"]) == ["model-last"]
    assert said(streams) == [f"saved: {tmp_path / 'model-last'}", "stopped: max_steps 2 reached"]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [(StopRule(max_epochs=1), "max_epochs 1 reached"), (StopRule(), "the corpus ended")],
)
def test_a_run_whose_batches_ran_out_says_so(recorder, streams, rule, reason):
    record = recorder(None, rule=rule)
    record(evaluated(2))

    record.finish(None)

    assert said(streams) == [f"stopped: {reason}"]


def test_a_run_that_ends_between_two_evaluations_saves_what_it_has(recorder, tmp_path):
    record = recorder()
    record(evaluated(2))
    record.run.nlp.meta["author"] = "later"
    record(plain(3))

    record.finish(INTERRUPTED)

    assert load(tmp_path / "model-last").meta["author"] == "later"
    assert kept_steps(tmp_path) == [3]


def test_a_run_that_was_interrupted_says_how_it_goes_on(recorder, tmp_path, notes, streams):
    whole = dict.fromkeys(("started", "folder", "python", "platform", "host"), "")
    whole |= {"go_on": "kernel train --resume", "seed": 0, "use_gpu": -1, "n_blas_threads": None}
    whole |= {"code": {}, "versions": {}, "models": {}, "resumed": [], "command": [], "data": {}}
    manifest_of(tmp_path, **whole, logger=None, stopped=None)
    record = recorder()
    record(plain(3))

    record.finish(INTERRUPTED)

    assert notes.stopped["code"] == "interrupted"
    assert said(streams) == [
        f"saved: {tmp_path / 'model-last'}",
        "stopped: SIGTERM after step 3",
        "resume with: kernel train --resume",
    ]


def test_a_run_that_was_interrupted_at_its_last_step_has_ended(recorder, notes):
    record = recorder(None, rule=StopRule(max_steps=3))
    record(plain(3))

    record.finish(INTERRUPTED)

    assert notes.stopped["code"] == "max_steps"


# -- failures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ZeroDivisionError(), "error"),
        (KeyboardInterrupt(), "interrupted"),
        (SystemExit(3), "interrupted"),
        (NotFinite("a gradient"), "not_finite"),
    ],
)
def test_a_run_that_fails_saves_what_it_has_and_says_why(recorder, tmp_path, notes, streams, error, code):
    record = recorder()
    record(plain(3))

    assert record.fail(error) is error

    reason = f"{type(error).__name__} after step 3"
    assert notes.stopped == {"code": code, "reason": reason, "step": 3}
    assert names(tmp_path) == ["model-last"]
    assert said(streams) == [f"saved: {tmp_path / 'model-last'}", f"stopped: {reason}"]


def test_a_run_that_fails_before_its_first_step_has_nothing_to_save(recorder, tmp_path, streams):
    recorder().fail(ZeroDivisionError())

    assert names(tmp_path) == []
    assert said(streams) == ["stopped: ZeroDivisionError before the first step ended"]


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (CheckpointError("no room"), {}),
        (FrozenChanged("other weights"), {}),
        (KeyboardInterrupt(), {"at_once": True}),
    ],
)
def test_nothing_is_saved_where_it_would_fail_be_wrong_or_take_too_long(
    recorder, tmp_path, streams, error, options
):
    record = recorder()
    record(plain(3))

    assert record.fail(error, **options) is error

    assert names(tmp_path) == []
    assert said(streams) == [f"stopped: {type(error).__name__} after step 3"]


def test_the_error_that_ended_a_run_is_told_where_saving_fails_too(recorder, streams):
    def refuse(nlp):
        raise CheckpointError("no room")

    record = recorder(before_to_disk=refuse)
    record(plain(3))
    error = ZeroDivisionError()

    assert record.fail(error) is error

    assert said(streams) == ["stopped: ZeroDivisionError after step 3"]


def bad_batch(run, n_examples):
    error = NotFinite("step 3, tagger: a gradient is nan")
    error.step, error.examples = 3, list(islice(run.train_corpus(run.nlp), n_examples))
    return error


def test_numbers_that_are_none_are_told_with_the_documents_and_where_these_are(recorder, tmp_path):
    record = recorder()
    record(plain(2))

    told = record.fail(bad_batch(record.run, 5))

    path = tmp_path / "not-finite-step-3.spacy"
    assert str(told) == (
        "step 3, tagger: a gradient is nan; the documents were 'a', 'aa aaa', 'aaa aaaa aaaaa' and 2 more; they are "
        f"in {path}"
    )
    assert (told.step, len(told.examples)) == (3, 5)
    docs = list(DocBin().from_disk(path).get_docs(record.run.nlp.vocab))
    assert [doc.text for doc in docs] == [eg.reference.text for eg in told.examples]


def test_numbers_that_are_none_are_told_with_the_documents_where_nothing_is_saved(recorder):
    record = recorder(None)
    record(plain(2))

    told = record.fail(bad_batch(record.run, 1))

    assert str(told) == "step 3, tagger: a gradient is nan; the documents were 'a'"


def test_a_manifest_that_cannot_be_completed_is_told_after_the_last_words(recorder, tmp_path, streams):
    (tmp_path / "manifest.json").write_text("{", "utf-8")
    record = recorder()
    record(plain(3))

    with pytest.raises(CheckpointError, match="not the manifest of a run"):
        record.finish(None)

    assert said(streams)[-1] == "stopped: the corpus ended"
