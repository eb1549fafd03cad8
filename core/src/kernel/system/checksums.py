"""Checksums of saved files: computed when they are written, compared when they are read.

The checksums of a folder list each file by its path, with its size and SHA-256. Files that every worker process reads
again, and large files, are only compared by size unless a full comparison is requested.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

from kernel.errors import CheckpointError
from kernel.system.files import regular

#: "bytes" and "sha256" of each file, by its path in the folder.
Checksums = dict[str, dict[str, Any]]

#: Files up to this size in bytes are compared by checksum, larger ones by size.
COMPARED = 64 << 20
#: Files above this size in bytes are compared in a thread, while others are being read.
_LARGE = 1 << 18
_PIECE = 4 << 20
#: Files that this process has already verified, by path: their state then, and their checksum.
_VERIFIED: dict[str, tuple[tuple[int, ...], str]] = {}
#: A file changed less than this many nanoseconds ago may be changed again without a new timestamp.
_SETTLED = 2_000_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest, buffer = hashlib.sha256(), memoryview(bytearray(min(_PIECE, path.stat().st_size + 1)))
    # Few large reads into one buffer: after each, a thread has to wait for the interpreter lock.
    with regular(path).open("rb", buffering=0) as file:
        while n_bytes := file.readinto(buffer):
            digest.update(buffer[:n_bytes])
    return digest.hexdigest()


def checksums_of(folder: Path, without: Collection[str] = ()) -> Checksums:
    """Compute the checksums of all files in a folder, sorted by path.

    Args:
        folder: The folder.
        without: Paths of files to leave out.
    """
    return {
        name: {"bytes": path.stat().st_size, "sha256": digest_of_file(path)}
        for name, path in files_of(folder)
        if name not in without
    }


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """Return the files in a folder by relative path, sorted; paths have slashes on every system."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    yield from sorted(files.items())


def read_checksums(data: Any, address: str, advice: str) -> Checksums:
    """Validate checksums that were read from a file.

    Args:
        data: The data.
        address: Where they are from, for messages.
        advice: What to do if they are invalid, for messages.

    Raises:
        CheckpointError: They are invalid.
    """
    if not isinstance(data, Mapping):
        raise CheckpointError(f"{address}: expected checksums by file, got {type(data).__name__}; {advice}")
    for name, entry in data.items():
        size = entry.get("bytes") if isinstance(entry, Mapping) else None
        if (
            not _is_below(name)
            or isinstance(size, bool)
            or not isinstance(size, int)
            or not _SHA256.fullmatch(str(entry.get("sha256")))
        ):
            raise CheckpointError(
                f'{address}: expected "bytes" and "sha256" by file, got {name!r:.60}: {entry!r:.60}; {advice}'
            )
    return dict(data)


def _is_below(name: Any) -> bool:
    """Whether a name is a relative path with slashes that stays inside a folder."""
    forbidden = {"\0", "\\", ":"} if os.name == "nt" else {"\0"}
    return isinstance(name, str) and not {"", ".", ".."} & set(name.split("/")) and not forbidden & set(name)


class Comparison:
    """Compares files with their checksums, starting on creation; larger files are read in a thread.

    A file that this process has already verified and that has not changed since is only read again if `full`.

    Args:
        folder: The folder of the files.
        checksums: The checksums of the files to compare.
        full: Whether to compare the checksums of all files, in every process; otherwise some only by size.

    Attributes:
        by_length: The files that are only compared by size.
        at_once: The problems known before any larger file was read, by file.
    """

    def __init__(
        self, folder: Path, checksums: Mapping[str, Mapping[str, Any]], *, full: bool = False
    ) -> None:
        self._folder, self._checksums = folder, checksums
        self._problems: dict[str, str] = {}
        self.by_length: list[str] = []
        large, is_worker = [], _is_worker()
        for name, entry in checksums.items():
            problem = self._size(name, entry["bytes"])
            if problem:
                self._problems[name] = problem
            elif not full and (is_worker or entry["bytes"] > COMPARED):
                self.by_length.append(name)
            elif full or not self._is_verified(name):
                if entry["bytes"] > _LARGE:
                    large.append(name)
                else:
                    self._compare(name)
        self.at_once = dict(self._problems)
        self._thread = Thread(target=self._compare_all, args=(large,), daemon=True) if large else None
        if self._thread is not None:
            self._thread.start()

    def damage(self) -> dict[str, str]:
        """Wait until all files are compared, and return the problems by file; empty if there are none."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        return {name: self._problems[name] for name in self._checksums if name in self._problems}

    def _size(self, name: str, expected: int) -> str:
        path = self._folder / name
        try:
            if not path.is_file():
                return "not a file" if path.exists() else "missing"
            size = path.stat().st_size
        except OSError as error:
            return f"cannot be read, {error.strerror or error}"
        return "" if size == expected else f"damaged, expected {expected} bytes, got {size}"

    def _compare_all(self, names: Iterable[str]) -> None:
        for name in names:
            self._compare(name)

    def _compare(self, name: str) -> None:
        expected, path = self._checksums[name]["sha256"], self._folder / name
        try:
            state, now = _state(path), time.time_ns()
            digest = digest_of_file(path)
        except OSError as error:
            self._problems[name] = f"cannot be read, {error.strerror or error}"
            return
        if digest != expected:
            self._problems[name] = f"damaged, expected SHA-256 {expected[:12]}, got {digest[:12]}"
        elif max(state[-2:]) < now - _SETTLED:
            _VERIFIED[os.path.abspath(path)] = (state, digest)

    def _is_verified(self, name: str) -> bool:
        """Whether a file has not changed since this process verified it."""
        path = self._folder / name
        verified = _VERIFIED.get(os.path.abspath(path))
        try:
            return verified is not None and verified == (_state(path), self._checksums[name]["sha256"])
        except OSError:
            return False


def _is_worker() -> bool:
    """Whether this is a worker process, whose parent has read the same files."""
    # If the module is not imported, this process was not started by it.
    module = sys.modules.get("multiprocessing.process")
    return module is not None and module.parent_process() is not None


def _state(path: Path) -> tuple[int, ...]:
    """Return properties that change when a file is written, the timestamps last."""
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def extra_files(folder: Path, checksums: Collection[str], parts: Iterable[Any]) -> list[str]:
    """Return existing files without a checksum; hidden files, whose names begin with a dot, are ignored.

    Args:
        folder: The folder.
        checksums: The paths that have a checksum.
        parts: The names of the subfolders that are read when the folder is loaded.
    """
    subfolders = set(parts).intersection(os.listdir(folder))
    names = [f"{part}/{name}" for part in sorted(subfolders) for name, _ in files_of(folder / part)]
    return [name for name in names if name not in checksums and not name.rpartition("/")[2].startswith(".")]
