"""Folders that may not be written to: a message, and what was there before still loads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kernel
from kernel.training.runs.digests import digest_of_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="takes from root what only Linux can take")

#: The command without root's right to pass over the modes of files.
AS_ANYBODY = """
import ctypes, os, sys

if os.geteuid() == 0:
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    libc.capget(header, data)
    data[0] &= ~0b1110
    data[1] &= ~0b1110
    if libc.capset(header, data):
        sys.exit("capset: " + os.strerror(ctypes.get_errno()))

from kernel.cli import run
run(sys.argv[1:])
"""

#: Closes the folder of the run, once.
CLOSING = """
import os
import kernel


@kernel.registry.callbacks("own.closing.v1")
def closing(step: int):
    def close(nlp, args):
        if args["step"] == step and not os.path.exists("closed"):
            open("closed", "w").close()
            os.chmod("run", 0o555)

    return close
"""


@pytest.fixture
def desk(walked: Path, tmp_path: Path) -> Path:
    """A folder with the config of a run and its data."""
    for name in ("config.cfg", "train.spacy", "dev.spacy"):
        (tmp_path / name).write_bytes((walked / name).read_bytes())
    return tmp_path


def train(desk: Path, output: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Train as a person who is not root."""
    settings = ["--paths.train", "train.spacy", "--paths.dev", "dev.spacy", "--training.max_steps", "20"]
    command = [
        "train",
        "config.cfg",
        "--output",
        output,
        *settings,
        "--training.eval_frequency",
        "10",
        *words,
    ]
    return subprocess.run(
        [sys.executable, "-c", AS_ANYBODY, *command],
        cwd=desk,
        env={name: value for name, value in os.environ.items() if not name.startswith("KERNEL_")},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_a_place_where_no_folder_can_be_made_is_refused_before_the_run(desk: Path) -> None:
    (desk / "shut").mkdir(mode=0o555)

    done = train(desk, "shut/run")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: shut/run: cannot be written, Permission denied; choose another --output\n"
    assert list((desk / "shut").iterdir()) == []


def test_a_folder_that_is_shut_during_the_run_costs_no_model(walked: Path, desk: Path) -> None:
    block = '[training.before_update]\n@callbacks = "own.closing.v1"\nstep = 12\n'
    config = (desk / "config.cfg").read_text("utf-8").replace("before_update = null\n", "")
    (desk / "config.cfg").write_text(f"{config}\n{block}", "utf-8")
    (desk / "closing.py").write_text(CLOSING, "utf-8")

    done = train(desk, "run", "--code", "closing.py")

    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "stopped: CheckpointError after step 20"
    assert done.stderr.splitlines()[-1] == (
        "Error: run/model-last: the pipeline cannot be saved, Permission denied; check free space and permissions, "
        "then use --resume"
    )
    kernel.load(desk / "run" / "model-best", code=True)
    kernel.load(desk / "run" / "model-last", code=True)

    (desk / "run").chmod(0o755)
    again = train(desk, "run", "--code", "closing.py", "--resume")

    assert again.returncode == 0, again.stderr
    without = ("config.cfg", "meta.json", "code/closing.py")
    assert digest_of_folder(desk / "run" / "model-last", without) == digest_of_folder(
        walked / "run" / "model-last", without
    )


@pytest.mark.parametrize("folder", ["/proc/run", "/sys/run"])
def test_a_file_system_that_takes_nothing_is_named(desk: Path, folder: str) -> None:
    done = train(desk, folder)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {folder}: cannot be written, ")
    assert done.stderr.endswith("; choose another --output\n")


def test_a_log_that_cannot_be_written_is_named(desk: Path) -> None:
    (desk / "shut").mkdir(mode=0o555)
    log = ["--training.logger.output_file", "shut/log.jsonl"]

    done = train(desk, "run", *log)

    assert done.returncode == 1
    assert (
        "[training.logger] output_file: cannot be written, got 'shut/log.jsonl' (Permission denied)"
        in done.stderr
    )
