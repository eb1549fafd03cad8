"""Memory of a service that sees new words for ever: our curve, and spaCy's if asked for.

    python benchmarks/memory.py [--words 10000000] [--mode zones|plain] [--spacy-python PATH]

Streams distinct words through `nlp.pipe` of a blank English pipeline, 1,000 texts of 50 words to a block, and prints
how much memory the process has after each tenth. `zones`: each block stands in `nlp.memory_zone()`; `plain`: nothing is
done. Growth is counted from the warm state: after the first fifth, and at the least 300,000 words.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

WORDS_A_TEXT, TEXTS_A_BLOCK = 50, 1000
WARM = 300_000


def resident() -> float:
    """Memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def texts(first: int) -> Iterator[str]:
    """One block of texts whose words nobody has seen."""
    for start in range(first, first + WORDS_A_TEXT * TEXTS_A_BLOCK, WORDS_A_TEXT):
        yield " ".join(f"W{i * 2654435761 % 2**32:x}{i}" for i in range(start, start + WORDS_A_TEXT))


def curve(house: str, n_words: int, mode: str) -> None:
    """Stream the words; print words so far and MB after each tenth, then the growth and words a second."""
    nlp = import_module(house).blank("en")
    block, points = WORDS_A_TEXT * TEXTS_A_BLOCK, []
    start = time.process_time()
    for first in range(0, n_words, block):
        with nlp.memory_zone() if mode == "zones" else nullcontext():
            n_tokens = sum(len(doc) for doc in nlp.pipe(texts(first)))
            if n_tokens < block:
                raise SystemExit(f"{n_tokens} tokens of {block} words")
        done = first + block
        if done * 10 // n_words > first * 10 // n_words or done == WARM:
            points.append((done, resident()))
            print(f"  {done:>12,} words {points[-1][1]:8.1f} MB", flush=True)
    seconds = time.process_time() - start
    warm = next((memory for done, memory in points if done >= max(WARM, n_words // 5)), points[-1][1])
    print(
        f"{house}, {mode}: {n_words / seconds:,.0f} words/s, {points[-1][1] - warm:+.1f} MB after the warm state"
    )


def main() -> None:
    """Measure each side and mode in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=10_000_000)
    parser.add_argument("--mode", choices=("zones", "plain"))
    parser.add_argument("--spacy-python", help="interpreter of an environment with spaCy")
    parser.add_argument("--side", choices=("kernel", "spacy"), help="measure this one in this process")
    given = parser.parse_args()
    if given.side:
        curve(given.side, given.words, given.mode)
        return
    sides = {"kernel": sys.executable, **({"spacy": given.spacy_python} if given.spacy_python else {})}
    for mode in [given.mode] if given.mode else ["zones", "plain"]:
        for side, python in sides.items():
            command = [python, __file__, "--side", side, "--mode", mode, "--words", str(given.words)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
