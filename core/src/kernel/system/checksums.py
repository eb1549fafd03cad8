"""Checksums of saved files: taken when they are written, compared when they are read.

A list of checksums names each file of a folder by its path, with its length and its SHA-256. What is read again in
every process, and what is large, is compared by its length alone unless all is asked for.
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

#: Path of a file in its folder to "bytes" and "sha256".
Checksums = dict[str, dict[str, Any]]

#: Files of so many bytes and fewer are compared by checksum, larger ones by length.
COMPARED = 64 << 20
#: Files of more bytes are compared in a thread, while others are read.
_LONG = 1 << 18
_PIECE = 4 << 20
#: Files that this process has found whole, by path: their state then, and the checksum.
_KNOWN: dict[str, tuple[tuple[int, ...], str]] = {}
#: A file that was changed less than so many nanoseconds ago may change again without a trace in its times.
_SETTLED = 2_000_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


def digest_of_file(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    digest, room = hashlib.sha256(), memoryview(bytearray(min(_PIECE, path.stat().st_size + 1)))
    # Few large pieces into the same memory: a thread that hashes waits for the interpreter after each of them.
    with regular(path).open("rb", buffering=0) as file:
        while n_bytes := file.readinto(room):
            digest.update(room[:n_bytes])
    return digest.hexdigest()


def checksums_of(folder: Path, without: Collection[str] = ()) -> Checksums:
    """Take the checksums of all files in a folder, in the order of their paths.

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
    """List the files in a folder, in the order of their paths, which have slashes on every system."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    yield from sorted(found.items())


def read_checksums(given: Any, address: str, advice: str) -> Checksums:
    """Take a list of checksums that was read from a file.

    Args:
        given: What was read.
        address: Where, for messages.
        advice: What to do, for messages.

    Raises:
        CheckpointError: It is none.
    """
    if not isinstance(given, Mapping):
        raise CheckpointError(f"{address}: expected checksums by file, got {type(given).__name__}; {advice}")
    for name, entry in given.items():
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
    return dict(given)


def _is_below(name: Any) -> bool:
    """Whether a name is the path of something below a folder, with slashes."""
    forbidden = {"\0", "\\", ":"} if os.name == "nt" else {"\0"}
    return isinstance(name, str) and not {"", ".", ".."} & set(name.split("/")) and not forbidden & set(name)


class Comparison:
    """Compares files with their checksums; it begins when it is made, and long files are read in a thread.

    A file that this process has found whole, and that is as it was then, is not read again but for `full`.

    Args:
        folder: Where the files are.
        checksums: Of those to compare.
        full: Whether the checksums of large files count, and in every process; otherwise their lengths.

    Attributes:
        by_length: The files whose length alone is compared.
        at_once: What was wrong before any long file was read, by file.
    """

    def __init__(
        self, folder: Path, checksums: Mapping[str, Mapping[str, Any]], *, full: bool = False
    ) -> None:
        self._folder, self._checksums = folder, checksums
        self._found: dict[str, str] = {}
        self.by_length: list[str] = []
        long, is_worker = [], _is_worker()
        for name, entry in checksums.items():
            problem = self._size(name, entry["bytes"])
            if problem:
                self._found[name] = problem
            elif not full and (is_worker or entry["bytes"] > COMPARED):
                self.by_length.append(name)
            elif full or not self._is_known(name):
                if entry["bytes"] > _LONG:
                    long.append(name)
                else:
                    self._compare(name)
        self.at_once = dict(self._found)
        self._thread = Thread(target=self._compare_all, args=(long,), daemon=True) if long else None
        if self._thread is not None:
            self._thread.start()

    def damage(self) -> dict[str, str]:
        """Wait for the end, and give what is wrong by file; empty where nothing is."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        return {name: self._found[name] for name in self._checksums if name in self._found}

    def _size(self, name: str, expected: int) -> str:
        path = self._folder / name
        try:
            if not path.is_file():
                return "is no file" if path.exists() else "missing"
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
            self._found[name] = f"cannot be read, {error.strerror or error}"
            return
        if digest != expected:
            self._found[name] = f"damaged, expected SHA-256 {expected[:12]}, got {digest[:12]}"
        elif max(state[-2:]) < now - _SETTLED:
            _KNOWN[os.path.abspath(path)] = (state, digest)

    def _is_known(self, name: str) -> bool:
        """Whether a file is as it was when this process found it whole."""
        path = self._folder / name
        known = _KNOWN.get(os.path.abspath(path))
        try:
            return known is not None and known == (_state(path), self._checksums[name]["sha256"])
        except OSError:
            return False


def _is_worker() -> bool:
    """Whether this process was started by another one to work for it, which has read the same files."""
    # Where nothing has imported the module, nothing has started this process so.
    module = sys.modules.get("multiprocessing.process")
    return module is not None and module.parent_process() is not None


def _state(path: Path) -> tuple[int, ...]:
    """Give what changes when a file is written, the times last."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def extra_files(folder: Path, checksums: Collection[str], parts: Iterable[Any]) -> list[str]:
    """List files that are there and have no checksum; those whose names begin with a dot are nobody's.

    Args:
        folder: The folder.
        checksums: The paths that have one.
        parts: The names of the folders in it that are read by whoever reads the folder.
    """
    read = set(parts).intersection(os.listdir(folder))
    found = [f"{part}/{name}" for part in sorted(read) for name, _ in files_of(folder / part)]
    return [name for name in found if name not in checksums and not name.rpartition("/")[2].startswith(".")]
