"""Files of a saved pipeline that are not what was saved: refused by name, or named where they may be edited."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kernel
from kernel.config.code import import_files
from kernel.errors import CheckpointError, ConfigError
from kernel.pipeline.language import Language
from kernel.system import checksums
from kernel.system.checksums import digest_of_file

TAGS = ["D", "N", "V"]
FILES = ["tagger/cfg.json", "tagger/model.safetensors", "tokenizer", "vocab/strings.json"]


def tags(nlp: Language) -> list[str]:
    return [token.tag_ for token in nlp("the cat sat")]


@pytest.fixture
def saved(trained: Language, tmp_path: Path) -> Path:
    trained.to_disk(tmp_path / "saved")
    return tmp_path / "saved"


@pytest.fixture
def edited(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the log says of edited files."""
    caplog.set_level(logging.WARNING, "kernel")
    return lambda: [record.getMessage() for record in caplog.records]


def change(path: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    facts = json.loads(path.read_text("utf8"))
    edit(facts)
    path.write_text(json.dumps(facts), "utf8")


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_meta_holds_length_and_checksum_of_every_other_file(saved: Path) -> None:
    held = json.loads((saved / "meta.json").read_text("utf8"))["checksums"]

    files = {path.relative_to(saved).as_posix(): path for path in saved.rglob("*") if path.is_file()}
    del files["meta.json"]
    assert held == {
        name: {"bytes": path.stat().st_size, "sha256": digest_of_file(path)} for name, path in files.items()
    }
    assert list(held) == sorted(held)


@pytest.mark.parametrize("file", FILES)
def test_one_bit_is_noticed(saved: Path, file: str) -> None:
    flip(saved / file)

    with pytest.raises(CheckpointError) as caught:
        kernel.load(saved)

    assert str(caught.value).startswith(f"{saved / file}: damaged, expected SHA-256 ")
    assert str(caught.value).endswith("; restore them, save the pipeline again, or load it with verify=False")


@pytest.mark.parametrize("file", FILES)
def test_another_length_is_told(saved: Path, file: str) -> None:
    size = (saved / file).stat().st_size
    os.truncate(saved / file, size - 2)

    with pytest.raises(CheckpointError, match=f"{file}: damaged, expected {size} bytes, got {size - 2}"):
        kernel.load(saved)


@pytest.mark.parametrize("file", FILES)
def test_what_is_missing_is_told(saved: Path, file: str) -> None:
    (saved / file).unlink()

    with pytest.raises(CheckpointError, match=f"{file}: missing; "):
        kernel.load(saved)


def test_a_folder_in_the_place_of_a_file_is_told(saved: Path) -> None:
    (saved / "tokenizer").unlink()
    (saved / "tokenizer").mkdir()

    with pytest.raises(CheckpointError, match="tokenizer: not a file; "):
        kernel.load(saved)


@pytest.mark.parametrize("file", ["vocab/more.bin", "tagger/deep/more.json"])
def test_a_file_too_many_is_told_where_it_would_be_read(saved: Path, file: str) -> None:
    (saved / file).parent.mkdir(exist_ok=True)
    (saved / file).write_bytes(b"")

    with pytest.raises(CheckpointError, match=f"{file}: extra, not saved with the pipeline; "):
        kernel.load(saved)

    assert tags(kernel.load(saved, verify=False)) == TAGS


def test_other_files_are_nobodys_business(saved: Path, edited: Callable[[], list[str]]) -> None:
    (saved / "README.md").write_text("mine", "utf8")
    (saved / "figures").mkdir()
    (saved / "figures" / "one.png").write_bytes(b"")
    (saved / "vocab" / ".DS_Store").write_bytes(b"")

    assert tags(kernel.load(saved)) == TAGS
    assert edited() == []


def test_nothing_is_read_where_damage_is_known(saved: Path) -> None:
    (saved / "tokenizer").unlink()
    (saved / "tokenizer").mkdir()
    flip(saved / "vocab" / "strings.json")
    vocab = kernel.blank("plain").vocab

    with pytest.raises(CheckpointError, match=r"tokenizer: not a file; .*strings\.json: damaged"):
        kernel.load(saved, vocab=vocab)

    assert "the" not in vocab.strings


def test_several_damaged_files_are_told_at_once(saved: Path) -> None:
    for file in FILES:
        flip(saved / file)

    with pytest.raises(CheckpointError) as caught:
        kernel.load(saved)

    assert all(f"{saved / file}: damaged" in str(caught.value) for file in FILES)


def test_what_is_not_read_may_be_damaged(saved: Path) -> None:
    flip(saved / "tagger" / "model.safetensors")

    assert kernel.load(saved, exclude="tagger").component_names == []
    with pytest.raises(CheckpointError, match=r"tagger/model\.safetensors: damaged"):
        kernel.load(saved, disable="tagger")


def test_the_check_can_be_left_out(saved: Path) -> None:
    strings = saved / "vocab" / "strings.json"
    strings.write_text(json.dumps([*json.loads(strings.read_text("utf8")), "more"]), "utf8")

    assert "more" in kernel.load(saved, verify=False).vocab.strings
    assert (
        "more"
        in Language.from_config(kernel.load(saved, verify=False).config)
        .from_disk(saved, verify=False)
        .vocab.strings
    )


def test_from_disk_checks_too(trained: Language, saved: Path) -> None:
    flip(saved / "vocab" / "strings.json")

    with pytest.raises(CheckpointError, match=r"strings\.json: damaged"):
        Language.from_config(trained.config, validate=False).from_disk(saved)


def test_a_damaged_source_is_told_with_its_section(saved: Path) -> None:
    flip(saved / "tagger" / "model.safetensors")
    config = {
        "nlp": {"lang": "plain", "pipeline": ["tagger"]},
        "components": {"tagger": {"source": str(saved)}},
    }

    with pytest.raises(
        CheckpointError, match=r"^\[components.tagger\] source: .*model\.safetensors: damaged"
    ):
        Language.from_config(config)


def test_an_edited_config_counts_and_is_named(saved: Path, edited: Callable[[], list[str]]) -> None:
    text = (saved / "config.cfg").read_text("utf8")
    (saved / "config.cfg").write_text(text.replace("batch_size = 1000", "batch_size = 7"), "utf8")

    assert kernel.load(saved).batch_size == 7
    assert edited() == [f"{saved}: edited since the pipeline was saved: config.cfg"]


def test_edited_meta_counts_and_is_named(saved: Path, edited: Callable[[], list[str]]) -> None:
    change(saved / "meta.json", lambda meta: meta.update(author="somebody"))

    assert kernel.load(saved).meta["author"] == "somebody"
    assert edited() == [f"{saved}: edited since the pipeline was saved: meta.json"]


def test_meta_that_is_only_written_otherwise_is_not_edited(
    saved: Path, edited: Callable[[], list[str]]
) -> None:
    change(saved / "meta.json", lambda meta: meta["performance"].update(speed=12345.678))

    assert kernel.load(saved).meta["performance"]["speed"] == 12345.678
    assert edited() == []


def test_a_pipeline_without_checksums_loads(saved: Path, edited: Callable[[], list[str]]) -> None:
    change(saved / "meta.json", lambda meta: [meta.pop(key) for key in ("checksums", "meta_sha256")])
    strings = saved / "vocab" / "strings.json"
    strings.write_text(strings.read_text("utf8") + "\n", "utf8")

    assert tags(kernel.load(saved)) == TAGS
    assert edited() == []


@pytest.mark.parametrize(
    "given",
    [
        [],
        {"../secret": {"bytes": 1, "sha256": "0" * 64}},
        {"/etc/passwd": {"bytes": 1, "sha256": "0" * 64}},
        {"tokenizer": {"bytes": "1", "sha256": "0" * 64}},
        {"tokenizer": {"bytes": 1, "sha256": 5}},
        {"tokenizer": "0" * 64},
    ],
)
def test_checksums_of_another_form_are_refused(saved: Path, given: Any) -> None:
    change(saved / "meta.json", lambda meta: meta.update(checksums=given))

    with pytest.raises(CheckpointError, match=r"meta\.json: checksums: expected .*; save the pipeline again"):
        kernel.load(saved)

    assert tags(kernel.load(saved, verify=False)) == TAGS


def test_checksums_stay_with_the_folder(trained: Language, saved: Path) -> None:
    nlp = kernel.load(saved)

    assert not {"checksums", "meta_sha256"} & set(nlp.meta)
    assert not {"checksums", "meta_sha256"} & set(
        Language.from_config(trained.config, validate=False).from_disk(saved).meta
    )


def test_saving_again_takes_them_anew(trained: Language, saved: Path, tmp_path: Path) -> None:
    (saved / "notes.txt").write_text("mine", "utf8")
    kernel.load(saved).to_disk(saved)
    kernel.load(saved).to_disk(tmp_path / "second", exclude=["tokenizer"])

    first, second = (
        json.loads((folder / "meta.json").read_text("utf8"))["checksums"]
        for folder in (saved, tmp_path / "second")
    )
    assert set(first) - set(second) == {"tokenizer"}
    assert "notes.txt" not in first
    assert tags(kernel.load(saved)) == TAGS


def test_code_is_compared_where_it_is_read(trained: Language, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("x = 1", "utf8")
    trained.code = import_files([tmp_path / "own.py"])
    trained.to_disk(tmp_path / "saved")
    (tmp_path / "saved" / "code" / "own.py").write_text("x = 2", "utf8")

    with pytest.raises(CheckpointError, match=r"own\.py: changed since the pipeline was saved"):
        kernel.load(tmp_path / "saved")

    assert tags(kernel.load(tmp_path / "saved", exclude=["code"])) == TAGS


def test_large_files_are_compared_by_length(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checksums, "COMPARED", 0)
    strings = saved / "vocab" / "strings.json"
    strings.write_bytes(strings.read_bytes().replace(b"dog", b"dag"))

    assert "dag" in kernel.load(saved).vocab.strings
    os.truncate(saved / "tagger" / "model.safetensors", 5)
    with pytest.raises(CheckpointError, match=r"model\.safetensors: damaged, expected \d+ bytes, got 5"):
        kernel.load(saved)


def test_a_file_that_was_found_whole_is_read_again_where_it_has_changed(saved: Path) -> None:
    old = 1_600_000_000
    for path in saved.rglob("*"):
        os.utime(path, (old, old))
    kernel.load(saved)
    flip(saved / "tagger" / "model.safetensors")

    with pytest.raises(CheckpointError, match=r"model\.safetensors: damaged"):
        kernel.load(saved)


def test_a_copy_is_as_good(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved, tmp_path / "copy")

    assert tags(kernel.load(tmp_path / "copy")) == TAGS


def test_a_mistake_that_has_nothing_to_do_with_damage_is_told_as_it_is(saved: Path) -> None:
    with pytest.raises(ConfigError, match="both enabled and disabled"):
        kernel.load(saved, enable="tagger", disable="tagger")
