"""What others' code raises at import is its own fault; what a person presses is not."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from kernel.plugins.sandbox import ForeignError, run_foreign


class Odd(BaseException):
    """No Exception."""


@pytest.mark.parametrize("kind", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit, Odd])
def test_whatever_the_code_raises_is_one_error(kind: type[BaseException]) -> None:
    def work() -> None:
        raise kind

    with pytest.raises(ForeignError) as caught:
        run_foreign(work)

    assert type(caught.value.raised) is kind


@pytest.fixture
def listening() -> Iterator[None]:
    """Let Ctrl-C mean what it means in a terminal; a process in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_goes_through_and_means_afterwards_what_it_meant_before() -> None:
    with pytest.raises(KeyboardInterrupt):
        run_foreign(lambda: os.kill(os.getpid(), signal.SIGINT))

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_works_in_other_threads() -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(run_foreign(lambda: 1)))

    thread.start()
    thread.join()

    assert found == [1]
