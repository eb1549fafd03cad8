"""Handle Ctrl-C, SIGTERM and SIGHUP gracefully: finish and save the step, then stop the run."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Any

from kernel.training.stopping import Stopped

#: Windows has no SIGHUP, which is sent when a terminal is closed.
_WATCHED = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupts:
    """Records a signal while a block runs; a second one ends the block at once.

    Outside the main thread, where Python delivers no signals, it does nothing. A signal that the caller ignores, as
    `nohup` does with SIGHUP and a shell with the SIGINT of background jobs, stays ignored.

    Args:
        stderr: Stream for the message that the signal was received.
    """

    def __init__(self, stderr: IO[str]) -> None:
        self.stderr = stderr
        self.signal: int | None = None
        self.is_urgent = False
        self._has_begun = True
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            handled = [number for number in _WATCHED if signal.getsignal(number) is not signal.SIG_IGN]
            self._before = {number: signal.signal(number, self._handle) for number in handled}
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Obey the first signal at once while a block runs, because nothing in it needs to be finished."""
        self._has_begun = False
        try:
            yield
        finally:
            self._has_begun = True

    @property
    def stopped(self) -> Stopped | None:
        """Why the run is to end, if a signal was received."""
        if self.signal is None:
            return None
        return Stopped("interrupted", f"interrupted by {signal.Signals(self.signal).name}")

    def raise_again(self) -> None:
        """Raise what the signal would have raised, to end the process or its Python caller."""
        if self.signal == signal.SIGINT:
            raise KeyboardInterrupt
        if self.signal is not None:
            raise SystemExit(128 + self.signal)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.signal is not None or not self._has_begun:
            self.is_urgent = True
            self.signal = number
            self.raise_again()
        self.signal = number
        # The signal may have arrived during a write to the same stream.
        with suppress(OSError, RuntimeError, ValueError):
            print(
                "finishing the step and saving; interrupt again to stop at once", file=self.stderr, flush=True
            )
