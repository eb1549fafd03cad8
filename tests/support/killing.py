"""Trains in processes that die: a program of its own, since it kills and breaks what it runs in.

    python killing.py FOLDER kill|fail N M
    python killing.py FOLDER moments N 0

FOLDER holds `config.cfg` and `own.py`. A whole run is made first, then one that goes on from death to death: N times
anywhere, each time a few touches of its output later than the time before, and M times within the writing of a
checkpoint, one touch later each time. It is killed (kill) or told that the disk is full (fail); or it is killed N times
at random moments (moments). After each death what is there must load. Whenever the run comes to its end, it must be the
same as the whole one, byte for byte; then it begins anew. Prints one line of JSON.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import kernel
from kernel.errors import KernelError
from kernel.training.runs import checkpoint
from kernel.training.runs.digests import digest_of_folder

#: What Python tells of before it changes something on the disk.
EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.truncate"}
#: Touches of the disk between one death anywhere and the next.
STRIDE = 7
#: Facts of a log line that the clock gives.
CLOCK = ("started", "seconds", "speed")


def child(work: Callable[[], None], seconds: float | None = None) -> int:
    """Do something in a process of its own, which is killed after some seconds, and return how it ended."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            work()
            code = 0
        except KernelError:
            code = 3
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)  # until it is waited for, the number is no other process's
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def train(output: str, resume: bool = False) -> None:
    """Run or go on, saying nothing."""
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        log = {"training.logger.path": f"{output}/log.jsonl"}
        kernel.train("config.cfg", output, overrides=log, code=["own.py"], resume=resume)


def strike_at(number: int, strike: Callable[[], None], *, in_checkpoint: bool) -> None:
    """Call a function before the so manyth time that this process touches the disk.

    Args:
        number: Counted from 1.
        strike: What to call.
        in_checkpoint: Whether to count from the first checkpoint on that is begun.
    """
    count = 0
    counts = not in_checkpoint

    def touched(*args: Any) -> None:
        nonlocal count
        count += counts
        if count == number and counts:
            strike()

    def hear(event: str, args: tuple[Any, ...]) -> None:
        nonlocal counts
        if event in EVENTS and not (event == "open" and not writes(args)):
            counts = counts or (event == "os.mkdir" and ".step-" in str(args[0]))
            touched()

    sys.addaudithook(hear)
    for owner, name in ((os, "fsync"), (checkpoint, "save_file")):
        setattr(owner, name, after(touched, getattr(owner, name)))


def writes(args: tuple[Any, ...]) -> bool:
    """Whether a file is opened to be written."""
    flags = args[2]
    return (
        isinstance(args[0], str) and "run" in args[0] and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    )


def after(first: Callable[..., None], then: Callable[..., Any]) -> Callable[..., Any]:
    """Call one function before another."""

    def both(*args: Any, **options: Any) -> Any:
        first()
        return then(*args, **options)

    return both


def die() -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def disk_full() -> None:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def check_loads() -> None:
    """Load whatever a run has left."""
    for name in ("model-best", "model-last"):
        if Path("run", name).exists():
            kernel.load(Path("run", name), code=True)
    for place in checkpoint.places(Path("run")):
        checkpoint.read(place)


def result(output: Path) -> dict[str, str]:
    """Say what a run has come to: its pipelines, its log, its last checkpoint."""
    # The config names the log, which has another place.
    models = ("model-best", "model-last")
    found = {name: digest_of_folder(output / name, ("config.cfg", "meta.json")) for name in models}
    found["log"] = str([without_clock(json.loads(line)) for line in (output / "log.jsonl").open()])
    last = checkpoint.read(checkpoint.places(output)[-1])
    # The state holds what the clock gave, and the checksums that of the state.
    timed = (checkpoint.STATE, checkpoint.CHECKSUMS)
    found["arrays"] = digest_of_folder(checkpoint.places(output)[-1], timed)
    found["state"] = str((last.step.checkpoints, last.data, last.random, last.learned))
    return found


def without_clock(value: Any) -> Any:
    """Leave out of a log line what no two runs have in common, and the name of the folder."""
    if isinstance(value, dict):
        return {key: without_clock(item) for key, item in value.items() if key not in (*CLOCK, "output_path")}
    return value


def main(folder: str, how: str, n_anywhere: int, n_in_checkpoint: int) -> None:
    """Make the whole run, then let the other one die, and compare whenever it has come to its end."""
    os.chdir(folder)
    # Imports take most of the time of a short run, and are done once.
    kernel.train("config.cfg", overrides={"training.max_steps": 1}, code=["own.py"])
    began = time.monotonic()
    assert child(lambda: train("whole")) == 0
    lasted = time.monotonic() - began
    whole, moments = result(Path("whole")), random.Random(n_anywhere)
    codes: list[int] = []
    different: list[str] = []
    deaths = [(number, False) for number in range(1, STRIDE * n_anywhere, STRIDE)]
    deaths += [(number, True) for number in range(1, n_in_checkpoint + 1)]
    for number, in_checkpoint in [*deaths, (0, False)]:

        def work(number: int = number, in_checkpoint: bool = in_checkpoint) -> None:
            if number and how != "moments":
                strike = die if how == "kill" else disk_full
                strike_at(number, strike, in_checkpoint=in_checkpoint)
            train("run", resume=True)

        is_timed = how == "moments" and number
        codes.append(child(work, moments.uniform(0.0, lasted) if is_timed else None))
        assert child(check_loads) == 0, f"after death {number}"
        if codes[-1] == 0:
            run = result(Path("run"))
            different += [key for key in whole if whole[key] != run[key]]
            shutil.rmtree("run")
    print(json.dumps({"codes": codes, "different": different}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:5]))
