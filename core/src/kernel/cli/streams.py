"""Guard the standard streams of the command line against closed pipes and full disks.

Standard output carries results, so losing them is an error. Python would report it again for each further line, and
once more at exit; here it is raised once, as `OutputLost`. Standard error carries progress and messages: where it is
full or closed, nothing is raised.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

_INPUT, _OUTPUT, _ERROR = 0, 1, 2


class OutputLost(OSError):
    """Standard output cannot be written.

    Attributes:
        number: The system's error number. It is not called `errno`, because click handles errors with that attribute
            itself and exits without a message.
    """

    number: int | None = None


class _Results(io.FileIO):
    """Standard output: raises on the first failed write and drops everything after it."""

    lost: OutputLost | None = None
    is_excused = False

    def write(self, data: Any) -> int:
        if self.lost is not None:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError as exc:
            self.lost = OutputLost(exc.strerror)
            self.lost.number = exc.errno
            raise self.lost from exc


class _Messages(io.FileIO):
    """Standard error: drops whatever cannot be written."""

    def write(self, data: Any) -> int:
        with suppress(OSError):
            return super().write(data)
        return memoryview(data).nbytes


@contextmanager
def guarded() -> Iterator[None]:
    """Guard the standard streams while a block runs, and open those that the caller has closed.

    Otherwise the next file to be opened would get the descriptor of a closed stream, and output to that stream would
    end up in the file.
    """
    for number in (_INPUT, _OUTPUT, _ERROR):
        try:
            os.fstat(number)
        except OSError:
            # Closed output stays an error: it is opened for reading, so writes fail.
            descriptor = os.open(os.devnull, os.O_WRONLY if number == _ERROR else os.O_RDONLY)
            os.set_inheritable(descriptor, True)
    before = sys.stdout, sys.stderr
    sys.stdout = _guarded(sys.stdout, _OUTPUT, _Results)
    sys.stderr = _guarded(sys.stderr, _ERROR, _Messages)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def flush() -> None:
    """Flush standard output.

    Raises:
        OutputLost: This or an earlier write failed, even if that error was caught.
    """
    sys.stdout.flush()
    raw = _raw(sys.stdout)
    if isinstance(raw, _Results) and raw.lost is not None and not raw.is_excused:
        raise raw.lost


def excuse() -> None:
    """Let `flush` ignore lost output, because the command has saved its results elsewhere."""
    if isinstance(raw := _raw(sys.stdout), _Results):
        raw.is_excused = True


def is_closed_pipe(lost: OutputLost) -> bool:
    """Return whether the reader closed the pipe, as `head` does when it has enough."""
    return lost.number == errno.EPIPE


def _guarded(stream: TextIO | None, number: int, kind: type[io.FileIO]) -> TextIO:
    """Return a guarded stream like an existing one; a stream that the caller has replaced stays."""
    if stream is None:
        return io.TextIOWrapper(
            cast(Any, io.BufferedWriter(kind(number, "w", closefd=False))), "utf-8", "backslashreplace"
        )
    if type(stream) is not io.TextIOWrapper or type(_raw(stream)) is not io.FileIO:
        return stream
    stream.flush()
    raw = kind(number, "w", closefd=False)
    return io.TextIOWrapper(
        cast(Any, raw if _raw(stream) is stream.buffer else io.BufferedWriter(raw)),
        stream.encoding,
        # File names may hold characters that the encoding lacks.
        "backslashreplace" if stream.errors == "strict" else stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _raw(stream: TextIO) -> Any:
    """Return the raw file below a stream's buffers."""
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)
