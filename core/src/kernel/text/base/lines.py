"""Read the lines of a text file, plain or compressed."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from kernel.errors import DataError
from kernel.system.files import regular

# A Python built without lzma has no LZMAError.
_LZMA = getattr(getattr(zipfile, "lzma", None), "LZMAError", zlib.error)
# Text compresses by a factor of 3 to 30, and no line of text is this long: more is a decompression bomb.
_GROWTH, _SMALL, _LONGEST = 64, 1 << 22, 1 << 24
#: Python refuses to parse numbers of thousands of digits, and no real count has this many.
_MOST_DIGITS = 30


def read_lines(path: Path) -> Iterator[str]:
    """Read the lines of a UTF-8 file, which may be gzipped or the only file in a zip archive.

    Raises:
        DataError: The file cannot be read, a line is not UTF-8, or a small file unpacks to more than text would.
    """
    number = 0
    try:
        with _open(path) as lines:
            is_plain = isinstance(lines, io.BufferedReader)
            for number, line in enumerate(lines if is_plain else _bounded(path, lines), start=1):
                yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as exc:
        wrong = exc.object[exc.start : exc.end]
        raise DataError(f"{path}:{number}: expected UTF-8, got {wrong!r:.80}; convert the file") from exc
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, _LZMA) as exc:
        message = (
            f"{path}:{number + 1}: the compressed data are damaged, got {str(exc)!r}; copy the file again"
        )
        raise DataError(message) from exc
    except OSError as exc:
        why = exc.strerror or str(exc)
        raise DataError(f"{path}: cannot be read, got {why!r:.80}; give an existing file") from exc


def is_whole_number(field: str) -> bool:
    """Whether a field is a whole number that `int` can parse: ASCII digits, and not too many of them."""
    return field.isascii() and field.isdigit() and len(field) <= _MOST_DIGITS


def _bounded(path: Path, lines: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """Read the lines of a compressed file, up to the size that text of its compressed size could have."""
    most = max(_SMALL, path.stat().st_size * _GROWTH)
    number = n_read = 0
    while line := lines.readline(_LONGEST + 1):
        number, n_read = number + 1, n_read + len(line)
        if len(line) > _LONGEST or n_read > most:
            got = f"a line of more than {_LONGEST:,}" if len(line) > _LONGEST else f"more than {most:,}"
            raise DataError(f"{path}:{number}: expected compressed text, got {got} bytes; unpack it yourself")
        yield line


def _open(path: Path) -> IO[bytes] | gzip.GzipFile:
    with regular(path).open("rb") as file:
        magic = file.read(4)
    if magic[:2] == b"\x1f\x8b":
        return gzip.open(path, "rb")
    return _open_zip(path) if magic == b"PK\x03\x04" else path.open("rb")


def _open_zip(path: Path) -> IO[bytes]:
    try:
        return _only_file(path)
    except (RuntimeError, ValueError, OverflowError, struct.error, _LZMA) as exc:
        if isinstance(exc, DataError):
            raise
        raise DataError(f"{path}: cannot be unpacked, got {str(exc)!r}; unpack it yourself") from exc


def _only_file(path: Path) -> IO[bytes]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        if len(names) != 1:
            raise DataError(
                f"{path}: expected one file in the archive, got {len(names)}; unpack it and name one of them"
            )
        return archive.open(names[0])
