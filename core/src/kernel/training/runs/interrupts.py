"""Ctrl-C, SIGTERM and SIGHUP as a wish: the step is finished and saved, and only then the run stops."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Any

from kernel.training.stopping import Stopped

#: Windows has no SIGHUP, which comes when a terminal is closed.
_WATCHED = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupts:
    """Notes a signal while a block runs; the second one ends everything at once.

    Outside the main thread, where Python has no signals, it notes nothing. A signal that the caller ignores, as `nohup`
    does with SIGHUP and a shell with the SIGINT of what runs in the background, stays ignored.

    Args:
        stderr: Where to say that the signal has been heard.
    """

    def __init__(self, stderr: IO[str]) -> None:
        self.stderr = stderr
        self.signal: int | None = None
        self.is_urgent = False
        self._has_begun = True
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            wanted = [number for number in _WATCHED if signal.getsignal(number) is not signal.SIG_IGN]
            self._before = {number: signal.signal(number, self._hear) for number in wanted}
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Obey the first signal at once while a block runs: nothing in it is worth being finished."""
        self._has_begun = False
        try:
            yield
        finally:
            self._has_begun = True

    @property
    def stopped(self) -> Stopped | None:
        """Why the run shall end, if somebody wants it."""
        if self.signal is None:
            return None
        return Stopped("interrupted", f"interrupted by {signal.Signals(self.signal).name}")

    def raise_again(self) -> None:
        """End the process, or its Python caller, as the signal would have."""
        if self.signal == signal.SIGINT:
            raise KeyboardInterrupt
        if self.signal is not None:
            raise SystemExit(128 + self.signal)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.signal is not None or not self._has_begun:
            self.is_urgent = True
            self.signal = number
            self.raise_again()
        self.signal = number
        # The signal may have come while a line was written to the same stream.
        with suppress(OSError, RuntimeError, ValueError):
            print("finishing the step and saving; once more stops at once", file=self.stderr, flush=True)
