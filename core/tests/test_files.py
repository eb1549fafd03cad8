"""Files and folders that hold the old or the new, whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel import files


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
    for leftover in (".model-best-abc.part", ".model-best-abc.old", ".model-last-abc.old", "model-last"):
        (tmp_path / leftover).mkdir()
    (tmp_path / ".model-best-abc.old" / "weights").touch()
    (tmp_path / ".config.cfg-abc.part").touch()
    (tmp_path / ".mine").touch()

    files.clear_leftovers(tmp_path)

    assert names(tmp_path) == [".mine", "model-best", "model-last"]
    assert names(tmp_path / "model-best") == ["weights"]


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
