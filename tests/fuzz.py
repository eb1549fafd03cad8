"""Fuzz everything that reads: 20,000 inputs, each in a process of its own, and how they ended.

    uv run python tests/fuzz.py --inputs 20000 --seed 1
    uv run python tests/fuzz.py --seed 1 --only 417 --keep damaged

An input may be read or be refused with one clear error. Findings are raw exceptions, unclear errors, more than ten
seconds, more than a gigabyte, a process that dies, and a pipeline or run that is damaged and goes on as if it were
whole; each is named with its seed and number, which `--only` runs again. Needs `fork`.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

# Before NumPy is imported: a fork of a process with threads has one of them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent / "support"))

from fuzzing.server import Outcome, Server
from fuzzing.targets import targets

#: Of the detail of a finding: lines, and characters a line.
_N_LINES, _WIDEST = 24, 300


def main() -> int:
    """Run the inputs, print what was found, and give the exit status."""
    parser = argparse.ArgumentParser(description="fuzz everything that reads")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, nargs="*", help="numbers of inputs to run again")
    parser.add_argument("--target", default="", help="only targets whose name begins so")
    parser.add_argument("--keep", type=Path, help="folder for the inputs of findings")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        chosen = [one for one in targets(Path(folder)) if one.name.startswith(arguments.target)]
        server = Server(chosen, arguments.seed, arguments.keep)
        numbers = arguments.only or range(arguments.inputs)
        start = time.monotonic()
        outcomes = list(server.run(numbers, arguments.processes))
    report(outcomes, arguments.seed, time.monotonic() - start)
    return int(any(outcome.is_finding for outcome in outcomes))


def report(outcomes: list[Outcome], seed: int, seconds: float) -> None:
    """Print how many inputs of each target ended how, then each finding."""
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        counts.setdefault(outcome.target, Counter())[outcome.how] += 1
    for target, count in sorted(counts.items()):
        print(f"{target:32}" + ", ".join(f"{n:,} {how}" for how, n in count.most_common()))
    findings = sorted((one for one in outcomes if one.is_finding), key=lambda one: one.number)
    slowest = max(outcomes, key=lambda one: one.seconds)
    largest = max(outcomes, key=lambda one: one.memory)
    print(
        f"{len(outcomes):,} inputs in {seconds:.0f} s, slowest {slowest.seconds:.1f} s ({slowest.number}, "
        f"{slowest.target}), most memory {largest.memory >> 20} MiB ({largest.number}, {largest.target}), "
        f"{len(findings)} findings"
    )
    for one in findings:
        print(f"\n--seed {seed} --only {one.number}  {one.target}  [{one.change}]  {one.how}")
        print("\n".join(line[:_WIDEST] for line in one.detail.splitlines()[:_N_LINES]))


if __name__ == "__main__":
    sys.exit(main())
