"""Saved pipelines: whole, under the averages, and never at the price of the one before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.errors import CheckpointError, ConfigError
from kernel.training.run import Retention, Step
from kernel.training.runs.output import OutputFolder
from kernel.training.runs.saved_models import SavedModels, copy_folder, note_performance


def folders(path: Path) -> list[str]:
    return sorted(found.name for found in path.iterdir())


@pytest.fixture
def saved(monkeypatch):
    """Let pipelines save a file that says which of them it was and with which parameters."""

    def to_disk(nlp, path, **options):
        path.mkdir(parents=True, exist_ok=True)
        weights = nlp.get_pipe("tagger").model.layers[1].get_param("W")
        path.joinpath("weights").write_text(str(float(weights[0, 0])), "utf-8")
        nlp.meta["name"] = path.name

    monkeypatch.setattr("kernel.pipeline.language.Language.to_disk", to_disk)


def test_the_last_is_saved_and_the_best_is_a_copy_of_it(make_run, tmp_path, saved):
    checkpoints = SavedModels(make_run(), OutputFolder.of(tmp_path / "new" / "output"))

    assert checkpoints.save() == tmp_path / "new" / "output" / "model-last"
    assert folders(checkpoints.output) == ["model-last"]
    checkpoints.save(is_best=True)
    assert folders(checkpoints.output) == ["model-best", "model-last"]


def test_the_averages_are_saved_and_the_own_parameters_come_back(make_run, tmp_path, saved):
    run = make_run()
    output = run.nlp.get_pipe("tagger").model.layers[1]
    run.optimizer.averages = {(output.id, "W"): np.full((2, 2), 0.5, dtype="float32")}

    last = SavedModels(run, OutputFolder.of(tmp_path)).save()

    assert last.joinpath("weights").read_text("utf-8") == "0.5"
    assert output.get_param("W")[0, 0] != 0.5


def test_the_callback_gets_the_pipeline_and_its_result_is_saved(make_run, tmp_path, saved):
    other = make_run().nlp
    run = make_run(before_to_disk=lambda nlp: other)

    SavedModels(run, OutputFolder.of(tmp_path)).save()

    assert other.meta["name"] == "model-last"


def step(number, *checkpoints):
    """A step that was evaluated; its results so far are (score, step)."""
    return Step(0, number, {}, 1, 1.0, 0.5, {}, checkpoints=tuple((*result, 0) for result in checkpoints))


def test_the_best_so_far_are_kept_and_others_go(make_run, tmp_path, saved):
    models = SavedModels(make_run(keeping=Retention(keep_best=2)), OutputFolder.of(tmp_path))
    kept, scores = [], [(0.5, 0), (0.3, 2), (0.9, 4), (0.5, 6)]

    for place, (_, number) in enumerate(scores):
        models.save()
        models.rank(step(number, *scores[: place + 1]))
        kept.append([int(name.removeprefix("step-")) for name in folders(tmp_path / "best")])

    # Of equal scores the latest counts.
    assert kept == [[0], [0, 2], [0, 4], [4, 6]]


def test_what_somebody_put_beside_the_best_stays(make_run, tmp_path, saved):
    (tmp_path / "best" / "mine").mkdir(parents=True)
    models = SavedModels(make_run(keeping=Retention(keep_best=2)), OutputFolder.of(tmp_path))

    models.save()
    models.rank(step(0, (0.5, 0)))

    assert folders(tmp_path / "best") == ["mine", "step-00000000"]


def test_where_one_best_is_kept_there_is_no_folder_for_more(make_run, tmp_path, saved):
    models = SavedModels(make_run(), OutputFolder.of(tmp_path))

    models.save()
    models.rank(step(0, (0.5, 0)))

    assert folders(tmp_path) == ["model-last"]


def test_a_pipeline_that_cannot_be_saved_leaves_the_one_before_and_says_how_to_go_on(
    make_run, tmp_path, saved, monkeypatch
):
    models = SavedModels(make_run(), OutputFolder.of(tmp_path))
    models.save(is_best=True)

    def fail(nlp, path, **options):
        raise CheckpointError(f"{path}: no room")

    monkeypatch.setattr("kernel.pipeline.language.Language.to_disk", fail)
    with pytest.raises(CheckpointError) as caught:
        models.save(is_best=True)

    assert str(caught.value) == (
        f"{tmp_path / 'model-last'}: no room; check free space and permissions, then use --resume"
    )
    assert folders(tmp_path) == ["model-best", "model-last"]


def test_a_folder_that_is_gone_is_not_made_anew(make_run, tmp_path, saved):
    models = SavedModels(make_run(), OutputFolder.of(tmp_path / "run"))
    (tmp_path / "run").rmdir()

    with pytest.raises(CheckpointError, match="the run's folder disappeared during the run; restore it"):
        models.save()

    assert folders(tmp_path) == []


def test_a_callback_that_returns_nothing_is_a_mistake(make_run, tmp_path):
    run = make_run(before_to_disk=lambda nlp: None)

    with pytest.raises(ConfigError) as caught:
        SavedModels(run, OutputFolder.of(tmp_path)).save()

    assert str(caught.value) == (
        "[training.before_to_disk]: the callback must return the pipeline, got NoneType"
    )


def test_an_output_that_is_a_file_is_refused_before_the_run(make_run, tmp_path):
    path = tmp_path / "output"
    path.write_text("mine", "utf-8")

    with pytest.raises(CheckpointError, match="cannot be written, File exists; choose another --output"):
        SavedModels(make_run(), OutputFolder.of(path))

    assert path.read_text("utf-8") == "mine"


def test_a_copy_replaces_the_whole_folder(tmp_path):
    new, target = tmp_path / "new", tmp_path / "target"
    for folder, name in ((new, "now"), (target, "before")):
        folder.mkdir()
        folder.joinpath(name).touch()

    copy_folder(new, target)

    assert folders(target) == ["now"]
    assert folders(tmp_path) == ["new", "target"]


def test_a_copy_that_fails_leaves_the_old_folder(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    target.joinpath("before").touch()

    with pytest.raises(CheckpointError):
        copy_folder(tmp_path / "missing", target)

    assert folders(target) == ["before"]


def test_the_meta_data_hold_scores_and_losses(make_run):
    nlp = make_run().nlp
    step = Step(0, 0, {"tagger": 2.0}, 1, 1.0, 0.5, {"tag_acc": 0.5, "speed": 9.0})

    note_performance(nlp, step, {"tag_acc": 1.0, "tag_micro_p": None})

    assert nlp.meta["performance"] == {"tag_acc": 0.5, "tag_micro_p": 0.0, "tagger_loss": 2.0}
