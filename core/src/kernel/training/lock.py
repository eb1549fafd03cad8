"""One process at a time in an output folder.

The operating system holds the lock and lets go of it when the process ends, however it ends: what a dead process
has left is in nobody's way.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from kernel.errors import OutputTaken

NAME = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder while a block runs.

    Raises:
        OutputTaken: Another process is in it.
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
            path.unlink()
        file.close()


def _opened(path: Path) -> IO[str]:
    while True:
        file = path.open("a+", encoding="utf-8")
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
        with suppress(OSError):
            if os.path.samestat(path.stat(), os.fstat(file.fileno())):
                return file
        file.close()


def _lock(file: IO[Any]) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
