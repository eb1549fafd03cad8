"""Files and folders that hold the old or the new, whatever happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kernel.system import files

PLACES = re.compile(r"model-best|model-last|config\.cfg")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "notes"
    path.write_text("old", "utf-8")

    files.write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["notes"]


@pytest.mark.parametrize("fault", ["os.fsync", "os.replace", "os.chmod"])
def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path, monkeypatch, fault):
    path = tmp_path / "notes"
    path.write_text("old", "utf-8")
    monkeypatch.setattr(fault, disk_full)

    with pytest.raises(OSError, match="No space"):
        files.write_whole(path, b"new")

    assert path.read_text("utf-8") == "old"
    assert names(tmp_path) == ["notes"]


def disk_full(*args, **options):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_is_replaced_whole(tmp_path, monkeypatch, can_exchange):
    if not can_exchange:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").touch()

    with files.replaced_folder(tmp_path / "model") as folder:
        (folder / "new").touch()
        assert names(tmp_path / "model") == ["old"]

    assert names(tmp_path / "model") == ["new"]
    assert names(tmp_path) == ["model"]


def test_a_folder_that_cannot_be_filled_is_as_it_was(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").touch()

    with pytest.raises(ZeroDivisionError), files.replaced_folder(tmp_path / "model") as folder:
        (folder / "new").write_bytes(bytes(1 // 0))

    assert names(tmp_path / "model") == ["old"]
    assert names(tmp_path) == ["model"]


def test_what_a_killed_process_left_is_put_back_or_removed(tmp_path):
    for leftover in ("best-abcdefgh.part", "best-abcdef_9.old", "last-abcdefgh.old"):
        (tmp_path / f".model-{leftover}").mkdir()
    (tmp_path / "model-last").mkdir()
    (tmp_path / ".model-best-abcdef_9.old" / "weights").touch()
    (tmp_path / ".config.cfg-abcdefgh.part").touch()

    files.clear_leftovers(tmp_path, PLACES)

    assert names(tmp_path) == ["model-best", "model-last"]
    assert names(tmp_path / "model-best") == ["weights"]


STRANGERS = (
    ".mine",
    ".video.mp4.part",
    ".notes.old",
    ".model-best.part",
    ".model-best-abc.part",
    ".model-best-ABCDEFGH.part",
    ".photo-abcdefgh.part",
    "model-best-abcdefgh.part",
)


def test_what_only_looks_like_a_leftover_stays(tmp_path):
    for name in STRANGERS:
        (tmp_path / name).write_text("mine", "utf-8")

    files.clear_leftovers(tmp_path, PLACES)

    assert names(tmp_path) == sorted(STRANGERS)
    assert not any(files.is_leftover(name, PLACES) for name in STRANGERS)


def test_a_leftover_that_is_a_link_goes_without_what_it_leads_to(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "data").touch()
    (tmp_path / ".model-best-abcdefgh.part").symlink_to(tmp_path / "elsewhere", target_is_directory=True)

    files.clear_leftovers(tmp_path, PLACES)

    assert names(tmp_path) == ["elsewhere"]
    assert names(tmp_path / "elsewhere") == ["data"]


def test_what_is_written_is_written_under_the_name_of_a_leftover(tmp_path):
    with files.replaced_folder(tmp_path / "model-best"):
        (found,) = names(tmp_path)

    assert files.is_leftover(found, PLACES)


def test_the_folder_that_a_link_leads_to_is_replaced_and_nothing_is_left(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "old").touch()
    (tmp_path / "model").symlink_to(tmp_path / "real", target_is_directory=True)

    with files.replaced_folder(tmp_path / "model") as folder:
        (folder / "new").touch()

    assert names(tmp_path) == ["model", "real"]
    assert (tmp_path / "model").is_symlink()
    assert names(tmp_path / "real") == ["new"]


def test_a_removed_folder_is_gone(tmp_path):
    (tmp_path / "step-1" / "inner").mkdir(parents=True)

    files.remove_folder(tmp_path / "step-1")

    assert names(tmp_path) == []


def test_a_pattern_names_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.md", "d[1].txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "e.txt").mkdir()

    assert [path.name for path in files.files_named(tmp_path / "*.txt")] == ["a.txt", "b.txt", "d[1].txt"]
    assert files.files_named(tmp_path / "d[1].txt") == [tmp_path / "d[1].txt"]
    assert files.files_named(tmp_path) == [tmp_path]
    assert files.files_named(tmp_path / "*.jsonl") == files.files_named(tmp_path / "none.txt") == []
