"""Documents as arrays, out of packs and from dictionaries, beside spaCy's on the same data.

    python benchmarks/text.py --spacy-python PATH [--rounds 5]

Each round starts one process per side, in turns. Printed are medians over the rounds: milliseconds for four features of
a batch of 1,000 documents, documents a second from a `.spacy` file, examples a second from dictionaries (words, tags,
heads, labels, lemmas, morphology, sentence starts). Data are $KERNEL_DATA's
`ud_english_ewt/en_ewt-ud-train.conllu.gz`, 12,544 sentences, each a document.
Times are the processor's. PATH is a Python that has spaCy (or $SPACY_PYTHON).
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

FEATURES = ["NORM", "PREFIX", "SUFFIX", "SHAPE"]
DOCS_A_BATCH = 1000
REPEATS = 5


def best_of(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Seconds of the fastest of several times."""
    found = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def sentences(path: Path) -> list[dict[str, list[Any]]]:
    """The sentences of a treebank as dictionaries, as `Example.from_dict` takes them."""
    found = []
    with gzip.open(path, "rt", encoding="utf8") as file:
        for block in file.read().split("\n\n"):
            rows = [line.split("\t") for line in block.splitlines() if line and line[0] != "#"]
            rows = [row for row in rows if row[0].isdigit()]
            if rows:
                found.append(annotations(rows))
    return found


def annotations(rows: list[list[str]]) -> dict[str, list[Any]]:
    """One sentence."""
    return {
        "words": [row[1] for row in rows],
        "spaces": ["SpaceAfter=No" not in row[9] for row in rows],
        "tags": [row[4] for row in rows],
        "pos": [row[3] for row in rows],
        "lemmas": [row[2] for row in rows],
        "morphs": ["" if row[5] == "_" else row[5] for row in rows],
        "heads": [int(row[6]) - 1 if row[6] != "0" else i for i, row in enumerate(rows)],
        "deps": [row[7] for row in rows],
        "sent_starts": [i == 0 for i in range(len(rows))],
    }


def measure(side: str, data: Path) -> dict[str, float]:
    """Measure one side in this process."""
    tokens, training = import_module(f"{side}.tokens"), import_module(f"{side}.training")
    blank = import_module(side).blank
    read = sentences(data / "ud_english_ewt" / "en_ewt-ud-train.conllu.gz")
    vocab = blank("en").vocab

    def make() -> list[Any]:
        return [
            training.Example.from_dict(tokens.Doc(vocab, one["words"], one["spaces"]), dict(one))
            for one in read
        ]

    start = time.process_time()
    examples = make()
    cold = time.process_time() - start
    docs = [example.reference for example in examples]
    with tempfile.TemporaryDirectory() as folder:
        tokens.DocBin(docs=docs).to_disk(Path(folder) / "train.spacy")
        loading = best_of(
            lambda: list(tokens.DocBin().from_disk(Path(folder) / "train.spacy").get_docs(vocab))
        )
    docs = docs[:DOCS_A_BATCH]
    if side == "kernel":
        features = import_module("kernel.text.doc.columns").features
        batch = best_of(lambda: features(docs, FEATURES))
    else:
        batch = best_of(lambda: [doc.to_array(FEATURES) for doc in docs])
    single = best_of(lambda: [doc.to_array(FEATURES) for doc in docs])

    return {
        "four features of 1,000 documents as a batch, ms": batch * 1000,
        "the same, document by document, ms": single * 1000,
        "loading EWT train as .spacy, documents/s": len(read) / loading,
        "Example.from_dict of EWT train, first time, examples/s": len(read) / cold,
        "Example.from_dict of EWT train, again, examples/s": len(read) / best_of(make, 3),
    }


def main() -> None:
    """Measure both sides in turns and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spacy-python", default=os.environ.get("SPACY_PYTHON"))
    parser.add_argument("--data", type=Path, default=os.environ.get("KERNEL_DATA"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--side", choices=("kernel", "spacy"), help="measure this one in this process")
    given = parser.parse_args()
    if given.side:
        print(json.dumps(measure(given.side, given.data)))
        return
    sides = {"kernel": sys.executable, **({"spacy": given.spacy_python} if given.spacy_python else {})}
    results: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for _ in range(given.rounds):
        for side, python in sides.items():
            command = [python, __file__, "--side", side, "--data", str(given.data)]
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            results[side].append(json.loads(output.splitlines()[-1]))
    for what in results["kernel"][0]:
        medians = {side: statistics.median(one[what] for one in rounds) for side, rounds in results.items()}
        line = "   ".join(f"{side} {value:10,.1f}" for side, value in medians.items())
        faster = medians["kernel"] / medians.get("spacy", medians["kernel"])
        print(f"{what:60} {line}   {1 / faster if what.endswith('ms') else faster:5.2f} times")


if __name__ == "__main__":
    main()
