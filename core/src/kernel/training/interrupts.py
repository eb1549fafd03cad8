"""Ctrl-C and SIGTERM as a wish: the step is finished and saved, and only then the run stops."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import IO, Any

from kernel.training.stop import Stopped

_WATCHED = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Notes a signal while a block runs; the second one ends everything at once.

    Outside the main thread, where Python has no signals, it notes nothing.

    Args:
        stderr: Where to say that the signal has been heard.
    """

    def __init__(self, stderr: IO[str]) -> None:
        self.stderr = stderr
        self.signal: int | None = None
        self.is_urgent = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._hear) for number in _WATCHED}
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

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
        if self.signal is not None:
            self.is_urgent = True
            self.signal = number
            self.raise_again()
        self.signal = number
        print("finishing the step and saving; once more stops at once", file=self.stderr, flush=True)
