"""How a command ends: the one place where an error becomes a message and an exit code.

0    well
1    a mistake of the user, or something that the system refuses: a message
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

#: What a shell adds to the number of a signal that ended a program.
_BY_SIGNAL = 128
_SIGPIPE = 13
_ENDING = ("SIGTERM", "SIGHUP")

#: What the dynamic linker says when there is no room for a library.
_NO_ROOM = ("failed to map segment", "cannot allocate memory")
#: What a program raises that is wrong, however much memory it has.
_BUGS = (AssertionError, AttributeError, ArithmeticError, LookupError, NameError, TypeError)
#: From this share of a limit on, what is raised is taken for its fault.
_NEARLY_ALL = 0.8


class Terminated(KeyboardInterrupt):
    """A signal has ended the program; whatever leaves nothing behind after Ctrl-C leaves nothing behind now."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def signals_obeyed() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a block as Ctrl-C does, not in the middle of what has to be tidied up."""
    own_process = os.getpid()

    def hear(number: int, frame: FrameType | None) -> None:
        if os.getpid() != own_process:  # a process that was forked has nothing to tidy up
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        raise Terminated(number)

    # Windows has no SIGHUP, and Python has signals in the main thread alone.
    is_main = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in _ENDING if is_main and hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in heard:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_DFL)


def exit_code(work: Callable[[], Any]) -> int:
    """Do the work of a command, say what is wrong with it, and return the exit code.

    Args:
        work: Returns an exit code, or anything else where all went well.
    """
    try:
        code = work()
        streams.flush()
    except SystemExit as exc:
        if isinstance(
            exc.__context__, BrokenPipeError
        ):  # of a network, perhaps, which click takes for the output's
            return _tell(exc.__context__)
        with suppress(streams.OutputLost):
            streams.flush()
        return exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    except BaseException as exc:
        with suppress(streams.OutputLost):
            streams.flush()
        return _tell(exc)
    return code if isinstance(code, int) else 0


def _tell(exc: BaseException) -> int:
    """Say what was raised, and return its exit code; what nobody foresaw is raised again."""
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
        message = f"standard output: cannot be written, got {exc}; send it to another place"
    elif isinstance(exc, KernelError):
        message = str(exc)
    elif said := _memory_message(exc):
        message = said
    elif isinstance(exc, OSError) and exc.errno is not None:
        message = _system_message(exc)
    else:
        raise exc
    click.echo(f"Error: {_on_one_line(printable(message))}", err=True)
    return exc.exit_code if isinstance(exc, KernelError) else 1


def _on_one_line(message: str) -> str:
    """Let what the caller has written take no line of its own; several mistakes take one each."""
    for word in sys.argv:
        if "\n" in word:
            message = message.replace(printable(word), printable(word).replace("\n", "\\n"))
    return message


def _memory_message(exc: BaseException) -> str:
    """Say that the memory was not enough; "" where it was."""
    said = " ".join(str(exc).split())
    is_short = any(
        isinstance(one, MemoryError)
        or (isinstance(one, OSError) and one.errno == errno.ENOMEM)
        or (isinstance(one, ImportError) and any(words in str(one).lower() for words in _NO_ROOM))
        for one in _chain(exc)
    )
    if is_short:
        # NumPy says what it wanted; of an import that failed, the library is not what is wrong.
        got = f", got {said!r}" if said and isinstance(exc, MemoryError) else ""
        return f"memory: there is not enough{got}; give the process more, or less to do at a time"
    limit = 0 if isinstance(exc, _BUGS) else _memory_limit()
    if limit and _memory_used() > _NEARLY_ALL * limit:
        return (
            f"memory: the limit of {limit >> 20:,} MB is nearly reached, got {type(exc).__name__}: {said}; "
            "give the process more"
        )
    return ""


def _chain(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__


def _memory_limit() -> int:
    """How many bytes of addresses this process may have; 0 where nothing limits them."""
    try:
        import resource
    except ImportError:
        return 0
    limit: int = resource.getrlimit(resource.RLIMIT_AS)[0]
    return 0 if limit == resource.RLIM_INFINITY else limit


def _memory_used() -> int:
    """How many bytes of addresses this process has had at most; 0 where the system does not tell."""
    with (
        suppress(OSError, ValueError),
        open("/proc/self/status", encoding="ascii", errors="replace") as lines,
    ):
        return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmPeak:")), 0)
    return 0


def _system_message(exc: OSError) -> str:
    """Say what the system has refused, and which line of the user's own code asked for it, if it was one."""
    what = os.fsdecode(exc.filename) if isinstance(exc.filename, (str, bytes)) else "the system"
    ours = (sys.base_prefix, sys.prefix, os.path.dirname(os.path.dirname(__file__)))
    frames = traceback.extract_tb(exc.__traceback__)
    places = [
        f"; raised at {one.filename}:{one.lineno}"
        for one in frames
        if not one.filename.startswith((*ours, "<"))
    ]
    return f"{what}: {exc.strerror or exc}{places[-1] if places else ''}; put that right and try again"
