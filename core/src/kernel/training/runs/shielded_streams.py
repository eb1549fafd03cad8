"""Streams that a run outlasts: where nobody takes any more what it says, it goes on."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, cast

from kernel.training.runs.output import LOG


class ShieldedStream(io.TextIOBase):
    """Writes to another stream until that fails, and from there on nowhere.

    A reader such as `head` may have gone, the disk may be full, the terminal may have been closed: a run that has
    taken hours does not fail for it.

    Args:
        stream: The other; None for one that is closed.
        on_lost: Called once, with the error, when it fails.
    """

    def __init__(
        self, stream: IO[str] | None, on_lost: Callable[[Exception], None] = lambda exc: None
    ) -> None:
        super().__init__()
        self._stream = stream
        self._on_lost = on_lost

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_stream"], name)

    def write(self, text: str) -> int:
        """Write a text; what the stream's encoding lacks is written as escapes."""
        stream = self._stream
        if stream is not None:
            try:
                stream.write(text)
            except UnicodeEncodeError as exc:
                self.write(text.encode(exc.encoding, "backslashreplace").decode(exc.encoding))
            except (OSError, ValueError) as exc:  # the second where it was closed
                self._lose(exc)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Hand on what was written."""
        if self._stream is not None:
            try:
                self._stream.flush()
            except (OSError, ValueError) as exc:
                self._lose(exc)

    def close(self) -> None:
        """Leave the other stream open: it is not this one's."""

    def isatty(self) -> bool:
        """Whether somebody looks at it."""
        return self._stream is not None and self._stream.isatty()

    def writable(self) -> bool:
        """Whether it can be written to, as always."""
        return True

    def fileno(self) -> int:
        """The number of the other stream."""
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the other stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def _lose(self, exc: Exception) -> None:
        self._stream = None
        self._on_lost(exc)


def lasting(stdout: IO[str], stderr: IO[str] | None, output: Path | None) -> tuple[IO[str], IO[str]]:
    """Make the streams of a run last as long as the run, which says once that its standard output did not.

    A run that leaves no folder has nothing but its output: it ends with it.
    """
    messages = cast(IO[str], ShieldedStream(stderr))
    if output is None:
        return stdout, messages

    def say(exc: Exception) -> None:
        why = getattr(exc, "strerror", None) or exc
        where = f"the run goes on, its evaluations are in {output / LOG}"
        print(f"note: standard output cannot be written, got {why}; {where}", file=messages, flush=True)

    return cast(IO[str], ShieldedStream(stdout, say)), messages
