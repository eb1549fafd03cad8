"""Checkpoints as a run leaves them: which are kept, and what one that is wrong says."""

from __future__ import annotations

import json
import random
import re

import numpy as np
import pytest

from kernel import load
from kernel.errors import CheckpointError, DataError
from kernel.training.fit import fit
from kernel.training.run import Retention
from kernel.training.runs.checkpoint import places, read
from kernel.training.stopping import StopRule


def names(output):
    return [place.name for place in places(output)]


@pytest.mark.parametrize(
    ("keeping", "kept"),
    [
        (Retention(), ["step-00000006"]),
        (Retention(keep_last=2), ["step-00000004", "step-00000006"]),
        (Retention(every_steps=3, keep_last=9), ["step-00000000", "step-00000003", "step-00000006"]),
        (Retention(every_steps=4, keep_last=2), ["step-00000004", "step-00000006"]),
        (Retention(keep_last=0), []),
    ],
)
def test_checkpoints_are_kept_as_the_config_says(make_run, tmp_path, streams, keeping, kept):
    fit(make_run(keeping=keeping, rule=StopRule(max_steps=6)), tmp_path, **streams)

    assert names(tmp_path) == kept


def test_the_best_pipelines_are_kept(make_run, tmp_path, streams):
    scores = iter([0.5, 0.3, 0.9, 0.75])
    run = make_run(keeping=Retention(keep_best=2), rule=StopRule(max_steps=6))
    run.nlp.evaluate = lambda examples, **options: {"tag_acc": next(scores)}

    fit(run, tmp_path, **streams)

    best = sorted((tmp_path / "best").iterdir())
    assert [place.name for place in best] == ["step-00000004", "step-00000006"]
    assert [load(place).meta["performance"]["tag_acc"] for place in best] == [0.9, 0.75]
    assert load(tmp_path / "model-best").meta["performance"]["tag_acc"] == 0.9


def resumed(make_run, output, streams, **changes):
    """Go on with a run of six steps."""
    (output / "manifest.json").write_text('{"format": 1}', "utf-8")
    return fit(make_run(rule=StopRule(max_steps=6), **changes), output, resume=True, **streams)


def test_a_run_that_was_cut_short_goes_on_to_the_same_parameters(make_run, tmp_path, streams):
    whole = fit(make_run(rule=StopRule(max_steps=6)), tmp_path / "whole", **streams)

    fit(make_run(rule=StopRule(max_steps=4)), tmp_path / "cut", **streams)
    nlp = resumed(make_run, tmp_path / "cut", streams)

    weights = [one.get_pipe("tagger").model.layers[1].get_param("W") for one in (whole, nlp)]
    np.testing.assert_array_equal(*weights)
    assert read(places(tmp_path / "cut")[0]).step.checkpoints == (
        read(places(tmp_path / "whole")[0]).step.checkpoints
    )


def test_a_run_that_has_ended_ends_again(make_run, tmp_path, streams, watcher):
    fit(make_run(rule=StopRule(max_steps=6)), tmp_path, **streams)
    watcher.infos.clear()

    resumed(make_run, tmp_path, streams)

    assert watcher.infos == []
    assert streams["stdout"].getvalue().splitlines()[-1] == "stopped: max_steps 6 reached"


def test_other_batches_are_noticed(make_run, tmp_path, streams):
    run = make_run(rule=StopRule(max_steps=4))
    fit(run, tmp_path, **streams)

    def fewer(nlp):
        return list(run.train_corpus(nlp))[1:]

    with pytest.raises(DataError) as caught:
        resumed(make_run, tmp_path, streams, train_corpus=fewer)

    assert str(caught.value) == (
        "--resume: the batches differ from those of the run up to step 4; restore data, code and plugins, "
        "or start again with --overwrite"
    )


def test_the_checkpoint_of_another_pipeline_is_refused(make_run, tmp_path, streams):
    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)

    with pytest.raises(CheckpointError, match=r"^--resume: the checkpoint belongs to another pipeline"):
        resumed(make_run, tmp_path, streams, frozen=("tagger",))


