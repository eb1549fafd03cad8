"""The output folder: taken by one run at a time, and never by accident."""

from __future__ import annotations

import os
import shutil

import pytest

from kernel.errors import CheckpointError, OutputTaken
from kernel.training.fit import fit
from kernel.training.runs.lock import locked
from kernel.training.runs.output import opened
from kernel.training.stopping import StopRule


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_second_training_in_a_folder_is_refused(tmp_path):
    with (
        opened(tmp_path / "run"),
        pytest.raises(OutputTaken) as caught,
        opened(tmp_path / "run", overwrite=True),
    ):
        pass

    assert str(caught.value).startswith(
        f"{tmp_path / 'run'}: another run is writing to this folder, got process "
    )
    assert str(caught.value).endswith("; wait for it, or choose another --output")
    assert caught.value.exit_code == 2


def test_a_lock_that_a_dead_process_left_is_in_nobodys_way(tmp_path):
    (tmp_path / ".lock").write_text("process 1 on nowhere", "utf-8")

    with locked(tmp_path):
        assert str(os.getpid()) in (tmp_path / ".lock").read_text("utf-8")

    assert names(tmp_path) == []


def test_a_folder_is_free_again_when_a_run_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), opened(tmp_path):
        raise ZeroDivisionError

    with opened(tmp_path):
        pass


def test_a_folder_that_was_made_for_nothing_goes_again(tmp_path):
    (tmp_path / "given").mkdir()
    for folder in (tmp_path / "given", tmp_path / "runs" / "made"):
        with pytest.raises(ZeroDivisionError), opened(folder):
            raise ZeroDivisionError

    assert [path.name for path in tmp_path.rglob("*")] == ["given"]
    with opened(tmp_path / "runs" / "made"):
        (tmp_path / "runs" / "made" / "config.cfg").touch()
    assert (tmp_path / "runs" / "made" / "config.cfg").exists()


def test_what_a_killed_process_left_half_written_is_no_content(tmp_path):
    (tmp_path / ".model-last-abcdefgh.part").mkdir()

    with opened(tmp_path):
        assert names(tmp_path) == [".lock"]


def test_overwriting_gives_up_checkpoints_and_keeps_pipelines_and_strangers(tmp_path):
    for name in ("checkpoints/step-00000001", "model-best", "data"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "manifest.json").write_text("{}", "utf-8")

    with opened(tmp_path, overwrite=True):
        assert names(tmp_path) == [".lock", "data", "model-best"]


@pytest.mark.parametrize("name", [".video.mp4.part", ".git", ".photo-abcdefgh.part", ".notes.old"])
def test_a_folder_with_somebodys_hidden_file_is_not_empty(tmp_path, name):
    (tmp_path / name).write_text("mine", "utf-8")

    with pytest.raises(OutputTaken, match="the folder is not empty"), opened(tmp_path):
        pass
    with opened(tmp_path, overwrite=True):
        pass

    assert (tmp_path / name).read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["config.cfg", "log.jsonl", "model-best"])
def test_overwriting_a_folder_that_no_run_wrote_replaces_nothing(tmp_path, name):
    (tmp_path / "data").mkdir()
    (tmp_path / name).write_text("mine", "utf-8")

    with pytest.raises(OutputTaken) as caught, opened(tmp_path, overwrite=True):
        pass

    assert str(caught.value) == (
        f"{tmp_path}: not the folder of a run, but {name} would be replaced; move them away, or choose another "
        "--output"
    )
    assert names(tmp_path) == sorted(["data", name])


def test_overwriting_keeps_what_somebody_has_put_beside_the_steps(tmp_path):
    for name in ("checkpoints/step-00000001", "checkpoints/step-notes", "best/step-00000002"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "manifest.json").write_text("{}", "utf-8")

    with opened(tmp_path, overwrite=True):
        assert names(tmp_path) == [".lock", "checkpoints"]
    assert names(tmp_path / "checkpoints") == ["step-notes"]


def make_link(path):
    (path.parents[1] / "victim").write_text("mine", "utf-8")
    path.symlink_to(path.parents[1] / "victim")


def make_dangling_link(path):
    path.symlink_to(path.parents[1] / "nowhere")


def make_file(path):
    path.write_text("pid 12", "utf-8")


def make_second_name(path):
    (path.parents[1] / "victim").write_text("mine", "utf-8")
    os.link(path.parents[1] / "victim", path)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes are those of POSIX")
@pytest.mark.parametrize(
    ("make", "got"),
    [
        (make_link, "a symbolic link"),
        (make_dangling_link, "a symbolic link"),
        (lambda path: path.mkdir(), "a folder"),
        (lambda path: os.mkfifo(path), "a pipe"),
        (make_file, "'pid 12'"),
        (make_second_name, "'mine'"),
    ],
)
def test_what_is_no_lock_and_has_its_name_is_refused_and_stays(tmp_path, make, got):
    lock = tmp_path / "run" / ".lock"
    lock.parent.mkdir()
    make(lock)
    before = os.lstat(lock)

    with pytest.raises(CheckpointError) as raised, opened(lock.parent):
        pass

    assert str(raised.value).startswith(f"{lock}: expected a lock file")
    assert f", got {got}; " in str(raised.value)
    assert os.path.samestat(before, os.lstat(lock))
    if (tmp_path / "victim").exists():
        assert (tmp_path / "victim").read_text("utf-8") == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_lock_that_somebody_has_replaced_is_not_removed(tmp_path):
    with locked(tmp_path):
        (tmp_path / ".lock").rename(tmp_path / "other")
        (tmp_path / ".lock").write_text("mine", "utf-8")

    assert (tmp_path / ".lock").read_text("utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(CheckpointError) as caught, opened(tmp_path / "file" / "run"):
        pass

    assert str(caught.value) == (
        f"{tmp_path / 'file' / 'run'}: cannot be written, Not a directory; choose another --output"
    )


def test_a_folder_that_vanishes_ends_the_run_with_a_message(make_run, tmp_path, streams):
    output = tmp_path / "run"

    def remove(nlp, args):
        if args["step"] == 3:
            shutil.rmtree(output)

    with pytest.raises(CheckpointError) as caught:
        fit(make_run(before_update=remove, rule=StopRule(max_steps=6)), output, **streams)

    assert str(caught.value) == (
        f"{output}: the run's folder disappeared during the run; restore it, then use --resume"
    )
    assert not output.exists()
    assert streams["stdout"].getvalue().splitlines()[-1] == "stopped: CheckpointError after step 4"
