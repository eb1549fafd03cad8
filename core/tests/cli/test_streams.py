"""Standard streams that take nothing: one message, and the same exit code each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.testing.runs.distributions import table_module, write_distribution

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")

COMMANDS = [
    ["--help"],
    ["--version"],
    ["plugins", "list"],
    ["plugins", "show", "kernel.Tokenizer.v1"],
    ["info"],
    ["init", "config", "--lang", "xx", "--pipeline", "sentencizer"],
]
#: Runs the command line with some of its standard streams closed.
CLOSING = """
import os, sys
for number in map(int, sys.argv[1].split(",")):
    os.close(number)
os.execv(sys.executable, [sys.executable, "-m", "kernel", *sys.argv[2:]])
"""


def call(*args: str, closed: str = "", **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command line, with closed standard streams where that is asked for."""
    start = ["-c", CLOSING, closed] if closed else ["-m", "kernel"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("KERNEL_")}
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8", "env": env, **options}
    return subprocess.run([sys.executable, *start, *args], check=False, timeout=60, **given)


def unread() -> int:
    """Make a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


@needs_full
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_results_that_find_no_room_are_one_message(args: list[str]) -> None:
    with FULL.open("w") as full:
        done = call(*args, stdout=full)

    assert done.returncode == 1
    assert done.stderr == (
        "Error: standard output: cannot be written, got No space left on device; redirect it elsewhere\n"
    )


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_a_reader_that_has_gone_ends_a_command_without_a_word(args: list[str]) -> None:
    writer = unread()
    done = call(*args, stdout=writer)
    os.close(writer)

    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(os.name == "nt", reason="closes streams by their numbers")
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_a_closed_standard_output_is_one_message(args: list[str]) -> None:
    done = call(*args, closed="1")

    assert done.returncode == 1
    assert done.stderr == (
        "Error: standard output: cannot be written, got Bad file descriptor; redirect it elsewhere\n"
    )


@needs_full
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_standard_error_changes_nothing_whether_full_or_closed(args: list[str]) -> None:
    with FULL.open("w") as full:
        found = call(*args, stderr=full), call(*args, closed="2"), call(*args)

    assert {(done.returncode, done.stdout) for done in found} == {(0, found[-1].stdout)}


@needs_full
def test_a_mistake_has_its_exit_code_where_nobody_can_read_of_it() -> None:
    with FULL.open("w") as full:
        codes = [call("info", "nowhere", stderr=full), call("info", "a", "b", stderr=full)]

    assert [done.returncode for done in codes] == [1, 2]


@pytest.mark.skipif(os.name == "nt", reason="closes streams by their numbers")
def test_no_file_of_a_command_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    source = """
import click, os

@click.command()
def command():
    with open("file", "w") as file:
        open("number", "w").write(str(file.fileno()))
"""
    tables = table_module(commands={"hello": "acme_greet.code:command"})
    write_distribution(tmp_path, "greet", tables, modules={"code": source})

    call("hello", closed="0,1,2", cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})

    assert int((tmp_path / "number").read_text("utf-8")) > 2


def test_a_closed_standard_input_is_one_message() -> None:
    done = call("config", "show", "-", closed="0")

    assert done.returncode == 1
    assert (
        done.stderr == "Error: <stdin>: the config is empty; write one to standard input, or pass its path\n"
    )


@pytest.mark.parametrize("text", [b"\xff[nlp]", "[nlp]\nlang = é".encode("latin-1")])
def test_standard_input_that_is_no_utf_8_is_one_message(text: bytes) -> None:
    done = call("config", "show", "-", input=text, encoding=None)

    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: <stdin>:")
    assert b": a config is UTF-8 text, got byte " in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_what_the_encoding_lacks_is_written_as_escapes(tmp_path: Path) -> None:
    source = """
import click, sys

@click.command()
def command():
    sys.stdout.write("caf\\u00e9\\n")
"""
    tables = table_module(commands={"hello": "acme_greet.code:command"})
    write_distribution(tmp_path, "greet", tables, modules={"code": source})
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "ascii"}

    assert call("hello", env=env).stdout == "caf\\xe9\n"


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\rb", "a\u202eb", "a\x9b31mb", "a\nb"])
def test_messages_do_not_let_a_name_control_the_terminal(name: str) -> None:
    shown = name.encode("unicode_escape").decode("ascii")

    assert call("info", name).stderr.startswith(f"Error: {shown}/meta.json: cannot be read, ")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_messages_show_the_bytes_of_a_name_that_is_no_utf_8() -> None:
    assert call("info", os.fsdecode(b"caf\xe9")).stderr.startswith(
        "Error: caf\\udce9/meta.json: cannot be read, "
    )
