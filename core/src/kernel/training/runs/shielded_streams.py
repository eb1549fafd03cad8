"""Shield a run from output streams that fail: it continues without them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, cast

from kernel.training.runs.output import LOG


class ShieldedStream(io.TextIOBase):
    """Writes to another stream until that fails, then drops everything.

    A reader such as `head` may exit, the disk may be full, the terminal may be closed: a run of hours must not fail
    because of that.

    Args:
        stream: The other stream; None for a closed one.
        on_lost: Called once with the error when the stream fails.
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
        """Write text; escape characters that the stream's encoding lacks."""
        stream = self._stream
        if stream is not None:
            try:
                stream.write(text)
            except UnicodeEncodeError as exc:
                self.write(text.encode(exc.encoding, "backslashreplace").decode(exc.encoding))
            except (OSError, ValueError) as exc:  # ValueError: the stream was closed
                self._lose(exc)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Write several strings."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush the other stream."""
        if self._stream is not None:
            try:
                self._stream.flush()
            except (OSError, ValueError) as exc:
                self._lose(exc)

    def close(self) -> None:
        """Do nothing: the other stream stays open, because it belongs to the caller."""

    def isatty(self) -> bool:
        """Return whether the other stream is a terminal."""
        return self._stream is not None and self._stream.isatty()

    def writable(self) -> bool:
        """Return True: it can always be written to."""
        return True

    def fileno(self) -> int:
        """Return the file descriptor of the other stream."""
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the other stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def _lose(self, exc: Exception) -> None:
        self._stream = None
        self._on_lost(exc)


def lasting(stdout: IO[str], stderr: IO[str] | None, output: Path | None) -> tuple[IO[str], IO[str]]:
    """Return shielded streams for a run, which prints a note when its standard output fails.

    Standard output is the only result of a run without a folder, so it is not shielded then.
    """
    messages = cast(IO[str], ShieldedStream(stderr))
    if output is None:
        return stdout, messages

    def say(exc: Exception) -> None:
        why = getattr(exc, "strerror", None) or exc
        where = f"the run continues, its evaluations are in {output / LOG}"
        print(f"note: standard output cannot be written, got {why}; {where}", file=messages, flush=True)

    return cast(IO[str], ShieldedStream(stdout, say)), messages
