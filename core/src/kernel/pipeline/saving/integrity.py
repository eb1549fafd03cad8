"""Check that a saved pipeline's files are unchanged: damage is refused, edits of config and meta are reported.

`meta.json` holds the length and SHA-256 of every other file, and a SHA-256 of its own remaining content.
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
#: Keys of the meta that describe its files; they belong to the folder, not to the pipeline.
KEYS = (FILES, META)
#: Files that the user may edit.
EDITABLE = (CONFIG_FILE, META_FILE)
#: The folder of user code; its files are checked when they are read, and other files may be next to them.
_CODE = "code"
#: Parts other than the components.
_PARTS = ("vocab", "tokenizer")
#: The most files that a message lists.
_N_SHOWN = 5
_ADVICE = "restore them, save the pipeline again, or load it with verify=False"


@dataclass(frozen=True)
class CheckResult:
    """The result of checking a saved pipeline's files.

    Attributes:
        damaged: The problem with each damaged file.
        edited: Editable files that were edited.
        n_files: Number of files compared.
        n_by_length: Number of these compared by length only.
    """

    damaged: dict[str, str]
    edited: tuple[str, ...]
    n_files: int
    n_by_length: int


def with_checksums(facts: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Add the checksums of the folder's files to a pipeline's meta, which must be as JSON returns it."""
    return {**facts, FILES: checksums_of(folder, without=[META_FILE]), META: _digest_of_meta(facts)}


class Check:
    """A comparison of a saved pipeline's files with their checksums, which starts on creation.

    Args:
        folder: The pipeline's folder.
        meta: Its meta.
        exclude: Parts that are not read: names of components, "vocab", "tokenizer", "code".
        full: Whether to compare the checksums of large files too.

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
        """Whether a file is already known to be damaged, so that reading the others would be in vain."""
        return bool(self._extra) or bool({*self._comparison.at_once} - {CONFIG_FILE})

    def result(self) -> CheckResult:
        """Wait for the comparison and return its result."""
        damaged = self._comparison.damage()
        edited = [name for name in damaged if name == CONFIG_FILE and damaged[name].startswith("damaged")]
        for name in edited:
            del damaged[name]
        for name in self._extra:
            damaged[name] = "extra, not saved with the pipeline"
        if META in self._meta and self._meta[META] != _digest_of_meta(self._meta):
            edited.append(META_FILE)
        return CheckResult(damaged, tuple(edited), len(self._own), len(self._comparison.by_length))

    def end(self) -> None:
        """Wait for the comparison, and log which files were edited.

        Raises:
            CheckpointError: A file is damaged, missing, or was not saved with the others.
        """
        result = self.result()
        if result.damaged:
            raise CheckpointError(damage_of(self._folder, result))
        if result.edited:
            logger.warning(
                "%s: edited since the pipeline was saved: %s", self._folder, ", ".join(result.edited)
            )


def damage_of(folder: Path, result: CheckResult) -> str:
    """Describe in one line which files of a pipeline are damaged."""
    shown = [f"{folder / name}: {problem}" for name, problem in list(result.damaged.items())[:_N_SHOWN]]
    more = len(result.damaged) - len(shown)
    return f"{'; '.join(shown)}{f'; and {more} more' if more else ''}; {_ADVICE}"


def is_recorded(meta: Mapping[str, Any]) -> bool:
    """Return whether a pipeline was saved with checksums; the first release wrote none."""
    return FILES in meta


def without_checksums(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return a saved meta without the keys that describe its files."""
    return {key: value for key, value in meta.items() if key not in KEYS}


def _digest_of_meta(facts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a pipeline's meta, without its files and the speed, which differs between runs."""
    content = without_checksums(facts)
    performance = content.get("performance")
    if isinstance(performance, Mapping):
        content["performance"] = {key: value for key, value in performance.items() if key != "speed"}
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(_rounded(value), sort_keys=True)


def _rounded(value: Any) -> Any:
    """Round floats, because JSON readers may differ in the last bits."""
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return f"{value:.12g}" if isinstance(value, float) else value
