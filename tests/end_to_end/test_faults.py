"""What a hostile or unlucky user puts in a command's way: one message, no traceback, nothing waited for in silence."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.cli import main
from kernel.cli.exits import exit_code

pytestmark = pytest.mark.skipif(os.name == "nt", reason="makes links and pipes")

PATHS = ["--paths.train", "train.spacy", "--paths.dev", "dev.spacy"]
SHORT = [*PATHS, "--training.max_steps", "2", "--training.eval_frequency", "1"]
VECTORS = "2 2\na 1 2\nb 2 3\n"


@pytest.fixture
def desk(walked: Path, tmp_path: Path) -> Path:
    """A folder with everything that commands ask for."""
    for name in ("config.cfg", "train.spacy", "dev.spacy", "train.conllu"):
        shutil.copy(walked / name, tmp_path)
    (tmp_path / "model").symlink_to(walked / "run" / "model-last")
    (tmp_path / "run").symlink_to(walked / "run")
    (tmp_path / "vectors.txt").write_text(VECTORS, "utf-8")
    return tmp_path


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Calls the command line in this process, which takes less time; one that waits for something fails."""
    monkeypatch.chdir(desk)

    def late(number: int, frame: object) -> None:
        raise AssertionError("the command waits for something")

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["kernel", *words])
        before = signal.signal(signal.SIGALRM, late)
        signal.alarm(60)
        try:
            code = exit_code(lambda: main.main(list(words), prog_name="kernel", standalone_mode=False))
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
        return code, capfd.readouterr().err

    return call


def one_message(done: tuple[int, str]) -> str:
    """See that a command failed with one line, and return it."""
    code, said = done
    assert code == 1, said
    assert said.startswith("Error: ")
    assert said.count("\n") == 1, said
    return said.removeprefix("Error: ").rstrip("\n")


def names(folder: Path) -> set[str]:
    return set(os.listdir(folder))


@pytest.mark.parametrize(
    "words",
    [
        ["train", "pipe", *PATHS],
        ["train", "config.cfg", "--output", "new", "--paths.train", "pipe.spacy", "--paths.dev", "dev.spacy"],
        [
            "train",
            "config.cfg",
            "--output",
            "new",
            "--paths.train",
            "train.spacy",
            "--paths.dev",
            "pipe.conllu",
        ],
        ["train", "config.cfg", "--output", "new", *PATHS, "--code", "pipe"],
        ["train", "config.cfg", "--output", "new", *PATHS, "--initialize.vectors", "pipe"],
        ["train", "config.cfg", "--output", "new", *PATHS, "--initialize.vocab_data", "pipe"],
        ["train", "config.cfg", "--output", "pipe", *PATHS],
        ["evaluate", "model", "pipe.spacy"],
        ["evaluate", "pipe", "dev.spacy"],
        ["evaluate", "model", "dev.spacy", "--output", "pipe"],
        ["convert", "pipe.conllu", "new.spacy"],
        ["convert", "train.conllu", "pipe.spacy"],
        ["convert", "train.conllu", "-", "--ner-map", "pipe"],
        ["init", "config", "pipe", "--force"],
        ["init", "fill-config", "pipe", "new.cfg"],
        ["init", "fill-config", "config.cfg", "pipe"],
        ["init", "vectors", "xx", "pipe", "new"],
        ["init", "vectors", "xx", "vectors.txt", "pipe", "--force"],
        ["init", "labels", "config.cfg", "pipe", *PATHS],
        ["config", "show", "pipe"],
        ["explain", "pipe"],
        ["info", "pipe"],
        ["plugins", "freeze", "pipe"],
        ["plugins", "new", "acme-shout", "--output", "pipe"],
        ["reproduce", "pipe"],
        ["reproduce", "run", "--output", "pipe"],
    ],
    ids=" ".join,
)
def test_a_pipe_in_the_place_of_a_file_is_refused(desk: Path, command: Command, words: list[str]) -> None:
    for name in ("pipe", "pipe.spacy", "pipe.conllu"):
        os.mkfifo(desk / name)
    before = names(desk)

    one_message(command(*words))

    assert names(desk) == before
    assert (desk / "pipe").is_fifo()


@pytest.mark.parametrize(
    "part", ["config.cfg", "meta.json", "tokenizer", "vocab/strings.json", "tagger/cfg.json"]
)
def test_a_pipe_in_a_saved_pipeline_is_named(desk: Path, command: Command, part: str) -> None:
    shutil.copytree(desk / "model", desk / "copy")
    (desk / "copy" / part).unlink()
    os.mkfifo(desk / "copy" / part)

    said = one_message(command("evaluate", "copy", "dev.spacy"))

    assert said == f"copy/{part}: cannot be read, it is a pipe, not a file; save the pipeline again"


@pytest.mark.parametrize("part", ["state.json", "arrays.safetensors"])
def test_a_pipe_in_a_checkpoint_is_named(desk: Path, command: Command, part: str) -> None:
    (desk / "run").unlink()
    settings = [*SHORT, "--output", "run"]
    assert command("train", "config.cfg", *settings)[0] == 0
    [checkpoint] = (desk / "run" / "checkpoints").iterdir()
    (checkpoint / part).unlink()
    os.mkfifo(checkpoint / part)

    said = one_message(command("train", "config.cfg", *settings, "--resume"))

    assert said.startswith(f"run/checkpoints/{checkpoint.name}: the checkpoint cannot be read, ")
    assert "it is a pipe, not a file" in said