def flip(path):
    """Change one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("file", ["arrays.safetensors", "state.json"])
@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (flip, r"damaged, expected SHA-256 \w{12}, got \w{12}"),
        (lambda path: path.write_bytes(b"half of"), r"damaged, expected \d+ bytes, got 7"),
        (lambda path: path.unlink(), "missing"),
    ],
)
def test_a_damaged_checkpoint_is_named_by_file(make_run, tmp_path, streams, file, damage, told):
    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)
    damage(places(tmp_path)[0] / file)

    with pytest.raises(CheckpointError) as caught:
        resumed(make_run, tmp_path, streams)

    path = re.escape(str(places(tmp_path)[0] / file))
    assert re.fullmatch(
        f"{path}: {told}; restore it from a copy, or start again with --overwrite; there is no earlier checkpoint",
        str(caught.value),
    )


@pytest.mark.parametrize("text", ["{", "[]", '{"../state.json": {"bytes": 1, "sha256": "0"}}'])
def test_damaged_checksums_of_a_checkpoint_are_named(make_run, tmp_path, streams, text):
    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)
    (places(tmp_path)[0] / "checksums.json").write_text(text, "utf-8")

    with pytest.raises(CheckpointError, match=r"checksums\.json: .*; restore it from a copy"):
        resumed(make_run, tmp_path, streams)


def test_a_checkpoint_of_before_there_were_checksums_is_gone_on_with(make_run, tmp_path, streams):
    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)
    (places(tmp_path)[0] / "checksums.json").unlink()

    resumed(make_run, tmp_path, streams)

    assert read(places(tmp_path)[0]).step.step == 6


def test_a_checkpoint_without_checksums_that_cannot_be_read_is_named(make_run, tmp_path, streams):
    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)
    (places(tmp_path)[0] / "checksums.json").unlink()
    (places(tmp_path)[0] / "arrays.safetensors").write_bytes(b"half of")

    with pytest.raises(CheckpointError) as caught:
        resumed(make_run, tmp_path, streams)

    assert str(caught.value).startswith(f"{places(tmp_path)[0]}: the checkpoint cannot be read, ")


def set_in_state(output, path, value):
    """Change one value of the newest checkpoint's state, as one who takes its checksums away."""
    file = places(output)[-1] / "state.json"
    state = node = json.loads(file.read_text("utf-8"))
    *parents, key = path
    for parent in parents:
        node = node[parent] if parent != "*" else next(iter(node.values()))
    node[key] = value
    file.write_text(json.dumps(state), "utf-8")
    file.with_name("checksums.json").unlink()


@pytest.mark.parametrize(
    "path",
    [
        ("learned", "rates", "__class__"),
        ("learned", "rates", "step_schedules"),
        ("learned", "rates", "mom1"),
        ("learned", "schedules", "nobody"),
        ("learned", "attrs", "*", "forward"),
    ],
    ids=".".join,
)
def test_a_state_sets_nothing_that_is_not_there_to_be_set(make_run, tmp_path, streams, path):
    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)
    set_in_state(tmp_path, path, 1)

    with pytest.raises(CheckpointError, match=f"--resume: .* has no '{path[-1]}'; start again"):
        resumed(make_run, tmp_path, streams)


@pytest.mark.parametrize("value", ["0.1", None, [1], float("nan"), True])
def test_a_rate_of_a_state_is_a_number(make_run, tmp_path, streams, value):
    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)
    set_in_state(tmp_path, ("learned", "rates", "learn_rate"), value)

    with pytest.raises(CheckpointError, match=r"learn_rate.*, got .*; re(store|move) it"):
        resumed(make_run, tmp_path, streams)


def test_other_random_numbers_are_noticed_where_the_words_are_the_same(make_run, tmp_path, streams):
    run = make_run(rule=StopRule(max_steps=4))
    fit(run, tmp_path, **streams)

    def drawing(nlp):
        for eg in run.train_corpus(nlp):
            random.random()
            yield eg

    with pytest.raises(DataError, match="--resume: the batches differ"):
        resumed(make_run, tmp_path, streams, train_corpus=drawing)
