"""What stands at a place that is written to: a link, a pipe, a device; and copies that fail."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import threading
from pathlib import Path

import pytest

from kernel.system.files import check_tree, copy_tree, put_file, reason, regular, replaced_folder, write_whole

pytestmark = pytest.mark.skipif(os.name == "nt", reason="makes links and pipes")


def test_a_file_is_written_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to("far/file")

    write_whole(tmp_path / "link", b"new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "far" / "file").read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path)) == ["far", "link"]


def test_a_folder_is_written_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "far" / "folder").mkdir(parents=True)
    (tmp_path / "link").symlink_to("far/folder")

    with replaced_folder(tmp_path / "link") as new:
        (new / "file").touch()

    assert (tmp_path / "link").is_symlink()
    assert os.listdir(tmp_path / "far" / "folder") == ["file"]
    assert os.listdir(tmp_path / "far") == ["folder"]
    assert sorted(os.listdir(tmp_path)) == ["far", "link"]


@pytest.mark.parametrize("to", ["nowhere", "link"])
def test_a_link_that_leads_nowhere_is_refused_and_stays(tmp_path: Path, to: str) -> None:
    link = tmp_path / "link"
    link.symlink_to(to)

    for write in (lambda: write_whole(link, b""), lambda: replaced_folder(link).__enter__()):
        with pytest.raises(OSError, match="it is a broken link") as caught:
            write()
        assert reason(caught.value) == f"it is a broken link, to {to!r}"

    assert os.listdir(tmp_path) == ["link"]


@pytest.mark.parametrize("place", ["link", "link/below", "link/far/below"])
def test_the_reason_why_a_folder_cannot_be_made_is_a_link_that_leads_nowhere(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "link").symlink_to("nowhere")

    with pytest.raises(OSError, match="link") as caught:
        (tmp_path / place).mkdir(parents=True, exist_ok=True)

    assert reason(caught.value) == "it is a broken link, to 'nowhere'"


def test_the_reason_is_the_systems_where_that_says_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(FileExistsError) as caught:
        (tmp_path / "file").mkdir()

    assert reason(caught.value) == "File exists"


def test_a_pipe_takes_what_is_written_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_whole(pipe, [b"some", b"thing"])

    assert os.read(reader, 100) == b"something"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert os.listdir(tmp_path) == ["pipe"]
    os.close(reader)


def test_more_than_a_pipe_holds_is_written_as_it_is_read(tmp_path: Path) -> None:
    pipe, data = tmp_path / "pipe", b"x" * (1 << 20)
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    held = os.open(pipe, os.O_WRONLY)  # or there would be an end of it before the beginning
    writer = threading.Thread(target=write_whole, args=(pipe, data))
    writer.start()

    with os.fdopen(reader, "rb") as file:
        found = file.read(len(data))

    writer.join()
    os.close(held)
    assert found == data


def test_a_pipe_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(OSError, match="No such device or address"):
        write_whole(tmp_path / "pipe", b"")

    assert os.listdir(tmp_path) == ["pipe"]


def test_nothing_but_a_file_is_replaced_by_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "part").touch()

    with pytest.raises(FileExistsError, match="it is not a file, so it cannot be replaced"):
        put_file(tmp_path / "part", tmp_path / "pipe")

    put_file(tmp_path / "part", tmp_path / "file")
    assert sorted(os.listdir(tmp_path)) == ["file", "pipe"]


def test_a_copy_has_everything(tmp_path: Path) -> None:
    (tmp_path / "old" / "below").mkdir(parents=True)
    (tmp_path / "old" / "below" / "file").write_bytes(b"data")
    (tmp_path / "old" / "link").symlink_to("below")
    for name in ("links", "files"):
        (tmp_path / name).mkdir()
        copy_tree(tmp_path / "old", tmp_path / name, symlinks=name == "links")

    assert (tmp_path / "links" / "link").is_symlink()
    assert not (tmp_path / "files" / "link").is_symlink()
    assert (tmp_path / "files" / "link" / "file").read_bytes() == b"data"


def test_a_copy_that_finds_no_room_says_so_at_the_first_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def no_room(source: str, target: Path, **options: bool) -> None:
        tried.append(source)
        raise OSError(28, "No space left on device")

    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    for name in "ab":
        (tmp_path / "old" / name).touch()
    monkeypatch.setattr(shutil, "copy2", no_room)

    with pytest.raises(OSError, match="No space left") as caught:
        copy_tree(tmp_path / "old", tmp_path / "new")

    assert reason(caught.value) == "No space left on device"
    assert len(tried) == 1


def test_a_pipe_or_a_device_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")

    for path, kind in (
        (tmp_path / "pipe", "a pipe"),
        (tmp_path / "link", "a pipe"),
        ("/dev/zero", "a device"),
    ):
        for streams in (False, True):
            with pytest.raises(OSError, match="not a file") as caught:
                regular(path, streams=streams)
            assert reason(caught.value) == f"it is {kind}, not a file"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
        with pytest.raises(OSError, match="it is a socket, not a file"):
            regular("socket")


def test_files_folders_and_what_is_not_there_are_left_to_whoever_opens_them(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    for path in (tmp_path, tmp_path / "file", tmp_path / "nothing"):
        assert regular(path) == path


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs names for what is open")
def test_a_pipe_that_is_open_already_will_do_where_streams_will() -> None:
    reader, writer = os.pipe()

    assert regular(f"/dev/fd/{reader}", streams=True) == Path(f"/dev/fd/{reader}")
    with pytest.raises(OSError, match="it is a pipe, not a file"):
        regular(f"/dev/fd/{reader}")
    os.close(reader)
    os.close(writer)


def test_a_tree_with_a_pipe_in_it_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    check_tree(tmp_path)
    os.mkfifo(tmp_path / "below" / "pipe")

    with pytest.raises(OSError, match="it is a pipe") as caught:
        check_tree(tmp_path)

    assert caught.value.filename == str(tmp_path / "below" / "pipe")
