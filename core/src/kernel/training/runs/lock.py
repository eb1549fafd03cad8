"""Lock an output folder, so that only one process writes to it.

The operating system holds the lock and releases it when the process ends, however it ends, so the lock file of a dead
process blocks nothing.
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

# The content that this module writes to a lock file; a file with any other content is not ours.
_OURS = re.compile(r"(process [0-9]+ on .*)?", re.DOTALL)
_KINDS = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe"}
# These flags do not exist on Windows, which has neither such links nor named pipes in folders.
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder while a block runs.

    Raises:
        OutputTaken: Another process has locked it.
        CheckpointError: The lock file is not one of ours; it is not changed.
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
                f"{path.parent}: another run is writing to this folder, got {holder}; wait for it, or choose "
                "another --output"
            ) from exc
        # The previous process may have removed the file between opening and locking; then this one has no name.
        is_there = False
        with suppress(OSError):
            is_there = os.path.samestat(path.lstat(), os.fstat(file.fileno()))
        if is_there:
            _check_content(file, path)
            return file
        file.close()


def _opened_file(path: Path) -> IO[str]:
    """Open or create the file itself; do not follow links, and open nothing but a regular file."""
    with suppress(FileNotFoundError):
        _check_kind(path, path.lstat())
    try:
        handle = os.open(path, _FLAGS, 0o666)
    except OSError:
        with suppress(FileNotFoundError):
            _check_kind(path, path.lstat())  # it was replaced meanwhile
        raise
    try:
        _check_kind(path, os.fstat(handle))
    except CheckpointError:
        os.close(handle)
        raise
    return os.fdopen(handle, "r+", encoding="utf-8", errors="replace")


def _check_kind(path: Path, status: os.stat_result) -> None:
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        got = _KINDS.get(kind, "a device or a socket")
        raise CheckpointError(
            f"{path}: expected a lock file, got {got}; remove it, or choose another --output"
        )


def _check_content(file: IO[str], path: Path) -> None:
    file.seek(0)
    content = file.read(256)
    if not _OURS.fullmatch(content):
        file.close()
        raise CheckpointError(
            f"{path}: expected a lock file of a run, got {content[:40]!r}; move it away, or choose another --output"
        )


def _lock(file: IO[Any]) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
