"""Run third-party code: capture whatever it raises; only the user's Ctrl-C or signal gets through."""

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
    """Third-party code raised something; the original is its cause."""

    @property
    def raised(self) -> BaseException:
        """The original exception."""
        return self.__cause__ or self


def run_foreign(work: Callable[[], T]) -> T:
    """Call a function that runs third-party code, and return its result.

    Raises:
        ForeignError: The code raised anything, `SystemExit` and `KeyboardInterrupt` included.
        KeyboardInterrupt: The user pressed Ctrl-C, or sent another signal that raises it.
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
    """Yield a function that tells whether a terminating signal has arrived meanwhile.

    Outside the main thread, where Python delivers no signals, none does.
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
