"""A run's folder that goes away, is renamed, or is replaced by something else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kernel import load
from kernel.errors import CheckpointError
from kernel.training.fit import fit
from kernel.training.run import Retention
from kernel.training.runs.output import OutputFolder, opened
from kernel.training.stopping import StopRule

pytestmark = pytest.mark.skipif(os.name == "nt", reason="moves a folder that is in use")

VANISHED = "the run's folder disappeared during the run"
FILE = "the run's folder was replaced by a file during the run"
OTHER = "the run's folder was replaced by another folder during the run"


def nothing(folder: Path) -> None:
    """Leave the place empty."""


def a_file(folder: Path) -> None:
    folder.touch()


def a_folder(folder: Path) -> None:
    folder.mkdir()


def another_run(folder: Path) -> None:
    (folder / "checkpoints" / "step-00000001").mkdir(parents=True)
    (folder / "manifest.json").write_text('{"format": 1}', "utf-8")
    (folder / "log.jsonl").write_text("{}\n", "utf-8")


def a_link_to_nowhere(folder: Path) -> None:
    folder.symlink_to("nowhere")


def content(folder: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize(
    ("put", "said"),
    [
        (nothing, VANISHED),
        (a_file, FILE),
        (a_folder, OTHER),
        (another_run, OTHER),
        (a_link_to_nowhere, VANISHED),
    ],
)
@pytest.mark.parametrize(
    "keeping", [Retention(), Retention(every_steps=1), Retention(keep_last=0, keep_best=2)]
)
def test_nothing_is_written_into_what_has_taken_the_place(make_run, tmp_path, streams, put, said, keeping):
    output, moved = tmp_path / "run", tmp_path / "moved"
    put(tmp_path / "like")
    before = content(tmp_path / "like") if (tmp_path / "like").is_dir() else {}

    def replace(nlp, args):
        if args["step"] == 3:
            output.rename(moved)
            put(output)

    with pytest.raises(CheckpointError) as caught:
        fit(make_run(before_update=replace, rule=StopRule(max_steps=6), keeping=keeping), output, **streams)

    assert str(caught.value) == f"{output}: {said}; restore it, then use --resume"
    after = content(output) if output.is_dir() else {}
    assert list(after.values()) == list(before.values())
    load(moved / "model-last")


def test_a_folder_that_was_only_given_another_name_and_a_link_is_kept(make_run, tmp_path, streams):
    output = tmp_path / "run"

    def rename(nlp, args):
        if args["step"] == 3:
            output.rename(tmp_path / "moved")
            output.symlink_to("moved")

    fit(make_run(before_update=rename, rule=StopRule(max_steps=6)), output, **streams)

    assert streams["stdout"].getvalue().splitlines()[-1] == "stopped: max_steps 6 reached"


def test_a_folder_that_vanishes_while_it_is_written_is_not_made_anew(make_run, tmp_path, streams):
    output = tmp_path / "run"

    def remove(nlp):
        shutil.rmtree(output)
        return nlp

    with pytest.raises(CheckpointError, match=VANISHED):
        fit(make_run(before_to_disk=remove, rule=StopRule(max_steps=6)), output, **streams)

    assert not output.exists()


@pytest.mark.parametrize("put", [nothing, a_file, a_folder, another_run])
def test_a_run_leaves_what_has_taken_the_place_of_its_folder(tmp_path, put):
    output = tmp_path / "new" / "run"

    with opened(output):
        output.rename(tmp_path / "moved")
        put(output)
        before = sorted(os.listdir(output.parent))

    assert sorted(os.listdir(output.parent) if output.parent.exists() else []) == before


def test_a_place_is_made_where_there_is_none(tmp_path):
    place = OutputFolder.of(tmp_path / "new" / "run")

    place.check()
    assert place.path.is_dir()


def test_a_dangling_link_as_output_is_refused_and_stays(tmp_path):
    (tmp_path / "run").symlink_to("nowhere")

    with pytest.raises(CheckpointError) as caught, opened(tmp_path / "run"):
        pass

    assert str(caught.value) == (
        f"{tmp_path / 'run'}: cannot be written, it is a broken link, to 'nowhere'; choose another --output"
    )
    assert os.listdir(tmp_path) == ["run"]


def test_the_error_that_ends_a_run_is_told_though_its_folder_has_vanished(make_run, tmp_path, streams):
    output = tmp_path / "run"

    def fail(nlp, args):
        if args["step"] == 3:
            shutil.rmtree(output)
            raise RuntimeError("the user's own")

    with pytest.raises(RuntimeError, match="the user's own"):
        fit(make_run(before_update=fail, rule=StopRule(max_steps=6)), output, **streams)

    assert streams["stdout"].getvalue().splitlines()[-1] == "stopped: RuntimeError after step 2"
    assert not output.exists()


def test_a_disk_that_is_full_while_the_best_is_copied_costs_no_pipeline(
    make_run, tmp_path, streams, monkeypatch
):
    copied = []
    copy = shutil.copy2

    def fill(source, target, **options):
        copied.append(source)
        if len(copied) == 8:
            raise OSError(28, "No space left on device")
        return copy(source, target, **options)

    monkeypatch.setattr(shutil, "copy2", fill)

    with pytest.raises(CheckpointError) as caught:
        fit(make_run(rule=StopRule(max_steps=60)), tmp_path, **streams)

    assert str(caught.value) == (
        f"{tmp_path / 'model-best'}: cannot be written, No space left on device; check free space and permissions, "
        "then use --resume"
    )
    for name in ("model-best", "model-last"):
        load(tmp_path / name)
    assert [one for one in os.listdir(tmp_path) if one.endswith(".part")] == []
