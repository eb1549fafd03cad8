"""Whether a saved pipeline's files are those that were saved: damage is refused, edits of config and meta are named.

`meta.json` holds the length and the SHA-256 of every other file, and a SHA-256 of what else it says itself.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.errors import CheckpointError
from kernel.system.checksums import Checksums, Comparison, checksums_of, extra_files, read_checksums

logger = logging.getLogger(__name__)

CONFIG_FILE, META_FILE = "config.cfg", "meta.json"
FILES, META = "checksums", "meta_sha256"
#: What meta says of its files; it is not of the pipeline, and goes no further than its folder.
KEYS = (FILES, META)
#: Files that people may edit.
EDITABLE = (CONFIG_FILE, META_FILE)
#: The folder of files of code, which are compared where they are read, and may lie beside others.
_CODE = "code"
#: Parts besides the components.
_PARTS = ("vocab", "tokenizer")
#: Files that a message names one by one.
_N_SHOWN = 5
_ADVICE = "restore them, save the pipeline again, or load it with verify=False"


@dataclass(frozen=True)
class Found:
    """What has become of a saved pipeline's files.

    Attributes:
        damaged: What is wrong, by file.
        edited: Those that may be edited and were.
        n_files: How many were compared.
        n_by_length: How many of them by their length alone.
    """

    damaged: dict[str, str]
    edited: tuple[str, ...]
    n_files: int
    n_by_length: int


def with_checksums(facts: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Complete a pipeline's meta, as JSON gives it back, with the checksums of the files that its folder has."""
    return {**facts, FILES: checksums_of(folder, without=[META_FILE]), META: _digest_of_meta(facts)}


class Check:
    """Compares a saved pipeline's files with their checksums; begins when it is made.

    Args:
        folder: The pipeline.
        meta: What its meta says.
        exclude: Parts that are not read: names of components, "vocab", "tokenizer", "code".
        full: Whether the checksums of large files are compared, too.

    Raises:
        CheckpointError: The list of checksums is damaged.
    """

    def __init__(
        self,
        folder: Path,
        meta: Mapping[str, Any],
        *,
        exclude: Collection[str] = (),
        full: bool = False,
    ) -> None:
        self._folder, self._meta = folder, meta
        address = f"{folder / META_FILE}: {FILES}"
        advice = "save the pipeline again, or load it with verify=False"
        files = meta.get(_CODE)
        own_code = {f"{_CODE}/{name}" for name in files} if isinstance(files, Mapping) and not full else set()
        listed = read_checksums(meta[FILES], address, advice) if FILES in meta else {}
        self._own: Checksums = {
            name: entry
            for name, entry in listed.items()
            if name.partition("/")[0] not in exclude and name not in own_code
        }
        components = meta.get("components")
        named = components if isinstance(components, list) else []
        parts = (part for part in (*_PARTS, *named) if isinstance(part, str))
        read = [part for part in parts if part not in exclude]
        self._comparison = Comparison(folder, self._own, full=full)
        self._extra = extra_files(folder, listed, read)

    @property
    def is_damaged(self) -> bool:
        """Whether it is known already that a file is damaged: to read the others would be in vain."""
        return bool(self._extra) or bool({*self._comparison.at_once} - {CONFIG_FILE})

    def result(self) -> Found:
        """Wait for the end, and say what was found."""
        damaged = self._comparison.damage()
        edited = [name for name in damaged if name == CONFIG_FILE and damaged[name].startswith("damaged")]
        for name in edited:
            del damaged[name]
        for name in self._extra:
            damaged[name] = "extra, it was not saved with the pipeline"
        if META in self._meta and self._meta[META] != _digest_of_meta(self._meta):
            edited.append(META_FILE)
        return Found(damaged, tuple(edited), len(self._own), len(self._comparison.by_length))

    def end(self) -> None:
        """Wait for the end; name edited files in the log.

        Raises:
            CheckpointError: A file is damaged, missing, or there and not saved with the others.
        """
        found = self.result()
        if found.damaged:
            raise CheckpointError(damage_of(self._folder, found))
        if found.edited:
            logger.warning(
                "%s: edited since the pipeline was saved: %s", self._folder, ", ".join(found.edited)
            )


def damage_of(folder: Path, found: Found) -> str:
    """Say in one line which files of a pipeline are damaged."""
    shown = [f"{folder / name}: {problem}" for name, problem in list(found.damaged.items())[:_N_SHOWN]]
    more = len(found.damaged) - len(shown)
    return f"{'; '.join(shown)}{f'; and {more} more' if more else ''}; {_ADVICE}"


def is_recorded(meta: Mapping[str, Any]) -> bool:
    """Whether a pipeline was saved with checksums; the first release wrote none."""
    return FILES in meta


def without_checksums(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a saved meta says of the pipeline itself."""
    return {key: value for key, value in meta.items() if key not in KEYS}


def _digest_of_meta(facts: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a pipeline's facts, but for its files and the speed, which no two runs share."""
    told = without_checksums(facts)
    performance = told.get("performance")
    if isinstance(performance, Mapping):
        told["performance"] = {key: value for key, value in performance.items() if key != "speed"}
    return hashlib.sha256(_canonical(told).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(_rounded(value), sort_keys=True)


def _rounded(value: Any) -> Any:
    """Round numbers, whose last bits are read in more than one way."""
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return f"{value:.12g}" if isinstance(value, float) else value
