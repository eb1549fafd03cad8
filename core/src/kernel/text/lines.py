"""Lines of a text file, plain or compressed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from kernel.errors import DataError


def read_lines(path: Path) -> Iterator[str]:
    """Read the lines of a UTF-8 file, which may be compressed with gzip.

    Raises:
        DataError: The file cannot be read, or a line is no UTF-8.
    """
    number = 0
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, start=1):
                yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as exc:
        wrong = exc.object[exc.start : exc.end]
        raise DataError(f"{path}:{number}: expected UTF-8, got {wrong!r}; convert the file") from exc
    except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
        message = f"{path}:{number + 1}: the gzip data are damaged, got {str(exc)!r}; copy it anew"
        raise DataError(message) from exc
    except OSError as exc:
        why = exc.strerror or str(exc)
        raise DataError(f"{path}: cannot be read, got {why!r}; give an existing file") from exc


def _open(path: Path) -> IO[bytes] | gzip.GzipFile:
    with path.open("rb") as file:
        is_compressed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if is_compressed else path.open("rb")