LINK = "it is a broken link, to 'nowhere'"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["train", "config.cfg", "--output", "link", *PATHS],
            f"link: cannot be written, {LINK}; choose another --output",
        ),
        (
            ["train", "config.cfg", "--output", "link/run", *PATHS, "--overwrite"],
            f"link/run: cannot be written, {LINK}; choose another --output",
        ),
        (
            ["train", "config.cfg", "--output", "link", *PATHS, "--resume"],
            f"link: cannot be written, {LINK}; choose another --output",
        ),
        (
            ["reproduce", "run", "--output", "link"],
            f"{{here}}/link: cannot be written, {LINK}; choose another --output",
        ),
        (
            ["evaluate", "model", "dev.spacy", "--output", "link"],
            f"link: cannot be written, got {LINK}; choose another --output",
        ),
        (
            ["convert", "train.conllu", "link.spacy"],
            f"link.spacy: cannot be written, got {LINK}; choose another path",
        ),
        (
            ["convert", "train.conllu", "link"],
            f"link/train.spacy: cannot be written, got {LINK}; choose another path",
        ),
        (["init", "config", "link"], f'link: the config cannot be written, got "{LINK}"; check the folder'),
        (
            ["init", "fill-config", "config.cfg", "link"],
            f'link: the config cannot be written, got "{LINK}"; check the folder',
        ),
        (["init", "vectors", "xx", "vectors.txt", "link"], f"link: the pipeline cannot be saved, {LINK}"),
        (["init", "labels", "config.cfg", "link", *PATHS], f"link: labels cannot be written there, {LINK}"),
        (
            ["plugins", "new", "acme-shout", "--output", "link"],
            f"plugins new: link: cannot be written, {LINK}",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_output_that_is_a_link_to_nowhere_is_refused(
    desk: Path, command: Command, words: list[str], said: str
) -> None:
    for name in ("link", "link.spacy"):
        (desk / name).symlink_to("nowhere")
    before = names(desk)

    assert one_message(command(*words)) == said.format(here=desk)
    assert names(desk) == before
    assert os.readlink(desk / "link") == "nowhere"


@pytest.mark.parametrize(
    "words",
    [
        ["train", "config.cfg", "--output", "link", *SHORT],
        ["init", "vectors", "xx", "vectors.txt", "link", "--force"],
        ["init", "labels", "config.cfg", "link", *PATHS],
        ["convert", "train.conllu", "link"],
    ],
    ids=" ".join,
)
def test_an_output_that_is_a_link_to_a_folder_is_written_there(
    desk: Path, command: Command, words: list[str]
) -> None:
    (desk / "far").mkdir()
    (desk / "link").symlink_to("far")
    before = names(desk)

    code, said = command(*words)

    assert code == 0, said
    assert names(desk) == before
    assert (desk / "link").is_symlink()
    assert names(desk / "far")


@pytest.mark.parametrize(
    "words",
    [
        ["convert", "NAME", "out"],
        ["convert", "train.conllu", "NAME"],
        ["evaluate", "NAME", "dev.spacy"],
        ["evaluate", "model", "NAME"],
        ["train", "NAME"],
        ["train", "config.cfg", *PATHS, "--output", "NAME"],
        ["train", "config.cfg", *PATHS, "--code", "NAME"],
        ["train", "config.cfg", "--paths.train", "NAME", "--paths.dev", "dev.spacy"],
        ["init", "config", "NAME"],
        ["init", "vectors", "xx", "vectors.txt", "NAME"],
        ["info", "NAME"],
        ["plugins", "freeze", "NAME"],
        ["plugins", "new", "acme-shout", "--output", "NAME"],
        ["reproduce", "NAME"],
    ],
    ids=" ".join,
)
def test_a_name_that_is_too_long_is_one_message(command: Command, words: list[str]) -> None:
    name = "x" * 300 + ".spacy"

    said = one_message(command(*(name if word == "NAME" else word for word in words)))

    assert name in said


def unread() -> int:
    """Make a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def full() -> int:
    """Open a device that is always full."""
    return os.open("/dev/full", os.O_WRONLY)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(("opened", "why"), [(unread, "Broken pipe"), (full, "No space left on device")])
def test_a_run_with_a_folder_outlasts_its_standard_output(
    desk: Path, opened: Callable[[], int], why: str
) -> None:
    where = opened()
    done = subprocess.run(
        [sys.executable, "-m", "kernel", "train", "config.cfg", "--output", "new", *SHORT],
        cwd=desk,
        stdout=where,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    os.close(where)

    assert done.returncode == 0
    assert done.stderr == (
        f"note: standard output cannot be written, got {why}; the run continues, its evaluations are in new/log.jsonl\n"
    )
    assert names(desk / "new") == {
        *("checkpoints", "config.cfg", "log.jsonl", "manifest.json", "model-best", "model-last")
    }


@pytest.mark.parametrize("output", [["--output", "new"], []], ids=["folder", "none"])
def test_a_limit_of_memory_is_one_message(desk: Path, output: list[str]) -> None:
    program = (
        "import resource, sys\n"
        "import numpy, thinc.api, kernel.training.fit\n"
        "numpy.ones((300, 300)) @ numpy.ones((300, 300))  # OpenBLAS takes its share, without which it exits\n"
        "from kernel.cli import run\n"
        "used = next(int(line.split()[1]) << 10 for line in open('/proc/self/status') if line.startswith('VmSize'))\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + (20 << 20), -1))\n"
        "run(sys.argv[1:])\n"
    )
    if not Path("/proc/self/status").exists():
        pytest.skip("needs a system that says how much memory is in use")

    done = subprocess.run(
        [sys.executable, "-c", program, "train", "config.cfg", *SHORT, *output],
        cwd=desk,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    message = one_message((done.returncode, done.stderr))
    assert message.startswith("memory: ") or "its weights do not fit into memory" in message
    assert not (desk / "new").exists()
