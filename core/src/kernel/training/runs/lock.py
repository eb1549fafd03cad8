"""One process at a time in an output folder.

The operating system holds the lock and lets go of it when the process ends, however it ends: what a dead process
has left is in nobody's way.
"""

from __future__ import annotations

import os
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from kernel.errors import CheckpointError, OutputTaken

NAME = ".lock"

# What this file writes into a lock; whatever holds anything else is somebody else's.
_OURS = re.compile(r"(process [0-9]+ on .*)?", re.DOTALL)
_KINDS = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe"}
# Windows has neither links that are followed in secret nor pipes in folders.
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder while a block runs.

    Raises:
        OutputTaken: Another process is in it.
        CheckpointError: What has the lock's name is not a lock; it is as it was.
    """
    path = folder / NAME
    file = _opened(path)
    try:
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield
    finally:
        with suppress(OSError):
            if os.path.samestat(path.lstat(), os.fstat(file.fileno())):
                path.unlink()
        file.close()


def _opened(path: Path) -> IO[str]:
    while True:
        file = _opened_file(path)
        try:
            _lock(file)
        except OSError as exc:
            file.seek(0)
            holder = file.read() or "another process"
            file.close()
            raise OutputTaken(
                f"{path.parent}: a training writes here already, got {holder}; wait for it, or give another --output"
            ) from exc
        # The one before may have removed the name between opening and locking: then this is a file without a name.
        is_there = False
        with suppress(OSError):
            is_there = os.path.samestat(path.lstat(), os.fstat(file.fileno()))
        if is_there:
            _check_content(file, path)
            return file
        file.close()


def _opened_file(path: Path) -> IO[str]:
    """Open or make the file itself: no link is followed, and nothing else is opened."""
    with suppress(FileNotFoundError):
        _check_kind(path, path.lstat())
    try:
        handle = os.open(path, _FLAGS, 0o666)
    except OSError:
        with suppress(FileNotFoundError):
            _check_kind(path, path.lstat())  # it has taken the place since
        raise
    try:
        _check_kind(path, os.fstat(handle))
    except CheckpointError:
        os.close(handle)
        raise
    return os.fdopen(handle, "r+", encoding="utf-8", errors="replace")


def _check_kind(path: Path, found: os.stat_result) -> None:
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        got = _KINDS.get(kind, "a device or a socket")
        raise CheckpointError(f"{path}: expected a lock file, got {got}; remove it, or give another --output")


def _check_content(file: IO[str], path: Path) -> None:
    file.seek(0)
    found = file.read(256)
    if not _OURS.fullmatch(found):
        file.close()
        raise CheckpointError(
            f"{path}: expected a lock file that a training wrote, got {found[:40]!r}; move it away, or give another "
            "--output"
        )


def _lock(file: IO[Any]) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
