"""Tokenizer speed, beside spaCy's on the same texts.

    python benchmarks/tokenizer.py --spacy-python PATH [--rounds 5]

Each round starts one process per side, in turns, which tokenizes all texts once cold and then several times warm.
Printed are medians over the rounds, in words per second. Texts are those of $KERNEL_DATA/interop; PATH is a Python
that has spaCy (or $SPACY_PYTHON); without it only kernel is measured.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

SENTENCES_A_PARAGRAPH = 20
WARM_RUNS = 5


def texts(data: Path) -> dict[str, list[str]]:
    """Read the texts: single sentences, and the same ones joined to paragraphs."""
    with gzip.open(data / "interop" / "tokenization_en.jsonl.gz", "rt", encoding="utf8") as file:
        sentences = [json.loads(line)["text"] for line in file]
    starts = range(0, len(sentences), SENTENCES_A_PARAGRAPH)
    paragraphs = [" ".join(sentences[start : start + SENTENCES_A_PARAGRAPH]) for start in starts]
    return {"sentences": sentences, "paragraphs": paragraphs}


def tokenizer(side: str) -> Any:
    """Make the blank English tokenizer of one side."""
    if side == "spacy":
        return import_module("spacy").blank("en").tokenizer
    return import_module("kernel").blank("en").tokenizer


def words_per_second(tokenize: Callable[[Sequence[str]], Any], batch: Sequence[str]) -> float:
    """Tokenize all texts once and give the speed."""
    start = time.perf_counter()
    docs = list(tokenize(batch))
    seconds = time.perf_counter() - start
    return sum(map(len, docs)) / seconds


def measure(side: str, data: Path) -> dict[str, float]:
    """Measure one side in this process."""
    speeds: dict[str, float] = {}
    for name, batch in texts(data).items():
        made = tokenizer(side)
        speeds[f"{name}, cold"] = words_per_second(made.pipe, batch)
        one_by_one = [words_per_second(partial(map, made), batch) for _ in range(WARM_RUNS)]
        streamed = [words_per_second(made.pipe, batch) for _ in range(WARM_RUNS)]
        speeds[f"{name}, warm, one by one"] = statistics.median(one_by_one)
        speeds[f"{name}, warm, pipe"] = statistics.median(streamed)
    return speeds


def measured_apart(side: str, python: str, data: Path) -> dict[str, float]:
    """Measure one side in a process of its own, on one thread."""
    command = [python, __file__, "--measure", side, "--data", str(data)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    speeds: dict[str, float] = json.loads(done.stdout)
    return speeds


def main() -> None:
    """Measure both sides in turns and print their medians side by side."""
    parser = argparse.ArgumentParser(description="tokenizer speed, kernel beside spaCy")
    parser.add_argument(
        "--spacy-python", default=os.environ.get("SPACY_PYTHON"), help="a Python that has spaCy"
    )
    parser.add_argument(
        "--data", default=os.environ.get("KERNEL_DATA"), type=Path, help="folder with interop/"
    )
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--measure", choices=["kernel", "spacy"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("set KERNEL_DATA or give --data")
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, arguments.data)))
        return
    pythons = {"kernel": sys.executable}
    if arguments.spacy_python:
        pythons["spacy"] = arguments.spacy_python
    rounds = [
        {side: measured_apart(side, python, arguments.data) for side, python in pythons.items()}
        for _ in range(arguments.rounds)
    ]
    print(f"{'words/s, median of rounds':32}{'kernel':>12}{'spacy':>12}{'ratio':>8}")
    for name in rounds[0]["kernel"]:
        medians = [statistics.median(done[side][name] for done in rounds) for side in pythons]
        speeds = "".join(f"{median:12,.0f}" for median in medians)
        ratio = f"{medians[0] / medians[1]:8.2f}" if len(medians) == 2 else ""
        print(f"{name:32}{speeds}{ratio}")


if __name__ == "__main__":
    main()
