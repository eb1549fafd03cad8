"""What ends a command from outside: signals, and what the system refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.cli import run as run_command_line
from kernel.testing.runs.distributions import table_module, write_distribution

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends signals")

COMMAND = """
import os, resource, signal, tempfile
import click

@click.command()
def command():
    {work}
"""


def run(folder: Path, work: str, *, command: str = COMMAND) -> subprocess.CompletedProcess[str]:
    """Run a command of a plugin in a folder."""
    tables = table_module(commands={"hello": "acme_greet.code:command"})
    write_distribution(folder, "greet", tables, modules={"code": command.format(work=work)})
    return subprocess.run(
        [sys.executable, "-m", "kernel", "hello"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_lets_a_command_tidy_up(tmp_path: Path, name: str, code: int) -> None:
    work = f"""
    with tempfile.TemporaryDirectory(dir=".", prefix="left"):
        os.kill(os.getpid(), signal.{name})
"""
    done = run(tmp_path, work)

    assert (done.returncode, done.stdout, done.stderr.strip()) == (code, "", "Aborted")
    assert list(tmp_path.glob("left*")) == []


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_while_a_plugin_is_imported_is_not_its_fault(tmp_path: Path, name: str, code: int) -> None:
    done = run(tmp_path, "", command=f"import os, signal\nos.kill(os.getpid(), signal.{name})\n")

    assert (done.returncode, done.stderr.strip()) == (code, "Aborted")


def test_a_signal_that_the_caller_ignores_stays_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        done = run(tmp_path, 'os.kill(os.getpid(), signal.SIGHUP); click.echo("still here")')
    finally:
        signal.signal(signal.SIGHUP, before)

    assert (done.returncode, done.stdout) == (0, "still here\n")


def test_a_process_that_was_forked_ends_by_the_signal_itself(tmp_path: Path) -> None:
    work = """
    pid = os.fork()
    if not pid:
        os.kill(os.getpid(), signal.SIGTERM)
    click.echo(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
"""
    done = run(tmp_path, work)

    assert (done.returncode, done.stdout, done.stderr) == (0, "-15\n", "")


@pytest.mark.parametrize(
    ("work", "got"),
    [
        ("raise MemoryError", ""),
        ('raise MemoryError("Unable to allocate 9 TiB")', ", got 'Unable to allocate 9 TiB'"),
        ('raise OSError(12, "Cannot allocate memory")', ""),
        ('raise ImportError("x.so: failed to map segment from shared object")', ""),
    ],
)
def test_memory_that_is_not_enough_is_one_message(tmp_path: Path, work: str, got: str) -> None:
    done = run(tmp_path, work)

    assert done.returncode == 1
    assert done.stderr == (
        f"Error: memory: not enough{got}; give the process more, or use smaller batches or inputs\n"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing limits addresses")
def test_what_fails_just_below_a_limit_of_memory_is_the_limits_fault(tmp_path: Path) -> None:
    work = """
    used = next(int(line.split()[1]) << 10 for line in open("/proc/self/status") if line.startswith("VmPeak"))
    resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 20), -1))
    raise ValueError("a library that gave up")
"""
    done = run(tmp_path, work)

    assert done.returncode == 1
    assert done.stderr.startswith("Error: memory: the limit of ")
    assert done.stderr.endswith(
        " MB is nearly reached, got ValueError: a library that gave up; give the process more\n"
    )


def test_what_the_system_refuses_is_one_message_with_the_users_own_line(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def read():\n    return open('x' * 300)\n", "utf-8")

    done = run(tmp_path, "import sys; sys.path.insert(0, '.'); import own; own.read()")

    assert done.returncode == 1
    assert done.stderr == (
        f"Error: {'x' * 300}: File name too long; raised at {tmp_path / 'own.py'}:2; fix that and try again\n"
    )


def test_what_nobody_foresaw_is_shown_as_it_is(tmp_path: Path) -> None:
    done = run(tmp_path, "1 / 0")

    assert done.returncode == 1
    assert done.stderr.startswith("Traceback ")
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_a_program_that_calls_the_command_line_gets_its_streams_and_signals_back() -> None:
    before = sys.stdout, sys.stderr, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGHUP)

    with pytest.raises(SystemExit):
        run_command_line(["--version"])

    assert (
        sys.stdout,
        sys.stderr,
        signal.getsignal(signal.SIGTERM),
        signal.getsignal(signal.SIGHUP),
    ) == before
