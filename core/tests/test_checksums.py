"""Checksums of files: taken, read and compared."""

from __future__ import annotations

import hashlib
import multiprocessing.process
import os
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import CheckpointError
from kernel.system.checksums import Comparison, checksums_of, digest_of_file, extra_files, read_checksums

LONG = 5_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "long.bin").write_bytes(os.urandom(LONG))
    (tmp_path / "short.txt").write_bytes(b"short")
    (tmp_path / "empty").write_bytes(b"")
    return tmp_path


def test_a_list_has_every_file_by_its_path_in_order(folder: Path) -> None:
    found = checksums_of(folder, without=["empty"])

    long = (folder / "inside" / "long.bin").read_bytes()
    assert list(found.items()) == [
        ("inside/long.bin", {"bytes": LONG, "sha256": hashlib.sha256(long).hexdigest()}),
        ("short.txt", {"bytes": 5, "sha256": hashlib.sha256(b"short").hexdigest()}),
    ]
    assert digest_of_file(folder / "empty") == hashlib.sha256(b"").hexdigest()


def test_whole_files_have_no_damage(folder: Path) -> None:
    comparison = Comparison(folder, checksums_of(folder))

    assert comparison.damage() == comparison.damage() == {}
    assert comparison.by_length == []


def test_damage_is_told_by_file_in_the_order_of_the_list(folder: Path) -> None:
    given = checksums_of(folder)
    (folder / "empty").unlink()
    (folder / "short.txt").write_bytes(b"Short")
    with (folder / "inside" / "long.bin").open("r+b") as file:
        file.truncate(LONG - 1)

    found = Comparison(folder, given).damage()

    assert list(found) == ["empty", "inside/long.bin", "short.txt"]
    assert found["empty"] == "missing"
    assert found["inside/long.bin"] == f"damaged, expected {LONG} bytes, got {LONG - 1}"
    assert found["short.txt"].startswith("damaged, expected SHA-256 ")


def test_a_process_that_another_has_spawned_compares_lengths(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = checksums_of(folder)
    (folder / "short.txt").write_bytes(b"Short")
    monkeypatch.setattr(multiprocessing.process, "parent_process", object)

    by_length, in_full = Comparison(folder, given), Comparison(folder, given, full=True)

    assert by_length.by_length == list(given)
    assert by_length.damage() == {}
    assert set(in_full.damage()) == {"short.txt"}


def test_a_file_that_was_whole_is_read_again_once_it_has_changed(folder: Path) -> None:
    given, path = checksums_of(folder), folder / "short.txt"
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert Comparison(folder, given).damage() == {}
    path.write_bytes(b"Short")
    os.utime(path, (1_000_000_000, 1_000_000_000))

    assert set(Comparison(folder, given).damage()) == {"short.txt"}


def test_what_is_no_file_is_no_reason_to_wait(folder: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    given = checksums_of(folder)
    (folder / "empty").unlink()
    os.mkfifo(folder / "empty")

    assert Comparison(folder, given).damage() == {"empty": "not a file"}


def test_extra_files_are_those_of_parts_that_are_read(folder: Path) -> None:
    (folder / "inside" / "more").write_bytes(b"")
    (folder / "inside" / ".hidden").write_bytes(b"")
    (folder / "others").mkdir()
    (folder / "others" / "one").write_bytes(b"")

    assert extra_files(folder, ["inside/long.bin"], ["inside", "gone", 3]) == ["inside/more"]


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {"": {"bytes": 1, "sha256": "0" * 64}},
        {"a//b": {"bytes": 1, "sha256": "0" * 64}},
        {"a/../b": {"bytes": 1, "sha256": "0" * 64}},
        {"a\0": {"bytes": 1, "sha256": "0" * 64}},
        {3: {"bytes": 1, "sha256": "0" * 64}},
        {"a": {"bytes": True, "sha256": "0" * 64}},
        {"a": {"bytes": 1, "sha256": "0" * 63}},
        {"a": {"sha256": "0" * 64}},
        {"a": None},
    ],
)
def test_a_list_of_another_form_is_refused(given: Any) -> None:
    with pytest.raises(CheckpointError, match=r"^here: expected .*, got .*; do this$"):
        read_checksums(given, "here", "do this")
