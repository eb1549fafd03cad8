"""Code of others at import: whatever it raises is its own fault, and only a person ends the program."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class ForeignError(Exception):
    """Stands for anything that code of others raised; its cause is what that was."""

    @property
    def raised(self) -> BaseException:
        """What the code raised."""
        return self.__cause__ or self


def run_foreign(work: Callable[[], T]) -> T:
    """Do something that runs code of others.

    Raises:
        ForeignError: The code raised anything, `SystemExit` and `KeyboardInterrupt` included.
        KeyboardInterrupt: Somebody pressed Ctrl-C.
    """
    with _watched() as is_pressed:
        try:
            return work()
        except BaseException as exc:
            if isinstance(exc, KeyboardInterrupt) and is_pressed():
                raise
            raise ForeignError from exc


@contextmanager
def _watched() -> Iterator[Callable[[], bool]]:
    """Note whether the signal of Ctrl-C comes; outside the main thread, where Python has no signals, none does."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda: False
        return
    pressed: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        before(number, frame)

    signal.signal(signal.SIGINT, hear)
    try:
        yield lambda: bool(pressed)
    finally:
        if signal.getsignal(signal.SIGINT) is hear:  # the code may have set one of its own
            signal.signal(signal.SIGINT, before)
