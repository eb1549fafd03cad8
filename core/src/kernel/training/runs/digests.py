"""Compute checksums of a run's inputs and outputs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.config.format.document import Config
from kernel.errors import DataError
from kernel.system.checksums import digest_of_file as digest_of_file
from kernel.system.files import files_named

#: Settings that may change when a run is resumed: its length, what it keeps, and its loggers.
EXTENDING = (
    "training.max_steps",
    "training.max_epochs",
    "training.patience",
    "training.logger",
    "training.checkpoint",
)

#: "path" and "sha256" of data files, by the dotted key of the config that names them.
Data = dict[str, dict[str, str]]

#: Sections whose strings count as paths if they exist. Values of [paths] count where these sections refer to them.
_SECTIONS = ("corpora", "initialize")
#: Files of a saved pipeline that differ between two equal runs: its scores may include a speed.
_NOT_COMPARED = ("meta.json",)


def digest_of_folder(folder: Path, without: tuple[str, ...] = ()) -> str:
    """Return the SHA-256 of the names and checksums of all files in a folder, sorted by name."""
    digest = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in sorted(set(files) - set(without)):
        digest.update(os.fsencode(name) + f"\0{digest_of_file(files[name])}\n".encode())
    return digest.hexdigest()


def digest_of_model(folder: Path) -> str:
    """Return the SHA-256 of a saved pipeline: config, weights, tokenizer, vocabulary."""
    return digest_of_folder(folder, _NOT_COMPARED)


def digest_of_settings(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a config's values, except those that may change when a run is resumed.

    Args:
        values: The filled, interpolated config.
    """
    training = {key: value for key, value in values["training"].items() if f"training.{key}" not in EXTENDING}
    return Config({**values, "training": training}, is_interpolated=True).hash()


def data_of(values: Mapping[str, Any], output: Path) -> Data:
    """Return path and checksum of every file and folder that a config names as data.

    Args:
        values: The interpolated config.
        output: The run's own folder, which is not counted.

    Returns:
        "path" and "sha256" by dotted key.
    """
    data: Data = {}
    digests: dict[str, str] = {}
    for key, text in _texts(values):
        paths = files_named(text) if text else []
        if not paths or any(output.resolve().is_relative_to(path.resolve()) for path in paths):
            continue
        if text not in digests:
            digests[text] = _checked_digest(key, text, paths)
        data[key] = {"path": text, "sha256": digests[text]}
    return data


def _checked_digest(key: str, text: str, paths: list[Path]) -> str:
    try:
        return _digest_of(text, paths)
    except OSError as exc:
        section, _, name = key.rpartition(".")
        raise DataError(
            f"[{section}] {name}: cannot be read, got {text!r} ({exc.strerror}); name a readable file"
        ) from exc


def _digest_of(text: str, paths: list[Path]) -> str:
    """Return the SHA-256 of a file or folder, or of all files that match a pattern."""
    if paths == [Path(text)]:
        return digest_of_folder(paths[0]) if paths[0].is_dir() else digest_of_file(paths[0])
    digest = hashlib.sha256()
    for path in paths:
        digest.update(os.fsencode(path.as_posix()) + f"\0{digest_of_file(path)}\n".encode())
    return digest.hexdigest()


def _texts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, block in values["components"].items():
        if isinstance(block, Mapping) and isinstance(block.get("source"), str):
            yield f"components.{name}.source", block["source"]
    for section in _SECTIONS:
        yield from _below(section, values[section])


def _below(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _below(f"{path}.{key}", item)
