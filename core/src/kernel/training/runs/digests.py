"""Checksums of what goes into a run and of what comes out of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.errors import DataError
from kernel.system.checksums import digest_of_file as digest_of_file
from kernel.system.files import files_named

#: Settings that a run may be resumed with others of: how long it goes on, what is kept and who is told.
EXTENDING = (
    "training.max_steps",
    "training.max_epochs",
    "training.patience",
    "training.logger",
    "training.checkpoint",
)

#: By dotted key of a config, "path" and "sha256" of the data that it names.
Data = dict[str, dict[str, str]]

#: Sections whose texts are paths where something is found at them. What [paths] names counts where these refer to it.
_SECTIONS = ("corpora", "initialize")
#: What of a saved pipeline differs between two equal runs: its scores may hold a speed.
_NOT_COMPARED = ("meta.json",)


def digest_of_folder(folder: Path, without: tuple[str, ...] = ()) -> str:
    """Give the SHA-256 over the names and checksums of all files in a folder, in the order of their names."""
    digest = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in sorted(set(files) - set(without)):
        digest.update(os.fsencode(name) + f"\0{digest_of_file(files[name])}\n".encode())
    return digest.hexdigest()


def digest_of_model(folder: Path) -> str:
    """Give the SHA-256 of a saved pipeline: config, weights, tokenizer, vocabulary."""
    return digest_of_folder(folder, _NOT_COMPARED)


def digest_of_settings(values: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a config's values, but for those that may change when a run is resumed.

    Args:
        values: The filled config without variables.
    """
    training = {key: value for key, value in values["training"].items() if f"training.{key}" not in EXTENDING}
    return hashlib.sha256(json.dumps({**values, "training": training}, sort_keys=True).encode()).hexdigest()


def data_of(values: Mapping[str, Any], output: Path) -> Data:
    """Give path and checksum of every file and folder that a config names as data.

    Args:
        values: The config without variables.
        output: The run's own folder, which is none of them.

    Returns:
        Dotted key to "path" and "sha256".
    """
    found: Data = {}
    digests: dict[str, str] = {}
    for key, text in _texts(values):
        paths = files_named(text) if text else []
        if not paths or any(output.resolve().is_relative_to(path.resolve()) for path in paths):
            continue
        if text not in digests:
            digests[text] = _checked_digest(key, text, paths)
        found[key] = {"path": text, "sha256": digests[text]}
    return found


def _checked_digest(key: str, text: str, paths: list[Path]) -> str:
    try:
        return _digest_of(text, paths)
    except OSError as exc:
        section, _, name = key.rpartition(".")
        raise DataError(
            f"[{section}] {name}: cannot be read, got {text!r} ({exc.strerror}); give a file that can be read"
        ) from exc


def _digest_of(text: str, paths: list[Path]) -> str:
    """Give the SHA-256 of a file or folder, or of all that a pattern finds."""
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
