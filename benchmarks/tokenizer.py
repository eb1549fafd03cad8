"""Tokenizer speed, beside spaCy's on the same texts.

    python benchmarks/tokenizer.py --spacy-python PATH [--rounds 5]

Each round starts one process per side, in turns, which tokenizes all texts once cold and then several times warm.
Printed are medians over the rounds, in words per second. Texts are those of $KERNEL_DATA/interop; PATH is a Python
that has spaCy (or $SPACY_PYTHON); without it only kernel is measured. Then, for each language of pkg-languages, the
share of spaCy's tokens that are ours too: on the sample sentences that spaCy has, and on Danish DDT where
$KERNEL_DATA has it (`uner_danish_ddt/*.iob2.gz`).
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
LANGUAGES = ("da", "de", "es", "fr", "it", "nb", "nl", "pl", "pt", "ru", "sv")


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


def language_texts(data: Path) -> dict[str, list[str]]:
    """Read sentences of each language; runs where spaCy is."""
    texts = {code: list(import_module(f"spacy.lang.{code}.examples").sentences) for code in LANGUAGES}
    for path in sorted(data.glob("uner_danish_ddt/*-dev.iob2.gz")):
        with gzip.open(path, "rt", encoding="utf8") as lines:
            texts["da"] += [line.partition("=")[2].strip() for line in lines if line.startswith("# text = ")]
    return texts


def tokens_of(side: str, texts: dict[str, list[str]]) -> dict[str, list[list[list[int]]]]:
    """Tokenize the texts of each language: where each token starts and ends."""
    blank = import_module(side).blank
    made = {code: blank(code) for code in texts}
    return {
        code: [[[token.idx, token.idx + len(token)] for token in made[code](text)] for text in batch]
        for code, batch in texts.items()
    }


def print_agreement(python: str, data: Path) -> None:
    """Print which share of spaCy's tokens are ours, for each language."""
    command = [python, "-W", "ignore", __file__, "--measure", "languages", "--data", str(data)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    samples, theirs = json.loads(done.stdout)
    print("language      tokens    also ours")
    for code, found in tokens_of("kernel", samples).items():
        pairs = list(zip(found, theirs[code], strict=True))
        n_same = sum(token in own for own, other in pairs for token in other)
        n_all = sum(len(other) for _, other in pairs)
        print(f"{code:10}{n_all:10,}{n_same / n_all:12.2%}")


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
    parser.add_argument("--measure", choices=["kernel", "spacy", "languages"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("set KERNEL_DATA or give --data")
    if arguments.measure == "languages":
        samples = language_texts(arguments.data)
        print(json.dumps([samples, tokens_of("spacy", samples)]))
        return
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
    if arguments.spacy_python:
        print_agreement(arguments.spacy_python, arguments.data)


if __name__ == "__main__":
    main()
