"""Turn what a command raises into a message and an exit code; nothing else does.

0    success
1    a user error, or a refusal by the operating system: a message
2    wrong usage, or an output that is taken: a message
129  SIGHUP
130  SIGINT, Ctrl-C
141  the reader of standard output went away: no message, as for a program that SIGPIPE ends
143  SIGTERM
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import click

from kernel.cli import streams
from kernel.errors import KernelError, printable

#: A shell reports a program that a signal ended as this plus the signal's number.
_BY_SIGNAL = 128
_SIGPIPE = 13
_ENDING = ("SIGTERM", "SIGHUP")

#: The dynamic linker's messages when there is no memory for a library.
_NO_ROOM = ("failed to map segment", "cannot allocate memory")
#: Exceptions that are bugs, however much memory there is.
_BUGS = (AssertionError, AttributeError, ArithmeticError, LookupError, NameError, TypeError)
#: Above this fraction of the memory limit, other exceptions are blamed on the limit.
_NEARLY_ALL = 0.8


class Terminated(KeyboardInterrupt):
    """A signal ended the program; a KeyboardInterrupt, so that the cleanup for Ctrl-C runs for it too."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def signals_obeyed() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a block as Ctrl-C does, with cleanup."""
    own_process = os.getpid()

    def handle(number: int, frame: FrameType | None) -> None:
        if os.getpid() != own_process:  # a forked process has nothing to clean up
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        raise Terminated(number)

    # Windows has no SIGHUP, and Python delivers signals only in the main thread.
    is_main = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in _ENDING if is_main and hasattr(signal, name)]
    handled = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in handled:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)


def exit_code(work: Callable[[], Any]) -> int:
    """Run a command, print its error if it raises one, and return the exit code.

    Args:
        work: The command; returns an exit code, or anything else on success.
    """
    try:
        code = work()
        streams.flush()
    except SystemExit as exc:
        if isinstance(
            exc.__context__, BrokenPipeError
        ):  # perhaps of a network connection; click takes it for standard output's
            return _report(exc.__context__)
        with suppress(streams.OutputLost):
            streams.flush()
        return exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    except BaseException as exc:
        with suppress(streams.OutputLost):
            streams.flush()
        return _report(exc)
    return code if isinstance(code, int) else 0


def _report(exc: BaseException) -> int:
    """Print the message of an exception and return its exit code; raise an unexpected one again."""
    if isinstance(exc, streams.OutputLost) and streams.is_closed_pipe(exc):
        return _BY_SIGNAL + _SIGPIPE
    if isinstance(exc, (click.Abort, KeyboardInterrupt)):
        click.echo("Aborted", err=True)
        return _BY_SIGNAL + getattr(exc.__cause__ or exc, "number", signal.SIGINT)
    if isinstance(exc, click.ClickException):
        shown = io.StringIO()
        exc.show(shown)
        click.echo(_on_one_line(printable(shown.getvalue())), err=True, nl=False)
        return exc.exit_code
    if isinstance(exc, streams.OutputLost):
        message = f"standard output: cannot be written, got {exc}; redirect it elsewhere"
    elif isinstance(exc, KernelError):
        message = str(exc)
    elif memory_message := _memory_message(exc):
        message = memory_message
    elif isinstance(exc, OSError) and exc.errno is not None:
        message = _system_message(exc)
    else:
        raise exc
    click.echo(f"Error: {_on_one_line(printable(message))}", err=True)
    return exc.exit_code if isinstance(exc, KernelError) else 1


def _on_one_line(message: str) -> str:
    """Escape line breaks in quoted command-line arguments; breaks between several messages stay."""
    for word in sys.argv:
        if "\n" in word:
            message = message.replace(printable(word), printable(word).replace("\n", "\\n"))
    return message


def _memory_message(exc: BaseException) -> str:
    """Return a message where memory ran out; "" where it did not."""
    text = " ".join(str(exc).split())
    is_short = any(
        isinstance(one, MemoryError)
        or (isinstance(one, OSError) and one.errno == errno.ENOMEM)
        or (isinstance(one, ImportError) and any(words in str(one).lower() for words in _NO_ROOM))
        for one in _chain(exc)
    )
    if is_short:
        # NumPy says how much it wanted; the message of a failed import would blame the library.
        got = f", got {text!r}" if text and isinstance(exc, MemoryError) else ""
        return f"memory: not enough{got}; give the process more, or use smaller batches or inputs"
    limit = 0 if isinstance(exc, _BUGS) else _memory_limit()
    if limit and _memory_used() > _NEARLY_ALL * limit:
        return (
            f"memory: the limit of {limit >> 20:,} MB is nearly reached, got {type(exc).__name__}: {text}; "
            "give the process more"
        )
    return ""


def _chain(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__


def _memory_limit() -> int:
    """Return the limit of this process's address space in bytes; 0 where there is none."""
    try:
        import resource
    except ImportError:
        return 0
    limit: int = resource.getrlimit(resource.RLIMIT_AS)[0]
    return 0 if limit == resource.RLIM_INFINITY else limit


def _memory_used() -> int:
    """Return the peak size of this process's address space in bytes; 0 where the system does not report it."""
    with (
        suppress(OSError, ValueError),
        open("/proc/self/status", encoding="ascii", errors="replace") as lines,
    ):
        return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmPeak:")), 0)
    return 0


def _system_message(exc: OSError) -> str:
    """Return what the system refused, and the line of the user's own code that asked for it, if one did."""
    what = os.fsdecode(exc.filename) if isinstance(exc.filename, (str, bytes)) else "the system"
    ours = (sys.base_prefix, sys.prefix, os.path.dirname(os.path.dirname(__file__)))
    frames = traceback.extract_tb(exc.__traceback__)
    locations = [
        f"; raised at {one.filename}:{one.lineno}"
        for one in frames
        if not one.filename.startswith((*ours, "<"))
    ]
    return f"{what}: {exc.strerror or exc}{locations[-1] if locations else ''}; fix that and try again"
