"""Damaged input of every kind: a result or one clear error, in little time and memory, and nothing in silence."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fuzzing import formats, material
from fuzzing.mutating import mutated_bytes, mutated_tree
from fuzzing.server import Outcome, Server
from fuzzing.targets import Changed, Target

from kernel.errors import DataError
from kernel.registry import registry
from kernel.tokens import Doc, stream_docs
from kernel.vocab import Vocab

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
COMMAND = Path(__file__).parents[1] / "fuzz.py"
#: What damages a file of each format inside.
DAMAGE = {
    "spacy": formats.pack,
    "conllu": formats.columns,
    "iob": formats.columns,
    "json": formats.json_file,
    "jsonl": formats.json_lines,
    "csv": formats.columns,
}


@needs_fork
@pytest.mark.slow
def test_a_thousand_damaged_inputs_are_read_or_refused() -> None:
    done = subprocess.run(
        [sys.executable, str(COMMAND), "--inputs", "1000", "--seed", "1"],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=590,
        check=False,
    )

    assert "0 findings" in done.stdout, f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0


def run(read: Callable[[Path], None], folder: Path, n: int = 1) -> list[Outcome]:
    """Have inputs read in processes of their own, with a second and 64 MB each."""

    def write(place: Path, rng: random.Random) -> str:
        (place / "input").write_text(str(rng.random()))
        return "text"

    server = Server([Target("fake", 1, write, read)], 7, folder, seconds=1, memory=64 << 20)
    return list(server.run(range(n), 2))


def refuse(folder: Path) -> None:
    raise DataError("input:1: expected a number, got 'x'; write one")


def refuse_unclearly(folder: Path) -> None:
    raise DataError("input:1: a line,\n\nand another")


def fail(folder: Path) -> None:
    raise KeyError((folder / "input").read_text())


def never_end(folder: Path) -> None:
    while True:
        pass


def take_memory(folder: Path) -> None:
    assert len(bytearray(80 << 20)) > 0


def change(folder: Path) -> None:
    raise Changed("it predicts something else")


def die(folder: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@needs_fork
@pytest.mark.parametrize(
    ("read", "how"),
    [
        (lambda folder: None, "read"),
        (refuse, "refused"),
        (refuse_unclearly, "unclear"),
        (fail, "raised"),
        (never_end, "hang"),
        (take_memory, "memory"),
        (change, "changed"),
        (die, "died"),
    ],
)
def test_the_fuzzer_notices_how_an_input_ends(tmp_path: Path, read: Callable[[Path], None], how: str) -> None:
    (outcome,) = run(read, tmp_path)

    assert (outcome.how, outcome.is_finding) == (how, how not in ("read", "refused"))
    assert (tmp_path / "7-0" / "input").exists() == outcome.is_finding


@needs_fork
def test_an_input_of_a_number_is_the_same_again(tmp_path: Path) -> None:
    first = {one.number: one.detail.splitlines()[-1] for one in run(fail, tmp_path, n=6)}
    again = {one.number: one.detail.splitlines()[-1] for one in run(fail, tmp_path, n=6)}

    assert first == again
    assert len(set(first.values())) == 6


@pytest.mark.parametrize("ending", DAMAGE)
def test_damage_inside_a_file_reaches_what_reads_its_parts(tmp_path: Path, ending: str) -> None:
    whole = material.files()[ending]
    damaged = [DAMAGE[ending](whole, random.Random(seed)) for seed in range(60)]

    assert len(set(damaged)) > 50
    assert len({refusal(tmp_path, ending, data)[:40] for data in damaged}) > 5


def refusal(folder: Path, ending: str, data: bytes) -> str:
    """Read a file to its end; the message without its place, or nothing where there are documents."""
    path = folder / f"damaged.{ending}"
    path.write_bytes(data)
    try:
        n_tokens = sum(len(doc) for doc in documents(path))
    except DataError as error:
        return str(error).removeprefix(str(path)).lstrip(":0123456789 ")
    return "" if n_tokens else "no tokens"


def documents(path: Path) -> Iterator[Doc]:
    """Read a file by its ending, one document at a time."""
    if path.suffix == ".spacy":
        return stream_docs(path, Vocab())
    return iter(registry.converters.get(path.suffix[1:])(path))


def test_trees_and_bytes_change_in_few_places() -> None:
    tree = {"a": [1, 2, {"b": "text"}], "c": None}

    assert sum(mutated_tree(tree, random.Random(seed)) != tree for seed in range(100)) > 90
    assert sum(mutated_bytes(b"some bytes", random.Random(seed)) != b"some bytes" for seed in range(100)) > 80
    assert tree == {"a": [1, 2, {"b": "text"}], "c": None}


@pytest.mark.parametrize("ending", DAMAGE)
def test_a_large_file_takes_at_most_ten_times_its_size(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"large.{ending}"
    size = material.write_large(path, 1_200_000 if ending == "spacy" else 200_000)
    n_docs = sum(1 for _ in documents(path))  # what is loaded once does not count

    tracemalloc.start()
    again = sum(1 for _ in documents(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert again == n_docs > 100
    assert peak < 10 * size


def test_the_undamaged_files_are_read(tmp_path: Path) -> None:
    whole = material.files()

    assert {ending: refusal(tmp_path, ending, whole[ending]) for ending in DAMAGE} == dict.fromkeys(
        DAMAGE, ""
    )
    assert zlib.decompress(whole["spacy"])[:1] == b"\x8a"
