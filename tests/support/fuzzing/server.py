"""A process for each input, forked from one that has everything imported, and watched from outside."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from fuzzing.targets import Changed, Target, unchanged
from kernel.errors import KernelError

#: Seconds of the processor that an input may take, and seconds by the clock, which a busy machine makes longer.
SECONDS, SECONDS_WAITED = 10, 120
#: Bytes of memory that an input may take; the system refuses more than half as many again.
MEMORY = 1 << 30
_LONGEST_LINE = 2000


class Hang(BaseException):
    """An input takes too long."""


@dataclass(frozen=True)
class Outcome:
    """How an input ended.

    Attributes:
        number: Which input.
        target: What read it.
        change: What was changed.
        how: `read`, `refused`, or a finding: `raised`, `unclear`, `changed`, `refused whole`, `hang`, `memory`, `died`.
        detail: The message, or the end of the traceback.
        seconds: Of the processor.
        memory: Bytes more than the server has.
    """

    number: int
    target: str
    change: str
    how: str
    detail: str = ""
    seconds: float = 0.0
    memory: int = 0

    @property
    def is_finding(self) -> bool:
        """Whether it must not be so."""
        return self.how not in ("read", "refused")


class Server:
    """Runs inputs of a seed.

    Args:
        targets: What there is to read.
        seed: Gives the inputs, with their numbers.
        keep: Folder for the inputs of findings; None keeps none.
        seconds: Of the processor that an input may take.
        memory: Bytes that an input may take.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        seed: int,
        keep: Path | None = None,
        *,
        seconds: float = SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self.targets = targets
        self.seed = seed
        self.keep = keep
        self.seconds = seconds
        self.memory = memory
        self._running: dict[int, tuple[int, int, float, Path]] = {}

    def run(self, numbers: Sequence[int], n_processes: int) -> Iterator[Outcome]:
        """Run inputs, some at a time, and give how each ended."""
        waiting = list(reversed(numbers))
        with tempfile.TemporaryDirectory() as folder:
            while waiting or self._running:
                while waiting and len(self._running) < n_processes:
                    self._start(waiting.pop(), Path(folder))
                yield from self._ended()

    def _start(self, number: int, folder: Path) -> None:
        inside = folder / str(number)
        inside.mkdir()
        read_end, write_end = os.pipe()
        child = os.fork()
        if not child:
            try:
                os.close(read_end)
                self._work(number, inside, write_end)
            except BaseException:  # nothing of the server's may be cleaned up here
                traceback.print_exc()
            finally:
                os._exit(1)
        os.close(write_end)
        self._running[read_end] = (number, child, time.monotonic(), inside)

    def _ended(self) -> Iterator[Outcome]:
        ready, _, _ = select.select(list(self._running), [], [], 1.0)
        late = [
            end
            for end, (_, _, since, _) in self._running.items()
            if time.monotonic() - since > SECONDS_WAITED
        ]
        for end in {*ready, *late}:
            number, child, _, inside = self._running.pop(end)
            if end not in ready:
                os.kill(child, signal.SIGKILL)
            with os.fdopen(end, "rb") as pipe:
                told = pipe.read()
            _, status = os.waitpid(child, 0)
            outcome = self._outcome(number, told, status, end not in ready)
            if outcome.is_finding and self.keep is not None:
                shutil.copytree(
                    inside, self.keep / f"{self.seed}-{number}", symlinks=False, dirs_exist_ok=True
                )
            shutil.rmtree(inside, ignore_errors=True)
            yield outcome

    def _outcome(self, number: int, told: bytes, status: int, is_late: bool) -> Outcome:
        if is_late or not told:
            target = self._generator(number)[1].name
            how, detail = ("hang", f"{SECONDS_WAITED} seconds") if is_late else ("died", f"status {status}")
            return Outcome(number, target, "", how, detail)
        return Outcome(**json.loads(told))

    def _generator(self, number: int) -> tuple[random.Random, Target]:
        rng = random.Random(f"{self.seed} {number}")
        return rng, rng.choices(self.targets, [target.weight for target in self.targets])[0]

    def _work(self, number: int, folder: Path, pipe: int) -> None:
        """Be the process of one input."""
        rng, target = self._generator(number)
        change = target.write(folder, rng)
        before = _memory()
        _limit_addresses(self.memory + self.memory // 2)
        start = time.process_time()
        how, detail = _how(lambda: target.read(folder), self.seconds)
        seconds, memory = time.process_time() - start, _memory() - before
        if how == "refused" and change.endswith(unchanged.__name__):
            how = "refused whole"
        if how in ("read", "refused") and memory > self.memory:
            how, detail = "memory", f"{memory >> 20} MiB"
        outcome = Outcome(number, target.name, change, how, detail[-3000:], seconds, memory)
        with contextlib.suppress(BaseException):
            os.write(pipe, json.dumps(vars(outcome)).encode("utf-8", "replace"))


def _limit_addresses(more: int) -> None:
    """Let the system refuse memory beyond so many bytes more."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more,) * 2)


def _how(read: Callable[[], Any], seconds: float) -> tuple[str, str]:
    signal.signal(signal.SIGPROF, _time_out)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        read()
    except KernelError as error:
        signal.setitimer(signal.ITIMER_PROF, 0)
        return _judged(error)
    except Hang as error:
        return "hang", "".join(traceback.format_exception(error)[-6:])
    except Changed as error:
        return "changed", str(error)
    except BaseException as error:  # whatever it is, it is a finding
        signal.setitimer(signal.ITIMER_PROF, 0)
        return "raised", "".join(traceback.format_exception(error)[-6:])
    signal.setitimer(signal.ITIMER_PROF, 0)
    return "read", ""


def _judged(error: KernelError) -> tuple[str, str]:
    """Whether an error is clear: lines of a length that can be read; a report of a config has several."""
    lines = str(error).split("\n")
    is_clear = all(line.strip() and len(line) <= _LONGEST_LINE for line in lines)
    is_clear = is_clear and "\r" not in str(error) and "\0" not in str(error)
    return "refused" if is_clear else "unclear", str(error)


def _memory() -> int:
    """The most memory that this process has taken, in bytes; forked, what it took before does not count."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _time_out(signal_number: int, frame: FrameType | None) -> None:
    signal.setitimer(signal.ITIMER_PROF, 2)  # once more, where this one is caught
    raise Hang
