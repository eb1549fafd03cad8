"""The standard streams of the command line, and what happens when nobody takes what is written.

Standard output carries results, so losing them is an error. Python would report it again for each line that follows,
the last time in words of its own when everything is over; here it is raised once, as `OutputLost`. Standard error
carries progress and messages: where it is full or closed, nothing is raised.
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
    """Standard output could not take what was written to it.

    Attributes:
        number: The system's number of the error. It is not called `errno`, by which click would take the error for
            its own and exit without a word.
    """

    number: int | None = None


class _Results(io.FileIO):
    """Standard output: raises the first time that it cannot be written to, and drops everything from there on."""

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
    """Standard error: drops what cannot be written."""

    def write(self, data: Any) -> int:
        with suppress(OSError):
            return super().write(data)
        return memoryview(data).nbytes


@contextmanager
def guarded() -> Iterator[None]:
    """Put the streams of this process under the rules of this module while a block runs, and see that all are open.

    Otherwise the next file to be opened would get the number of a stream that the caller has closed, and whatever is
    written to that number would end up in the file.
    """
    for number in (_INPUT, _OUTPUT, _ERROR):
        try:
            os.fstat(number)
        except OSError:
            # Closed output stays an error: nothing can be written to what is open for reading.
            opened = os.open(os.devnull, os.O_WRONLY if number == _ERROR else os.O_RDONLY)
            os.set_inheritable(opened, True)
    before = sys.stdout, sys.stderr
    sys.stdout = _guarded(sys.stdout, _OUTPUT, _Results)
    sys.stderr = _guarded(sys.stderr, _ERROR, _Messages)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def flush() -> None:
    """Write what is left to standard output.

    Raises:
        OutputLost: This or something before could not be written, even if somebody has caught that error.
    """
    sys.stdout.flush()
    raw = _raw(sys.stdout)
    if isinstance(raw, _Results) and raw.lost is not None and not raw.is_excused:
        raise raw.lost


def excuse() -> None:
    """Let `flush` say nothing of what was lost: the command has kept it elsewhere."""
    if isinstance(raw := _raw(sys.stdout), _Results):
        raw.is_excused = True


def is_closed_pipe(lost: OutputLost) -> bool:
    """Whether the reader has gone, as `head` does when it has enough."""
    return lost.number == errno.EPIPE


def _guarded(stream: TextIO | None, number: int, kind: type[io.FileIO]) -> TextIO:
    """Make a stream like the one that is there; one that somebody has put there himself stays."""
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
        # The name of a file may hold what the encoding lacks.
        "backslashreplace" if stream.errors == "strict" else stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _raw(stream: TextIO) -> Any:
    """What is below a stream's buffers."""
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)
