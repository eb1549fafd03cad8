"""Code of others at import: whatever it raises is its own fault, and only a person ends the program."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


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
        KeyboardInterrupt: Somebody pressed Ctrl-C, or sent another signal that raises it.
    """
    with _watched() as is_ended:
        try:
            return work()
        except BaseException as exc:
            if isinstance(exc, KeyboardInterrupt) and is_ended():
                raise
            raise ForeignError from exc


@contextmanager
def _watched() -> Iterator[Callable[[], bool]]:
    """Note whether a signal comes that somebody ends the program with.

    Outside the main thread, where Python has no signals, none does.
    """
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    before = {number: handler for number, handler in before.items() if callable(handler)}
    if threading.current_thread() is not threading.main_thread():
        before = {}
    sent: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        sent.append(number)
        handler = before[number]
        assert callable(handler)
        handler(number, frame)

    for number in before:
        signal.signal(number, hear)
    try:
        yield lambda: bool(sent)
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is hear:  # the code may have set one of its own
                signal.signal(number, handler)
